/** The chat on a terminal, from keys and events to what is shown. */

import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { type LinkEvent, RequestError } from "../lib/client/conversation.ts";
import type { Event } from "../lib/wire/events.ts";
import { Setup } from "./fixtures/terminal_setup.ts";

Deno.test("the first thing is one line that tells a newcomer enough, and the prompt", async () => {
  using setup = new Setup();
  await setup.io.expect("(connecting) lobby>");
  setup.conversation.ready();
  await setup.io.expect("You are me in lobby on here:1234.");
  await setup.io.expect("/help");
  assertEquals(setup.io.screen.cursorRow, "lobby> ");
});

Deno.test("a server nearby is not said to be waited for: the row is drawn once", async () => {
  using setup = new Setup();
  const { io } = setup;
  await io.expect("lobby>");
  setup.conversation.ready();
  await io.expect("/help");
  assertFalse(io.written.includes("connecting"));
});

Deno.test("a line goes to the room and is printed once, when its ack comes", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  conversation.message("ann", "hello");
  io.type("hi\r");
  await io.expect("<me> hi");
  conversation.message("ann", "bye");
  await io.expect("bye");
  assertEquals(setup.entries, ["<ann> hello", "<me> hi", "<ann> bye"]);
  const [{ id, ...request } = { id: "" }] = setup.sent;
  assertEquals(request, { type: "say", room: "lobby", text: "hi" } as unknown);
  assert(id !== undefined);
});

Deno.test("our own message that comes again after a reconnect is printed once", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  io.type("hi\r");
  await io.expect("<me> hi");
  const at = conversation.at;
  conversation.tell({ type: "message", room: "lobby", seq: 1, from: "me", at, text: "hi" });
  conversation.tell({ type: "message", room: "lobby", seq: 2, from: "me", at, text: "elsewhere" });
  await io.expect("elsewhere");
  assertEquals(setup.entries, ["<me> hi", "<me> elsewhere"]);
});

Deno.test("after a restart of the server our own messages count anew", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  const { at, name } = conversation;
  const own = (text: string): LinkEvent => (
    { type: "message", room: "lobby", seq: 1, from: name, at, text }
  );
  io.type("one\r");
  await io.expect("<me> one");
  conversation.tell({ type: "gap", room: "lobby", from: 2, to: null }, own("two"), own("hidden"));
  await io.expect("<me> two");
  const ready = { type: "ready", name, room: "lobby", seq: 0, direct: 0 } as const;
  conversation.tell({ ...ready, session: "another" }, own("three"));
  await io.expect("<me> three");
  assertFalse(io.screen.text.includes("hidden"));
});

Deno.test("rooms that a server puts us in unasked are not counted", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  conversation.tell({ type: "joined", room: "den", name: conversation.name });
  io.type("/leave\r");
  await io.expect("(no room)>");
});

Deno.test("a joined room is the place to write to, and the others are marked", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  io.type("/join dev\r");
  await io.expect("dev>");
  conversation.message("ann", "in the lobby");
  conversation.message("bob", "in dev", "dev");
  io.type("/me waves\r");
  await io.expect("* me waves");
  io.type("/leave\r");
  await io.expect("You left dev.");
  assertEquals(io.screen.cursorRow, "lobby> ");
  assertEquals(setup.entries, [
    "-- You are in dev now.",
    "-- The topic of dev: all of it",
    "#lobby <ann> in the lobby",
    "<bob> in dev",
    "* me waves",
    "-- You left dev.",
  ]);
});

Deno.test("in no room at all, text is refused here and nothing is sent", async () => {
  using setup = await Setup.online();
  setup.io.type("/leave\r");
  await setup.io.expect("(no room)>");
  setup.io.type("hi\r");
  await setup.io.expect("!! You look at no room");
  assertEquals(setup.sent.map(({ type }) => type), ["leave"]);
});

Deno.test("/r answers who wrote last, by the name that they have now", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  const { at } = conversation;
  io.type("/r hi\r");
  await io.expect("!! Nobody has told something to you only");
  conversation.tell(
    { type: "direct", from: "ann", to: "me", at, text: "psst", n: 1 },
    { type: "renamed", from: "ann", to: "anna" },
  );
  await io.expect("anna");
  io.type("/r what\r");
  await io.expect("[me -> anna] what");
});

