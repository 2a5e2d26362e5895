/** What is removed or kept no longer is not in memory either, wherever a part of it is. */

import { assertEquals } from "@std/assert";
import type { Index } from "../lib/chat/log/fact_log.ts";
import { MemoryLog } from "../lib/chat/log/memory_log.ts";
import { type HistoryEntry, isMessage } from "../lib/chat/messages/entries.ts";
import { chatLog, directLog, type LogKey, roomLog } from "../lib/chat/messages/log_key.ts";
import { RecentLogs } from "../lib/chat/messages/recent.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { hash, inChat, say } from "./fixtures/facts.ts";
import { react, remove, revise } from "./fixtures/life_facts.ts";
import { makeDir } from "./fixtures/stored_server.ts";

const MINE = { author: "id1" };
const INBOX = directLog(hash("bob"));

/** What an entry says, or what kind it is. */
function said(entry: HistoryEntry): string {
  if (isMessage(entry)) return `said ${entry.message.text}`;
  return entry.kind === "revised" ? `revised ${entry.text}` : entry.kind;
}

async function saidIn(index: Index, log: LogKey, after: number): Promise<string[]> {
  return [...await index.entries(log, { after, limit: 100 })].map(said);
}

Deno.test("an edit goes with its message, though that was said before the server started", async () => {
  await using dir = await makeDir();
  {
    await using log = await LocalLog.open({ dir: dir.path });
    log.put(say("a", "first", MINE));
    await log.settled();
  }
  await using log = await LocalLog.open({ dir: dir.path });
  for (const fact of [revise("a", 1, "edited"), say("a", "other"), remove("a", 1)]) log.put(fact);
  await log.settled();
  assertEquals(await saidIn(log.index, roomLog("a"), 1), ["emptied", "said other", "removed"]);
});

Deno.test("the copy in an inbox goes with its message, though that is in memory no more", async () => {
  await using dir = await makeDir();
  await using log = await LocalLog.open({ dir: dir.path, messagesPerRoom: 2 });
  const toBob = { ...MINE, inbox: INBOX };
  log.put(inChat("k", "one", toBob));
  log.put(inChat("k", "two", toBob));
  for (const text of ["x", "y", "z"]) log.put(inChat("k", text, { from: "bob", title: "ann" }));
  await log.settled();
  const about = { log: chatLog("k"), title: "bob" };
  log.put(revise("", 2, "two edited", about));
  log.put(remove("", 1, about));
  await log.settled();
  assertEquals(await saidIn(log.index, INBOX, 0), ["said ", "said two edited"]);
});

Deno.test("what is kept no longer is neither in an edit nor in an inbox", () => {
  const recent = new RecentLogs({ messagesPerRoom: 2 });
  const at = "2026-11-29T00:00:00.000Z";
  const log = chatLog("k");
  const message = (seq: number, text: string) => ({ room: "bob", seq, from: "ann", at, text });
  recent.add(log, { message: message(1, "one") });
  recent.add(INBOX, { message: message(1, "one"), copyOf: { log, seq: 1 } });
  recent.add(log, { message: message(2, "two") });
  recent.add(log, { message: message(3, "three") });
  recent.add(log, { kind: "revised", seq: 4, re: 1, from: "ann", at, text: "one edited" });
  const kept = { first: 3, last: 4 };
  recent.trim(log, 3);
  assertEquals(recent.entries(log, { after: 0, limit: 9 }, kept)?.map(said), [
    "said three",
    "emptied",
  ]);
  assertEquals(recent.entries(INBOX, { after: 0, limit: 9 }, { first: 1, last: 1 })?.map(said), [
    "said ",
  ]);
  recent.forget(log);
  recent.forget(INBOX);
  assertEquals(recent.bytes, 0);
});

Deno.test("in memory no reactions push out what was said, and one address takes no more than a share", () => {
  const log = new MemoryLog({ now: () => 0, epoch: "e", messagesPerRoom: 20 });
  for (let n = 1; n <= 20; n++) log.put(say("a", `${n}`));
  const codes: string[] = [];
  log.onEntry = ({ receipt = {} }) =>
    void ("refused" in receipt && codes.push(receipt.refused.code));
  const seenBy = (who: number): number => {
    codes.length = 0;
    for (let re = 1; re <= 20; re++) {
      for (const key of "abcde") log.put(react("a", re, key, { who: `address ${who}` }));
    }
    return 100 - codes.length;
  };
  const taken = Array.from({ length: 12 }, (_, who) => seenBy(who));
  assertEquals(new Set(codes), new Set(["too-many-reactions"]));
  assertEquals(taken[11], 0);
  assertEquals(taken.slice(1, 4).every((each) => each > 0), true, `${taken}`);
  const { entries } = log.page(roomLog("a"), { limit: 100 });
  assertEquals(entries.length, 20);
  // Those that were there go with their messages, and then there is room again.
  for (let n = 21; n <= 40; n++) log.put(say("a", `${n}`));
  assertEquals(log.page(roomLog("a"), { limit: 100 }).entries.length, 20);
  codes.length = 0;
  log.put(react("a", log.last(roomLog("a")), "a", { who: "address 99" }));
  assertEquals(codes, []);
});
