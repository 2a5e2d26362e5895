/** Somebody with an account at the terminal: rooms, conversations and read marks are the server's. */

import { assert, assertEquals } from "@std/assert";
import { Setup } from "./fixtures/terminal_setup.ts";
import { AT, CHAT, online, reads, room, said, WITH_ANN } from "./fixtures/terminal_account.ts";

Deno.test("an account comes into the room that it read last, and sees what is new there and elsewhere", async () => {
  const rooms = [
    room("lobby", { read: 7, unread: 2 }),
    room("dev", { read: 4, unread: 5, mentions: 1 }),
  ];
  const chats = [{ ...WITH_ANN, read: 3, unread: 1 }];
  const invited = [{ room: "ops", by: "bob", at: AT }];
  using setup = await online({ room: "lobby", rooms, chats, invited, missed: 2 });
  const { io } = setup;
  await io.expect("New: lobby 2, dev 5 (1 for you), @Ann 1.");
  await io.expect("2 messages were for you while you were away; /missed shows them.");
  await io.expect("bob has invited you to ops; /join ops enters it.");
  await io.until(() => io.screen.cursorRow.startsWith("lobby [dev 5 1! · @Ann 1!]>"), "the counts");
  await io.expect("---- lobby: 2 new ----");
  const rows = io.screen.rows;
  const at = (text: string): number => rows.findIndex((row) => row.includes(text));
  assert(at("earlier in lobby") < at("number 7") && at("number 7") < at("lobby: 2 new"));
  assert(at("lobby: 2 new") < at("number 8"));
  await io.until(() => reads(setup).length === 1, "the mark");
  assertEquals(reads(setup), [{ type: "read", room: "lobby", seq: 9 }]);
});

Deno.test("earlier messages that follow by themselves are shown with what is new, and not asked for", async () => {
  using setup = new Setup();
  const { io, conversation } = setup;
  // As with a server, the answer to what the terminal asks comes after them.
  const told = Promise.withResolvers<void>();
  const send = conversation.send.bind(conversation);
  conversation.send = async (request) => {
    if (request.type === "who") await told.promise;
    return await send(request);
  };
  const rooms = [room("lobby", { read: 7, unread: 2 })];
  conversation.ready({ account: "m1", room: "lobby", seq: 0, last: 9, rooms, chats: [] });
  for (const seq of [6, 7, 8, 9]) {
    conversation.tell({ type: "message", ...said(seq, "ann", { room: "lobby" }) });
  }
  await io.expect("---- lobby: 2 new ----");
  await io.expect("<ann> number 9");
  const rows = io.screen.rows;
  const at = (text: string): number => rows.findIndex((row) => row.includes(text));
  assert(at("number 7") < at("lobby: 2 new") && at("lobby: 2 new") < at("number 8"));
  assertEquals(setup.sent.filter(({ type }) => type === "history"), []);
  told.resolve();
});

Deno.test("the line before what is new is there, too, where other answers overtake the messages", async () => {
  using setup = new Setup();
  const { io, conversation } = setup;
  const rooms = [room("lobby", { read: 7, unread: 2 })];
  conversation.ready({ account: "m1", room: "lobby", seq: 0, last: 11, rooms, chats: [] });
  conversation.tell({ type: "message", ...said(6, "ann", { room: "lobby" }) });
  await io.expect("<ann> number 6");
  for (const seq of [7, 8, 9, 12]) {
    conversation.tell({ type: "message", ...said(seq, "ann", { room: "lobby" }) });
  }
  await io.expect("<ann> number 12");
  const rows = io.screen.rows;
  const at = (text: string): number => rows.findIndex((row) => row.includes(text));
  assert(at("number 7") < at("lobby: 2 new") && at("lobby: 2 new") < at("number 8"));
  assertEquals(rows.filter((row) => row.includes(" new ----")).length, 1);
});

