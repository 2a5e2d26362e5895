/** What is typed and pasted at the terminal, and what of it goes where. */

import { assertEquals, assertMatch } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import type { Event } from "../lib/wire/events.ts";
import { Setup } from "./fixtures/terminal_setup.ts";

Deno.test("what is typed before the first connection is sent by another Enter only", async () => {
  using setup = new Setup();
  const { io, conversation } = setup;
  conversation.tell({ type: "status", status: "connecting", text: "Connecting" });
  io.type("yes\r");
  await io.expect("!! Not sent");
  io.type("/r hi\rhalf");
  await io.until(() => io.screen.cursorRow.endsWith("> half"), "the line that was begun");
  assertEquals(setup.sent, []);
  conversation.ready();
  await io.expect("You are me");
  await io.expect("2 lines were typed before you were in.");
  await io.until(() => io.screen.cursorRow === "lobby> yes", "the first line");
  assertEquals(setup.sent, []);
  io.type("\r");
  await io.until(() => setup.sent.length === 1, "the message");
  await io.until(() => io.screen.cursorRow === "lobby> /r hi", "the second line, by itself");
  io.type("\x03");
  await io.until(() => io.screen.cursorRow === "lobby> half", "what was begun after them");
  io.type("\x15");
  // From here on what is written while the link is broken waits for it.
  conversation.tell({ type: "status", status: "offline", text: "gone" });
  io.type("later\r");
  await io.until(() => setup.sent.length === 2, "what waits");
});

Deno.test("lines that were typed before the terminal was raw stay lines, and wait for Enter", async () => {
  using setup = new Setup();
  const { io, conversation } = setup;
  // A terminal that is not raw makes a newline of Enter.
  io.type("/msg bob hi\n/ban bob\n/login secret\nhalf");
  conversation.ready();
  await io.expect("3 lines were typed before you were in.");
  await io.until(() => io.screen.cursorRow === "lobby> /msg bob hi", "the first line");
  assertEquals(setup.sent, []);
  io.type("\r");
  await io.until(() => setup.sent.length === 1, "the message");
  const [{ id: _, ...sent } = { id: "" }] = setup.sent;
  assertEquals(sent, { type: "direct", to: "bob", text: "hi" } as unknown);
  for (const line of ["/ban bob", "/login ••••••", "half"]) {
    await io.until(() => io.screen.cursorRow === `lobby> ${line}`, line);
    io.type("\x03");
  }
  // Now it is Ctrl-J.
  io.type("one\ntwo\r");
  await io.until(() => setup.sent.length === 2, "a message of two lines");
  assertEquals(setup.sent.map((it) => "text" in it && it.text), ["hi", "one\ntwo"]);
});

Deno.test("after a key that only a raw terminal gives, Ctrl-J is no Enter", async () => {
  using setup = new Setup();
  const { io, conversation } = setup;
  conversation.ready();
  io.type("\x1b[200~one\rtwo\x1b[201~\nthree\r");
  await io.until(() => setup.sent.length === 1, "the message");
  assertEquals(setup.sent.map((it) => "text" in it && it.text), ["one\ntwo\nthree"]);
});

Deno.test("lines that were typed before the terminal was raw are not joined to what came after", async () => {
  using setup = new Setup();
  const { io, conversation } = setup;
  conversation.tell({ type: "status", status: "connecting", text: "Connecting" });
  conversation.ready();
  await io.until(() => io.raw, "the chat");
  io.type("/msg bob hi\n/ban bob\nnow\rhalf");
  await io.until(() => setup.sent.length === 1, "the message");
  assertEquals(setup.sent.map((it) => "text" in it && it.text), ["now"]);
  for (const line of ["/msg bob hi", "/ban bob", "half"]) {
    await io.until(() => io.screen.cursorRow === `lobby> ${line}`, line);
    io.type("\x03");
  }
});

Deno.test("blank lines are not sent, pasted lines are sent as one message", async () => {
  using setup = await Setup.online();
  setup.io.type("\r  \r\x1b[200~one\rtwo\rthree\x1b[201~");
  await setup.io.expect("lobby> one↵two↵three");
  assertEquals(setup.sent, []);
  setup.io.type("\r");
  await setup.io.expect("<me> one");
  assertEquals(setup.sent.map((request) => "text" in request && request.text), ["one\ntwo\nthree"]);
  assertMatch(setup.io.screen.text, /<me> one\n {8}two\n {8}three/);
});