Deno.test("what may be there or not is asked about, and what comes is in doubt no more", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  const { at } = conversation;
  const send = conversation.send.bind(conversation);
  conversation.send = (request) => {
    conversation.sent.push(request);
    return Promise.reject(new RequestError("lost", "Forgotten"));
  };
  io.type("one\r");
  await io.expect("!! It may be there or not: one (/resend");
  io.type("two\r");
  await io.expect("It may be there or not: two");
  conversation.send = send;
  conversation.tell({ type: "message", room: "lobby", seq: 9, from: "me", at, text: "one" });
  await io.expect("<me> one");
  io.type("/resend\r");
  await io.expect("<me> two");
  assertEquals(setup.sent.map((r) => "text" in r && r.text), ["one", "two", "two"]);
  io.type("/resend drop\r");
  await io.expect("Nothing is in doubt.");
});

Deno.test("sent out of a room, what is being written for it goes nowhere else", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  io.type("/join dev\r");
  await io.expect("dev>");
  io.type("for dev");
  await io.expect("dev> for dev");
  conversation.tell({ type: "left", room: "dev", name: "me", reason: "kicked" });
  await io.expect("You are not in dev any more (kicked)");
  await io.expect("(no room)> for dev");
  io.type("\r");
  await io.expect("!! You look at no room");
  assertEquals(setup.sent.map(({ type }) => type), ["join"]);
  io.type("for dev\x1b1");
  await io.until(() => io.screen.cursorRow === "lobby> ", "the lobby, without the draft");
  io.type("\x1b[A");
  await io.expect("lobby> for dev");
});

Deno.test("of several rooms that were asked for at the start, the first is looked at", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  conversation.tell({ type: "joined", id: "1", room: "dev", name: "me", seq: 0 });
  conversation.message("ann", "hello", "dev");
  await io.expect("#dev <ann> hello");
  assertEquals(io.screen.cursorRow, "lobby [dev 1]> ");
});

Deno.test("a name that somebody took meanwhile is told, with the way to another", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  conversation.lose();
  await io.expect("Trying again");
  const text = "The name me is in use here; choose another";
  const taken = { type: "status", status: "offline", text, code: "name-taken" } as const;
  conversation.tell(taken, taken);
  await io.expect(`${text}. /nick NAME does`);
  conversation.tell({ type: "status", status: "offline", text: "No route" });
  conversation.ready();
  await io.expect("Connected again");
  assertEquals(setup.entries.filter((entry) => entry.startsWith("!!")).length, 2);
});

Deno.test("direct messages are printed on both sides", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  io.type("/msg ann psst\r");
  await io.expect("[me -> ann] psst");
  const at = conversation.at;
  conversation.tell({ type: "direct", from: "ann", to: "me", at, text: "what?", n: 1 });
  await io.expect("[ann -> me] what?");
});

Deno.test("a message that is refused is shown with the reason", async () => {
  using setup = await Setup.online();
  setup.conversation.send = () => Promise.reject(new RequestError("too-long", "It is too long"));
  setup.io.type("hi\r");
  await setup.io.expect("!! It is too long (not sent: hi)");
});

Deno.test("help and unknown commands are answered here", async () => {
  using setup = await Setup.online();
  setup.io.type("/help\r");
  await setup.io.expect("/join ROOM");
  setup.io.type("/help keys\r");
  await setup.io.expect("Alt-Enter");
  setup.io.type("/jion\r");
  await setup.io.expect("!! There is no command /jion");
  setup.io.type("/unaway\r");
  await setup.io.expect("/back says that you are not away any more");
  setup.io.type("/help\r");
  await setup.io.expect("/view");
  assertEquals(setup.sent, []);
});

Deno.test("what others do is told, and names that hold escapes do nothing", async () => {
  using setup = await Setup.online();
  const { conversation, io } = setup;
  conversation.tell(
    { type: "joined", room: "lobby", name: "ev\x1b[2Jil" },
    { type: "renamed", from: "ann", to: "an\u202en" },
    { type: "topic", room: "dev", text: "\x07", from: "bob" },
    { type: "error", code: "x", text: "\x9b31m" },
    { type: "ping" },
  );
  await io.expect("!!");
  assertEquals(setup.entries, [
    "-- ev␛[2Jil joined lobby.",
    "-- ann is now an<U+202E>n.",
    "#dev -- bob set the topic: ␇",
    "!! <U+009B>31m",
  ]);
});