Deno.test("a room that is on the list is shown and read, however one comes in", async () => {
  const joins = { type: "joined", id: "1", room: "dev", name: "me", seq: 9 } as const;
  using setup = await online(
    { room: "lobby", rooms: [room("lobby"), room("dev", { read: 7, unread: 2 })] },
    (request) => request.type === "join" ? joins : undefined,
  );
  const { io, conversation } = setup;
  io.type("/join dev\r");
  await io.expect("---- dev: 2 new ----");
  conversation.tell({ type: "message", ...said(10) });
  await io.expect("<ann> number 10");
  await io.until(() => io.screen.cursorRow.startsWith("dev>"), "nothing is new");
  io.type("\x1b[A");
  await io.until(
    () => reads(setup).some(({ room, seq }) => room === "dev" && seq >= 9),
    "the mark",
  );
});

Deno.test("what one said oneself, and what is gone, is not new, and one heading names what is shown", async () => {
  const where = { room: "", chat: CHAT, with: "Ann" };
  const messages = [said(1, "me", where), said(2, "Ann", where), said(3, "Ann", where), {
    ...said(4, "Ann", where),
    text: "",
    removed: { by: "Ann", at: AT },
  }];
  using setup = await online(
    { room: "lobby", rooms: [room("lobby")], chats: [{ ...WITH_ANN, read: 0, unread: 2 }] },
    (request) =>
      request.type === "history" && request.chat === CHAT
        ? { type: "page", ...where, messages, more: false }
        : undefined,
  );
  const { io } = setup;
  io.type("/chat ann\r");
  await io.expect("---- @Ann: 2 new ----");
  await io.expect("<Ann> number 3");
  const shown = io.screen.rows.slice(io.screen.rows.findIndex((row) => row.includes("in @Ann")))
    .map((row) => row.replace(/^\d\d:\d\d /, "")).filter((row) => /Ann|me>/.test(row));
  assertEquals(shown.slice(0, 5), [
    "---- earlier in @Ann ----",
    "<me> number 1",
    "---- @Ann: 2 new ----",
    "<Ann> number 2",
    "<Ann> number 3",
  ]);
});

Deno.test("what was said in a room is asked for when it is looked at for the first time", async () => {
  using setup = await online({
    room: "lobby",
    rooms: [room("lobby"), room("dev", { read: 8, unread: 1 })],
  });
  const { io, conversation } = setup;
  conversation.tell({ type: "message", ...said(10) });
  await io.expect("#dev <ann> number 10");
  await io.until(() => io.screen.cursorRow.startsWith("lobby [dev 2]>"), "the count");
  io.type("/room dev\r");
  await io.expect("---- dev: 2 new ----");
  const asked = setup.sent.findLast(({ type }) => type === "history");
  assertEquals(asked, { type: "history", room: "dev", limit: 30 });
  const rows = io.screen.rows;
  const at = (text: string): number => rows.findLastIndex((row) => row.includes(text));
  assert(at("<Ann> number 8") < at("dev: 2 new") && at("dev: 2 new") < at("<Ann> number 9"));
  await io.until(
    () => reads(setup).some(({ room, seq }) => room === "dev" && seq === 10),
    "the mark",
  );
});

Deno.test("what is read on another device is not new here any more, and what was read before does not count", async () => {
  using setup = await online({ room: "lobby", rooms: [room("lobby"), room("dev")] });
  const { io, conversation } = setup;
  conversation.tell({ type: "message", ...said(9) });
  conversation.tell({ type: "message", ...said(10) });
  await io.until(() => io.screen.cursorRow.startsWith("lobby [dev 1]>"), "one is new");
  conversation.tell({ type: "read", room: "dev", seq: 10, unread: 0, mentions: 0 });
  await io.until(() => io.screen.cursorRow.startsWith("lobby>"), "nothing is new");
  conversation.tell({ type: "read", room: "dev", seq: 3, unread: 7, mentions: 1 });
  await io.until(() => io.screen.cursorRow.startsWith("lobby [dev 7 1!]>"), "unread again");
  io.type("/unread\r");
  await io.expect("New: dev 7 (1 for you). /next goes there.");
  io.type("/next\r");
  await io.until(() => io.screen.cursorRow.startsWith("dev>"), "dev");
  io.type("/unread\r");
  await io.expect("-- Nothing new anywhere.");
});

