/** What accounts have listed, and what of it is kept. */

import { assertEquals } from "@std/assert";
import { Lists } from "../lib/chat/people/lists.ts";
import type { Listed } from "../lib/chat/people/records.ts";

const LOBBY = "room lobby";
const none = { permissions: "none" } as const;

function listed(more: Partial<Listed> = {}): Listed {
  return { account: "a", log: LOBBY, name: "lobby", read: 0, at: 1, ...more };
}

/** Lists of logs that all have 10 messages. */
function lists(kept: readonly Listed[] = []): Lists {
  return new Lists(() => 10, { listed: kept });
}

Deno.test("what was said before a room was listed counts as read", none, () => {
  const all = lists();
  all.list("a", LOBBY, "lobby", 5);
  assertEquals(all.get("a", LOBBY), listed({ read: 10, at: 5 }));
  assertEquals([...all.accounts(LOBBY)], ["a"]);
});

Deno.test("a mark goes up, at most to the last message, and down only when asked to", none, () => {
  const all = lists([listed({ read: 3 })]);
  const marks = [[5, false], [4, false], [99, false], [2, true], [2, true]] as const;
  const told = marks.map((
    [seq, back],
  ) => [all.read("a", LOBBY, seq, back), all.get("a", LOBBY)?.read]);
  assertEquals(told, [[true, 5], [false, 5], [true, 10], [true, 2], [false, 2]]);
});

Deno.test(
  "a mark beyond the last message is from data that is gone, and is put right",
  none,
  () => {
    const all = lists([listed({ read: 57 })]);
    assertEquals(all.get("a", LOBBY)?.read, 10);
    assertEquals(all.unkept(), [{ type: "listed", listed: listed({ read: 10 }) }]);
  },
);

Deno.test("what has changed is to be kept until it has been kept as it is", none, () => {
  const all = lists([listed()]);
  all.read("a", LOBBY, 1);
  const first = all.unkept();
  all.read("a", LOBBY, 2);
  all.settle(first, true);
  assertEquals(all.get("a", LOBBY)?.read, 2, "what was kept late undoes nothing");
  const second = all.unkept();
  assertEquals(second, [{ type: "listed", listed: listed({ read: 2 }) }]);
  all.settle(second, false);
  assertEquals(all.unkept(), second, "the disk was full");
  all.settle(second, true);
  assertEquals(all.unkept(), []);
});

Deno.test("a room that was left while it was being kept stays left", none, () => {
  const all = lists();
  all.list("a", LOBBY, "lobby", 1);
  const listing = all.unkept();
  all.unlist("a", LOBBY);
  const leaving = all.unkept();
  assertEquals(leaving, [{ type: "unlisted", account: "a", log: LOBBY }]);
  all.settle(listing, true);
  assertEquals(all.get("a", LOBBY), undefined);
  all.settle(leaving, true);
  assertEquals([all.get("a", LOBBY), all.unkept()], [undefined, []]);
});

Deno.test("what nobody has changed here holds as it is kept", none, () => {
  const all = lists();
  all.settle([{ type: "listed", listed: listed({ read: 4 }) }], true);
  assertEquals(all.get("a", LOBBY)?.read, 4);
  all.settle([{ type: "unlisted", account: "a", log: LOBBY }], true);
  assertEquals(all.all.listed, []);
});

Deno.test("a record that was judged keeps what was read since", none, () => {
  const all = lists([listed({ read: 3 })]);
  all.read("a", LOBBY, 7);
  all.apply([{ type: "listed", listed: listed({ read: 3, notify: "none" }) }]);
  assertEquals(all.get("a", LOBBY), listed({ read: 7, notify: "none" }));
  assertEquals(all.unkept().length, 1, "the store has the older mark now");
});

Deno.test("an account that is given back has nothing listed, and nothing to be kept", none, () => {
  const all = lists([listed(), listed({ account: "b" })]);
  all.read("a", LOBBY, 1);
  all.left("a", 9);
  all.apply([{ type: "remove", key: "ann", id: "a" }]);
  assertEquals([[...all.of("a")], all.unkept(), all.settings("a").seen], [[], [], 0]);
  assertEquals([...all.accounts(LOBBY)], ["b"]);
});

Deno.test("a room that is removed leaves all lists", none, () => {
  const all = lists([listed(), listed({ account: "b" })]);
  all.apply([{ type: "unroom", key: "lobby" }]);
  assertEquals([all.all.listed, all.accounts(LOBBY).size], [[], 0]);
});

Deno.test("what is to be kept can be had of one account", none, () => {
  const all = lists();
  for (const account of ["a", "b", "c"]) {
    for (const room of ["x", "y"] as const) all.list(account, `room ${room}`, room, 1);
  }
  assertEquals([all.unkept().length, all.unkept("c").length, all.unkept("d").length], [6, 2, 0]);
});