Deno.test("a page of history is marked as such", async () => {
  using setup = await Setup.online();
  const message = { room: "lobby", seq: 1, from: "ann", at: setup.conversation.at, text: "old" };
  const page: Event = { type: "page", room: "lobby", messages: [message], more: false };
  setup.conversation.answer = () => page;
  setup.io.type("/history\r");
  await setup.io.expect("---- lobby goes on ----");
  assertMatch(setup.io.screen.text, /---- earlier in lobby ----\n.* <ann> old\n/);
});

Deno.test("/history again goes further back, to the beginning, and anew after something else", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  const asked = (): Array<number | undefined> =>
    setup.sent.flatMap((request) => request.type === "history" ? [request.before] : []);
  conversation.answer = (request) => {
    const before = request.type === "history" ? request.before ?? 301 : 0;
    const messages = Array.from({ length: 100 }, (_, n) => (
      {
        room: "lobby",
        seq: before - 100 + n,
        from: "ann",
        at: conversation.at,
        text: `m${before - 100 + n}`,
      }
    ));
    return { type: "page", room: "lobby", messages, more: before > 101 };
  };
  for (const shown of [300, 200, 100]) {
    io.type("/history 100\r");
    await io.expect(`<ann> m${shown}\n`);
  }
  await io.expect("That is the beginning");
  assertEquals(asked(), [undefined, 201, 101]);
  io.type("/history\r");
  await io.until(() => asked().length === 4, "the last of them");
  io.type("a word\r");
  await io.expect("<me> a word");
  io.type("/history\r");
  await io.until(() => asked().length === 5, "the last of them");
  assertEquals(asked().slice(3), [undefined, undefined]);
});

Deno.test("Tab knows who is there, who spoke last, and the rooms", async () => {
  using setup = await Setup.online();
  const { io } = setup;
  io.type("a\t");
  await io.expect("lobby> Ann:");
  io.type("\x15\t");
  await io.until(() => /lobby> (Ann|bob):/.test(io.screen.cursorRow), "a name");
  io.type("\x15");
  setup.conversation.message("bob", "hello");
  await io.expect("hello");
  io.type("\t");
  await io.expect("lobby> bob:");
  io.type("\x15/join lo\t");
  await io.expect("/join lobby");
});

Deno.test("a message that is long on its way is told in the prompt until it has arrived", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  conversation.online = false;
  io.type("slow\rnext");
  await io.expect("(sending 1) lobby> next");
  conversation.ready();
  await io.expect("<me> slow");
  await io.until(() => io.screen.cursorRow === "lobby> next", "the prompt");
});

Deno.test("checklist 10: a lost connection is in the prompt, the draft stays, and what waits goes out", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  io.type("dra");
  conversation.lose();
  await io.expect("(offline) lobby> dra");
  io.type("ft\rnext");
  await io.expect("(offline, 1 unsent) lobby> next");
  assertEquals(setup.entries.slice(1), ["<me> draft · waits for the connection"]);
  conversation.ready();
  await io.expect("-- Connected again as me.");
  await io.until(() => io.screen.cursorRow === "lobby> next", "the prompt");
  assertEquals(setup.entries.slice(1), ["-- Connected again as me.", "<me> draft"]);
});

Deno.test("what leaves a shell is said with another Enter only", async () => {
  using setup = await Setup.online();
  const { io } = setup;
  io.type("exit\r");
  await io.expect("!! Not said yet: Enter again says it to lobby; /quit leaves.");
  await io.until(() => io.screen.cursorRow === "lobby> exit", "the line");
  assertEquals(setup.sent.filter(({ type }) => type === "say"), []);
  io.type("\r");
  await io.expect("<me> exit");
});

Deno.test("a search without a connection is named, to be asked again", async () => {
  using setup = await Setup.online();
  setup.conversation.send = () =>
    Promise.reject(new RequestError("offline", "There is no connection at the moment"));
  setup.io.type("/search plan\r");
  await setup.io.expect("at the moment; ask again when there is: /search");
});

Deno.test("who may not mute learns what makes it quiet for themselves", async () => {
  using setup = await Setup.online();
  setup.conversation.send = () =>
    Promise.reject(new RequestError("not-allowed", "You are a member here, and may not mute"));
  setup.io.type("/mute dev\r");
  await setup.io.expect("/notify none in a room");
});
