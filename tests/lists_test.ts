/** What accounts have listed, in memory: found by account and by log, and let go with either. */

import { assertEquals } from "@std/assert";
import { chatLog, type ReadLog, roomLog } from "../lib/chat/messages/log_key.ts";
import { Lists } from "../lib/chat/people/lists.ts";
import type { Change, Listed } from "../lib/chat/people/records.ts";

function listed(account: string, log: ReadLog, read = 0): Listed {
  return { account, log, name: "", read, at: 1 };
}

const DEV = roomLog("dev");
const CHAT = chatLog("c1");

/** Ann has a room and a conversation listed, Bob the same room. */
const LISTED = [listed("ann", DEV), listed("ann", CHAT), listed("bob", DEV)];

function after(...changes: Change[]): Array<readonly [string, ReadLog, number]> {
  const lists = new Lists(() => 9, { listed: LISTED });
  for (const change of changes) {
    if (change.type === "listed" || change.type === "unlisted") lists.settle([change], true);
    else lists.apply([change]);
  }
  const all = lists.all.listed.map(({ account, log, read }) => [account, log, read] as const);
  // Both ways to look have to agree.
  for (const [account, log] of all) assertEquals(lists.accounts(log).has(account), true);
  for (const log of [DEV, CHAT]) {
    const accounts = all.filter(([, other]) => other === log).map(([account]) => account);
    assertEquals([...lists.accounts(log)].sort(), accounts.sort());
  }
  return all;
}

Deno.test("what is listed is found by account and by log", () => {
  const lists = new Lists(() => 9, { listed: LISTED });
  assertEquals([...lists.of("ann").keys()], [DEV, CHAT]);
  assertEquals([...lists.of("eve").keys()], []);
  assertEquals([...lists.accounts(DEV)], ["ann", "bob"]);
  assertEquals(lists.get("bob", CHAT), undefined);
});

Deno.test("what is listed again is there once, and is as it was said last", () => {
  assertEquals(after({ type: "listed", listed: listed("bob", DEV, 7) }), [
    ["ann", DEV, 0],
    ["ann", CHAT, 0],
    ["bob", DEV, 7],
  ]);
});

for (
  const [what, change, left] of [
    ["a log that an account lets go is gone for it alone", {
      type: "unlisted",
      account: "ann",
      log: DEV,
    }, [["ann", CHAT, 0], ["bob", DEV, 0]]],
    ["an account that is given back has nothing listed", {
      type: "remove",
      key: "ann's key",
      id: "ann",
    }, [["bob", DEV, 0]]],
    ["a room that goes is in no list", { type: "unroom", key: "dev" }, [["ann", CHAT, 0]]],
    ["a conversation that goes is in no list", { type: "unchat", key: "c1" }, [
      ["ann", DEV, 0],
      ["bob", DEV, 0],
    ]],
    ["what was never listed can be let go", { type: "unlisted", account: "bob", log: CHAT }, [
      ["ann", DEV, 0],
      ["ann", CHAT, 0],
      ["bob", DEV, 0],
    ]],
  ] as const satisfies ReadonlyArray<readonly [string, Change, unknown]>
) {
  Deno.test(what, () => assertEquals(after(change) as unknown, left));
}
