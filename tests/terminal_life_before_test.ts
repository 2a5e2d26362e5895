/** What was done about messages while somebody was away, or before they came, as the terminal shows it. */

import { assertEquals, assertFalse } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import { begin, rows, WELCOME } from "./fixtures/terminal_life.ts";
import { Setup } from "./fixtures/terminal_setup.ts";

Deno.test("what was said before a new history stays as it was, whoever has its number now", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  conversation.message("ann", "old one");
  await io.expect("old one");
  const about = { room: "lobby", from: "bob", at: conversation.at } as const;
  conversation.tell({ type: "gap", room: "lobby", from: 1, to: null });
  conversation.tell({ type: "message", ...about, seq: 1, text: "new one" });
  conversation.tell({ type: "reacted", ...about, seq: 2, re: 1, key: "👍" });
  await io.expect("👍 1");
  assertEquals(rows(setup).filter((row) => row.includes("<")), [
    "1 <ann> old one",
    "1 <bob> new one · 👍 1",
  ]);
});

Deno.test("what was done about messages meanwhile takes nothing from what is unread", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  const dev = { room: "dev", access: "open", seq: 9, last: 9, read: 9, unread: 0, mentions: 0 };
  const lobby = { ...dev, room: "lobby" };
  const list = { device: "d", account: "a", chats: [] } as const;
  conversation.ready({ ...list, rooms: [lobby, dev] });
  await io.expect("Connected again");
  io.type("/room dev\r");
  await io.until(() => io.screen.cursorRow.startsWith("dev>"), "the room");
  io.type("/room lobby\r");
  await io.until(() => io.screen.cursorRow.startsWith("lobby>"), "the other room");
  const about = { room: "dev", from: "bob", at: conversation.at } as const;
  for (const seq of [10, 11]) {
    conversation.tell({ type: "message", ...about, seq, text: `m${seq}` });
  }
  await io.until(() => io.screen.cursorRow.startsWith("lobby [dev 2]>"), "what is new");
  conversation.lose();
  await io.expect("(offline)");
  // One more message, and three reactions.
  conversation.ready({ ...list, rooms: [lobby, { ...dev, seq: 11, last: 15, unread: 3 }] });
  for (const seq of [12, 13, 14]) {
    conversation.tell({ type: "reacted", ...about, seq, re: 10, key: `${seq % 10}` });
  }
  conversation.tell({ type: "message", ...about, seq: 15, text: "m15" });
  await io.expect("m15");
  await io.until(() => io.screen.cursorRow.startsWith("lobby [dev 3]>"), "all that is new");
});

Deno.test("a page and what comes live make one picture", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  const lunch = conversation.message("bob", "lunch?");
  conversation.about(lunch, "ann", { type: "reacted", key: "👍" });
  await io.expect("👍 1");
  conversation.answer = ({ type }) => {
    if (type !== "history" && type !== "pins") return new RequestError("none", "none");
    // It was read before the second reaction came, and is answered after it.
    conversation.about(lunch, "eve", { type: "reacted", key: "👍" });
    return {
      type: "page",
      room: "lobby",
      more: false,
      upTo: 2,
      messages: [{
        ...{ room: "lobby", seq: lunch, from: "bob", at: conversation.at, text: "lunch?" },
        ...{ edited: conversation.at, pinned: true },
        reactions: [{ key: "👍", count: 1 }],
      }],
    };
  };
  io.type("/history\r");
  await io.expect("goes on");
  const shown = (): string[] => rows(setup).filter((row) => row.includes("lunch?"));
  await io.until(() => shown().at(-1) === "1 <bob> lunch? · edited · pinned · 👍 2", "the page");
  conversation.about(lunch, "bob", { type: "reacted", key: "👍" });
  await io.until(
    () => shown().filter((row) => row.endsWith("👍 3")).length === 2,
    "both lines",
  );
  io.type("\x0c/pins\r");
  await io.expect("pinned in lobby");
});

Deno.test("what was found has its number, and says if it was removed since", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  const { at } = conversation;
  const found = { room: "dev", seq: 41, from: "ann", at, text: "lunch?" };
  conversation.answer = ({ type }) => ({
    ...{ type: "page", room: "", more: false },
    messages: type === "search" ? [found] : [{ ...found, text: "", removed: { by: "op", at } }],
  });
  io.type("/search lunch\r");
  await io.expect("#dev 41 <ann> «lunch»?");
  io.type("/around 1\r");
  await io.expect("#dev 41 <ann> removed by op");
});