Deno.test("a message of ours from another device is shown as ours, and is not new", async () => {
  using setup = await online({ room: "lobby", rooms: [room("lobby"), room("dev")] });
  const { io, conversation } = setup;
  const own = { chat: CHAT, with: "Ann", from: "me", to: "Ann", at: AT, own: true } as const;
  conversation.tell({ type: "direct", ...own, seq: 1, text: "from my phone" });
  conversation.tell({ type: "message", ...said(10, "me", { room: "dev", own: true }) });
  await io.expect("#dev <me> number 10");
  await io.expect("[me -> Ann] from my phone");
  assert(io.screen.cursorRow.startsWith("lobby>"), io.screen.cursorRow);
});

Deno.test("what somebody says whom we block is a line for all of it, and never new", async () => {
  const settings = { notify: {}, hideSeen: false, blocked: [{ name: "eve", account: "e1" }] };
  using setup = await online({ room: "lobby", rooms: [room("lobby"), room("dev")], settings });
  const { io, conversation } = setup;
  for (const seq of [10, 11]) {
    conversation.tell({ type: "message", ...said(seq, "eve", { room: "lobby", by: "e1" }) });
  }
  conversation.tell({ type: "message", ...said(10, "eve", { room: "dev", by: "e1" }) });
  conversation.tell({ type: "message", ...said(12, "eve", { room: "lobby", by: "other" }) });
  await io.expect("<eve> number 12");
  const folded = setup.entries.filter((entry) => entry.includes("left out"));
  assertEquals(folded, [
    "-- What eve says here is left out: you block eve.",
    "#dev -- What eve says here is left out: you block eve.",
  ]);
  assert(!io.screen.text.includes("number 10"));
  assert(io.screen.cursorRow.startsWith("lobby>"), io.screen.cursorRow);
});

Deno.test("a terminal without the focus reads nothing, and catches up when it is looked at", async () => {
  using setup = await online({ room: "lobby", rooms: [room("lobby")] });
  const { io, conversation } = setup;
  assert(io.written.includes("\x1b[?1004h"));
  io.type("\x1b[O");
  io.type("x");
  await io.until(() => io.screen.cursorRow === "lobby> x", "what was typed after the focus went");
  io.type("\x1b[O");
  conversation.tell({ type: "message", ...said(10, "ann", { room: "lobby" }) });
  await io.expect("<ann> number 10");
  assertEquals(reads(setup), []);
  io.type("\x1b[I");
  await io.until(() => reads(setup).length === 1, "the mark");
  assertEquals(reads(setup), [{ type: "read", room: "lobby", seq: 10 }]);
});

Deno.test("a room that is joined or left on another device is so here, and nothing is asked of it", async () => {
  using setup = await online({ room: "lobby", rooms: [room("lobby")] });
  const { io, conversation } = setup;
  const joined = { type: "joined", room: "dev", name: "me", own: true } as const;
  conversation.tell({ ...joined, seq: 9, last: 9, read: 9 });
  await io.expect("You joined dev on another device.");
  conversation.tell({ type: "message", ...said(10) });
  await io.until(() => io.screen.cursorRow.startsWith("lobby [dev 1]>"), "the room is listed");
  assertEquals(setup.conversation.sent.filter((r) => r.type === "who" && r.room === "dev"), []);
  conversation.tell({ type: "left", room: "dev", name: "me", own: true });
  await io.expect("You left dev on another device.");
  await io.until(() => io.screen.cursorRow.startsWith("lobby>"), "it is gone");
  conversation.tell({ ...joined, seq: 9, last: 9, read: 9 });
  await io.until(() => io.screen.text.split("You joined dev").length === 3, "it is back");
  io.type("\x0efor dev al");
  await io.until(() => io.screen.cursorRow === "dev> for dev al", "a draft");
  conversation.tell({ type: "left", room: "dev", name: "me", own: true });
  await io.expect("You left dev on another device; /room shows your others.");
  io.type("one\r");
  await io.expect("!! You look at no room");
  assertEquals(setup.sent.filter(({ type }) => type === "say"), []);
});