Deno.test("blank lines at the end are no part of a message, and CR LF ends a line", async () => {
  using setup = await Setup.online();
  setup.io.type("\x1b[200~x\r\n  y \r\n \r\n\x1b[201~\r");
  await setup.io.expect("<me> x");
  assertEquals(setup.sent.map((request) => "text" in request && request.text), ["x\n  y "]);
});

for (const line of [" /msg ann secret", "\t/JOIN dev", " /room"]) {
  Deno.test(`blanks before a command are asked about: ${JSON.stringify(line)}`, async () => {
    using setup = await Setup.online();
    const { io } = setup;
    io.type(`${line.replace("\t", "\x1b[200~\t\x1b[201~")}\r`);
    await io.expect("!! Not said: blanks stand before /");
    assertEquals(setup.sent, []);
    io.type("\r");
    await io.until(() => setup.sent.length === 1, "the line, as it is");
    assertEquals(setup.sent.map((request) => "text" in request && request.text), [line]);
  });
}

Deno.test("blanks before anything else are said", async () => {
  using setup = await Setup.online();
  setup.io.type(" /usr/bin\r");
  await setup.io.expect("<me>  /usr/bin");
});

Deno.test("a paste of many lines is asked about: say it, put it in the row, or drop it", async () => {
  using setup = await Setup.online();
  const { io } = setup;
  const lines = Array.from({ length: 500 }, (_, n) => `line ${n} ${"x".repeat(20)}`);
  const paste = `\x1b[200~${lines.join("\r")}\r\x1b[201~`;
  const asked = "500 lines, 2 messages: (s)end, (e)dit, (d)rop?";
  const ask = async (answer: string): Promise<void> => {
    io.type(paste);
    await io.until(() => io.screen.cursorRow.startsWith(asked), "the question");
    io.type(answer);
  };
  await ask("\r");
  io.type("d");
  await io.until(() => io.screen.cursorRow === "lobby> ", "nothing");
  await ask("\x03");
  await io.until(() => io.screen.cursorRow === "lobby> ", "nothing");
  assertEquals(setup.sent, []);
  await ask("e");
  await io.until(() => io.screen.cursorRow.includes("line 499"), "the row");
  io.type("\x15");
  await ask("s");
  await io.until(() => setup.sent.length === 2, "the messages");
  const texts = setup.sent.map((request) => "text" in request ? request.text : "");
  assertEquals(texts.join("\n").split("\n"), lines);
});

Deno.test("a paste that is asked about goes to the room in which it was pasted", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  const joined = Promise.withResolvers<Event>();
  const send = conversation.send.bind(conversation);
  conversation.send = (request) => request.type === "join" ? joined.promise : send(request);
  io.type("/join dev\r");
  io.type(`\x1b[200~${"for the lobby\r".repeat(30)}\x1b[201~`);
  await io.until(() => io.screen.cursorRow.startsWith("30 lines"), "the question");
  joined.resolve({ type: "joined", id: "1", room: "dev", name: "me", seq: 0 });
  await io.expect("dev");
  io.type("s");
  await io.until(() => setup.sent.some(({ type }) => type === "say"), "the message");
  assertEquals(setup.sent.flatMap((each) => each.type === "say" ? [each.room] : []), ["lobby"]);
});

Deno.test("what is typed behind a way that is refused at once waits for another Enter", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  conversation.answer = ({ type }) => new RequestError("offline", `No ${type}: no connection`);
  io.type("/join priv\rsecret for priv\r");
  await io.expect("A line was typed before the answer came.");
  await io.until(() => io.screen.cursorRow === "lobby> secret for priv", "the line");
  assertEquals(setup.sent.filter(({ type }) => type === "say"), []);
  io.type("\r");
  await io.until(() => setup.sent.some(({ type }) => type === "say"), "another Enter");
});

Deno.test("what is typed before one is in stays in the row, though help was asked for before it", async () => {
  using setup = new Setup({ room: "lobby" });
  const { io, conversation } = setup;
  await io.until(() => io.screen.cursorRow.startsWith("lobby"), "the prompt");
  io.type("/help\r");
  await io.expect("/help TOPIC");
  io.type("hello all");
  await io.until(() => io.screen.cursorRow.trimEnd().endsWith("> hello all"), "the row");
  conversation.ready({ room: "dev" });
  await io.expect("You are me");
  await io.until(() => io.screen.cursorRow.trimEnd() === "dev> hello all", "the row of dev");
});