Deno.test("whoever comes is shown what was said before as it reads now, and not how that came about", async () => {
  using setup = new Setup();
  const { io, conversation } = setup;
  conversation.welcome = WELCOME;
  conversation.ready({ seq: 0, last: 6 });
  const [one, two] = [conversation.message("bob", "lunch?"), conversation.message("eve", "ads")];
  conversation.about(one, "bob", { type: "revised", text: "dinner?" });
  conversation.about(two, "op", { type: "removed" });
  conversation.about(one, "op", { type: "pinned" });
  conversation.about(one, "eve", { type: "reacted", key: "👍" });
  await io.expect("👍 1");
  conversation.about(one, "op", { type: "pinned", off: true });
  await io.expect("op unpinned 1: bob: dinner?");
  assertEquals(rows(setup).filter((row) => /[<]| \d/.test(row)), [
    "1 <bob> dinner? · edited · 👍 1",
    "2 <eve> removed by op",
    "-- op unpinned 1: bob: dinner?",
  ]);
});

Deno.test("what happens while earlier messages are on their way is in them when they are shown", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  const gate = Promise.withResolvers<void>();
  const { at } = conversation;
  conversation.answer = async ({ type }) => {
    if (type !== "history") return new RequestError("none", "none");
    await gate.promise;
    return {
      ...{ type: "page", room: "dev", more: false, upTo: 2 },
      messages: [
        { room: "dev", seq: 1, from: "ann", at, text: "one" },
        { room: "dev", seq: 2, from: "ann", at, text: "two" },
      ],
    };
  };
  const dev = { room: "dev", access: "open", seq: 2, last: 2, read: 2, unread: 0, mentions: 0 };
  conversation.ready({ device: "d", account: "a", rooms: [dev], chats: [] });
  await io.expect("Connected again");
  io.type("/room dev\r");
  await io.until(() => io.screen.cursorRow.startsWith("dev>"), "the room");
  const about = { room: "dev", from: "ann", at } as const;
  conversation.tell({ type: "reacted", ...about, seq: 3, re: 1, key: "👍" });
  conversation.tell({ type: "message", ...about, seq: 4, text: "four" });
  conversation.tell({ type: "revised", ...about, seq: 5, re: 4, text: "for" });
  conversation.tell({ type: "notice", text: "all is there" });
  await io.expect("all is there");
  gate.resolve();
  await io.expect("for · edited");
  assertEquals(rows(setup).filter((row) => row.includes("<ann>")), [
    "1 <ann> one · 👍 1",
    "2 <ann> two",
    "4 <ann> for · edited",
  ]);
});

Deno.test("what a muted room keeps back is shown as it reads then", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  io.type("/join dev\r");
  await io.until(() => io.screen.cursorRow.startsWith("dev>"), "the room");
  io.type("/room lobby\r/ignore #dev\r");
  await io.expect("#dev is counted, and shown when");
  const held = conversation.message("ann", "one", "dev");
  conversation.about(held, "ann", { type: "revised", text: "two" }, "dev");
  conversation.message("ann", "here");
  await io.expect("<ann> here");
  assertFalse(io.screen.text.includes("two"));
  io.type("/room dev\r");
  await io.expect(`${held} <ann> two · edited`);
});

Deno.test("/unread counts messages, and not what was done about them", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  conversation.answer = (request) =>
    request.type === "read"
      ? { type: "read", room: "lobby", seq: request.seq, unread: 2, mentions: 0 }
      : new RequestError("none", "none");
  const lobby = { room: "lobby", access: "open", seq: 0, last: 0, read: 0, unread: 0, mentions: 0 };
  conversation.ready({ device: "d", account: "a", rooms: [lobby], chats: [] });
  await io.expect("Connected again");
  for (const text of ["one", "two", "three"]) conversation.message("ann", text);
  for (const from of ["bob", "eve"]) conversation.about(3, from, { type: "reacted", key: "👍" });
  await io.expect("👍 2");
  io.type("/unread 2\r");
  await io.expect("From the last 2 messages on it counts as unread");
  const marks = setup.sent.filter((each) => each.type === "read" && each.back);
  assertEquals(marks.map((each) => "seq" in each && each.seq), [1]);
});