Deno.test("/read all and /unread tell the other devices", async () => {
  const rooms = [room("lobby"), room("dev", { read: 4, unread: 5 })];
  using setup = await online({ room: "lobby", rooms });
  const { io } = setup;
  io.type("/read all\r");
  await io.expect("Everything counts as read.");
  await io.until(() => io.screen.cursorRow.startsWith("lobby>"), "nothing is new");
  assertEquals(reads(setup).map(({ room }) => room), ["lobby", "dev"]);
  io.type("/unread 2\r");
  await io.expect("From the last 2 messages on it counts as unread again");
  assertEquals(reads(setup).at(-1), { type: "read", room: "lobby", seq: 7, back: true });
});

Deno.test("/topic tells who has set it, and when", async () => {
  using setup = await online({ room: "lobby", rooms: [room("lobby")] }, (request) => {
    if (request.type !== "topic") return undefined;
    return { type: "topic", room: "lobby", text: "tea", from: "bob", at: AT };
  });
  setup.io.type("/topic\r");
  await setup.io.expect("The topic of lobby: tea (bob, 2026-01-0");
  setup.io.type("/topic tea\r");
  await setup.io.expect("bob set the topic: tea");
});

Deno.test("/block tells whom one blocks, and nothing else", async () => {
  using setup = await online({ room: "lobby", rooms: [room("lobby")] }, (request) => {
    if (request.type !== "block") return undefined;
    return { type: "settings", notify: {}, hideSeen: false, blocked: [{ name: "bob" }] };
  });
  setup.io.type("/block bob\r");
  await setup.io.expect("You block bob.");
  assert(!setup.io.screen.rows.join("\n").includes("when you were here last"));
});

Deno.test("/notify and /seen tell what they have changed, and /notify alone how the room stands", async () => {
  using setup = await online({ room: "lobby", rooms: [room("lobby")] }, (request) => {
    if (request.type !== "settings") return undefined;
    const { notify = { Lobby: "none" }, hideSeen = false } = request;
    return { type: "settings", notify, hideSeen, blocked: [] };
  });
  const { io } = setup;
  io.type("/notify\r");
  await io.expect("In lobby every message rings, on all your devices. Only your");
  io.type("/notify none\r");
  await io.expect("-- In lobby nothing rings, on all your devices.");
  io.type("/notify\r");
  await io.expect("In lobby nothing rings, on all your devices. Only your name");
  assert(!io.screen.rows.join("\n").includes("when you were here last"));
  assert(!io.screen.rows.join("\n").includes("You block"));
  io.type("/seen hide\r");
  await io.expect("Nobody sees when you were here last.");
  assert(!io.screen.rows.join("\n").includes("You block"));
  io.type("/chat ann\r/notify\r");
  await io.expect("-- Only your name counts");
});

Deno.test("an account that is in no room says so, and is told how to enter one", async () => {
  using setup = await online({ room: "", rooms: [] });
  await setup.io.until(() => setup.io.screen.cursorRow.startsWith("(no room)>"), "the prompt");
  setup.io.type("hello\r");
  await setup.io.expect("/join ROOM enters one");
});

Deno.test("whoever leaves a room sees what is new in the one where they come to", async () => {
  const rooms = [room("lobby", { read: 8, unread: 1 }), room("dev")];
  using setup = await online({ room: "dev", rooms });
  const { io } = setup;
  await io.until(() => io.screen.cursorRow.startsWith("dev [lobby 1]>"), "it is unread");
  io.type("/leave\r");
  await io.expect("---- lobby: 1 new ----");
  await io.expect("<Ann> number 9");
  await io.until(() => reads(setup).some(({ room }) => room === "lobby"), "the mark");
});

Deno.test("what was missed is marked as read when it has come, and not before", async () => {
  using setup = await online({ room: "lobby", rooms: [room("lobby")] });
  const { io, conversation } = setup;
  const rooms = [room("lobby", { seq: 9, last: 11, unread: 2 })];
  conversation.ready({ account: "m1", device: "d1", room: "lobby", rooms, chats: [] });
  await io.expect("Connected again as me.");
  io.type("x");
  await io.until(() => io.screen.cursorRow === "lobby> x", "what was typed");
  assertEquals(reads(setup), []);
  for (const seq of [10, 11]) {
    conversation.tell({ type: "message", ...said(seq, "ann", { room: "lobby" }) });
  }
  await io.expect("<ann> number 11");
  await io.until(() => reads(setup).at(-1)?.seq === 11, "the mark");
});

Deno.test("whoever looked at a room that is on no list any more lands in another one, and is told why", async () => {
  using setup = await online({ room: "lobby", rooms: [room("lobby"), room("talk")] });
  const { io, conversation } = setup;
  io.type("/room talk\r");
  await io.until(() => io.screen.cursorRow.startsWith("talk>"), "talk");
  conversation.lose();
  conversation.ready({ account: "m1", room: "lobby", rooms: [room("lobby")], chats: [] });
  conversation.tell({ type: "left", room: "talk", name: "me" });
  conversation.message("ann", "the end");
  await io.expect("the end");
  assert(io.screen.cursorRow.startsWith("lobby>"), io.screen.cursorRow);
  const told = setup.entries.filter((entry) => entry.includes("talk"));
  assertEquals(told, [
    "-- You are not in talk any more. You look at lobby now; /room shows your",
  ]);
});

Deno.test("where the server has older data again, the line about the rooms says so", async () => {
  using setup = new Setup();
  const { io, conversation } = setup;
  const welcome = (epoch: string): void => {
    const limits = { payload: 65_536, name: 32, nameBytes: 128 };
    conversation.welcome = { type: "welcome", protocol: 1, server: "x", epoch, needs: [], limits };
  };
  welcome("a");
  const both = [room("lobby"), room("talk")];
  conversation.ready({ account: "m1", room: "talk", rooms: both, chats: [] });
  await io.expect("You are me in talk");
  conversation.lose();
  await io.until(() => io.screen.cursorRow.includes("offline"), "offline");
  welcome("b");
  conversation.ready({ account: "m1", room: "lobby", rooms: [room("lobby")], chats: [] });
  await io.expect("The server has begun a new history, in which you are not in talk. You");
  await io.expect("look at lobby now; /room shows your others.");
  assert(io.screen.cursorRow.startsWith("lobby>"), io.screen.cursorRow);
  conversation.lose();
  await io.until(() => io.screen.cursorRow.includes("offline"), "offline");
  conversation.ready({ account: "m1", room: "", rooms: [], chats: [] });
  await io.expect("You are not in lobby any more. You are in no room; /join ROOM enters");
});

Deno.test("what is typed before one is let in is there in the room that one comes to", async () => {
  using setup = new Setup();
  const { io, conversation } = setup;
  io.type("early line\r");
  await io.expect("Not sent: the server has not let you in yet.");
  io.type("rest");
  await io.until(() => io.screen.cursorRow.endsWith("lobby> rest"), "the rest");
  conversation.ready({
    ...{ account: "m1", role: "member", chats: [], invited: [], room: "dev" },
    rooms: [room("lobby"), room("dev")],
  });
  await io.until(() => io.screen.cursorRow === "dev> early line", "the line");
  io.type("\r");
  await io.until(() => io.screen.cursorRow === "dev> rest", "the rest");
  assertEquals(setup.sent.flatMap((r) => r.type === "say" ? [[r.room, r.text]] : []), [
    ["dev", "early line"],
  ]);
  io.type("\x0e");
  await io.until(() => io.screen.cursorRow === "lobby> ", "no draft");
  io.type("\x0e");
  await io.until(() => io.screen.cursorRow === "dev> rest", "its own");
});

Deno.test("who logs in has the conversations of the account, as those who come in with it", async () => {
  using setup = new Setup();
  const { io, conversation } = setup;
  conversation.ready({ device: "d1" });
  await io.expect("You are me");
  conversation.answer = (request) =>
    request.type === "chats"
      ? { type: "chats", chats: [{ ...WITH_ANN, read: 3, unread: 1 }], more: false }
      : { type: "account", action: "login", name: "jo", role: "member" };
  io.type("/login correct horse\r");
  await io.expect("You are jo.");
  await io.until(() => io.screen.cursorRow.startsWith("lobby [@Ann 1!]>"), "the conversation");
});
