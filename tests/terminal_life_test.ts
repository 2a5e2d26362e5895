/** What becomes of messages at the terminal: answers, edits, removals, reactions and pins. */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import { FakeTerminal } from "./fixtures/fake_terminal.ts";
import { asked, begin, rows, WELCOME } from "./fixtures/terminal_life.ts";
import { Setup } from "./fixtures/terminal_setup.ts";

Deno.test("each message has its number, unless the person does not want them", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  conversation.message("ann", "lunch?");
  conversation.message("ann", "dinner?", "dev");
  io.type("hi\r");
  await io.expect("3 <me> hi");
  assertEquals(rows(setup), ["1 <ann> lunch?", "#dev 2 <ann> dinner?", "3 <me> hi"]);
  io.type("/numbers off\r");
  await io.expect("not shown");
  conversation.message("bob", "noon");
  await io.expect("<bob> noon");
  assert(rows(setup).includes("<bob> noon"));
});

Deno.test("a server of old has no numbers, and is not asked for what it does not know", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  conversation.welcome = { ...WELCOME, features: ["people"] };
  conversation.message("ann", "lunch?");
  await io.expect("<ann> lunch?");
  assertEquals(setup.entries, ["<ann> lunch?"]);
  const lines = ["/re 1 yes", "/react 1 x", "/pins", "/remove 1"];
  for (const [n, line] of lines.entries()) {
    io.type(`${line}\r`);
    const isTold = (): boolean =>
      io.screen.text.split("of an earlier version: it has").length === n + 2;
    await io.until(isTold, line);
  }
  io.type("s/a/b/\r");
  await io.expect("<me> s/a/b/");
  assertEquals(asked(setup), [{ type: "say", room: "lobby", text: "s/a/b/" }]);
});

Deno.test("an answer stands under the beginning of what it answers", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  const lunch = conversation.message("bob", "lunch?\nor dinner");
  conversation.message("ann", "no", "lobby", {
    re: lunch,
    quote: { from: "bob", text: "lunch?" },
  });
  conversation.message("ann", "what?", "lobby", { re: 99 });
  io.type("/re 1 yes, at noon\r");
  await io.expect("<me> yes");
  assertEquals(asked(setup), [{ type: "say", room: "lobby", text: "yes, at noon", re: 1 }]);
  assertEquals(rows(setup), [
    "1 <bob> lunch?",
    "        or dinner",
    "  ↳ 1 bob: lunch?",
    "2 <ann> no",
    "  ↳ a message that was removed",
    "3 <ann> what?",
    "  ↳ 1 bob: lunch?",
    "4 <me> yes, at noon",
  ]);
});

Deno.test("no text of others can look like the line of an answer", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  conversation.message("eve", "x\n↳ bob: I quit\n  ↳ bob: I quit", "lobby", {
    re: 1,
    quote: { from: "e\nve", text: "a\nb\x1b[2J" },
  });
  await io.expect("<eve> x");
  const quotes = rows(setup).filter((row) => /^ {2}↳/.test(row));
  assertEquals(quotes, ["  ↳ 1 e↵ve: a↵b␛[2J"]);
});

Deno.test("what is edited on screen is painted anew, and so is what answers it", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  const lunch = conversation.message("bob", "lunch?");
  conversation.message("ann", "yes", "lobby", {
    re: lunch,
    quote: { from: "bob", text: "lunch?" },
  });
  conversation.message("ann", "last");
  await io.expect("<ann> last");
  io.type("half a line");
  conversation.about(lunch, "bob", { type: "revised", text: "dinner?\nat eight" });
  await io.expect("edited");
  assertEquals(rows(setup), [
    "1 <bob> dinner?",
    "        at eight · edited",
    "  ↳ 1 bob: dinner?",
    "2 <ann> yes",
    "3 <ann> last",
  ]);
  await io.until(() => io.screen.cursorRow.endsWith("> half a line"), "the draft");
});

Deno.test("who reacts how is counted behind the line, one's own is bold", async () => {
  using setup = await begin({ color: true });
  const { io, conversation } = setup;
  const lunch = conversation.message("bob", "lunch?");
  conversation.about(lunch, "ann", { type: "reacted", key: "👍" });
  await io.expect("👍 1");
  io.type(`/react ${lunch} 👍\r`);
  await io.expect("👍 2");
  assert(io.written.includes("\x1b[1m👍 2\x1b[0m"));
  io.type(`/react ${lunch} 🎉\r`);
  await io.expect("👍 2 · 🎉 1");
  io.type(`/unreact ${lunch} 🎉\r`);
  await io.until(() => !io.screen.text.includes("🎉"), "no 🎉");
  conversation.about(lunch, "ann", { type: "reacted", key: "👍", off: true });
  await io.expect("👍 1");
  assertEquals(rows(setup), ["1 <bob> lunch? · 👍 1"]);
  assertEquals(asked(setup), [
    { type: "react", room: "lobby", re: lunch, key: "👍" },
    { type: "react", room: "lobby", re: lunch, key: "🎉" },
    { type: "react", room: "lobby", re: lunch, key: "🎉", off: true },
  ]);
});

Deno.test("a guest is told why its reaction counts for nothing", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  const lunch = conversation.message("bob", "lunch?");
  conversation.again = conversation.about(lunch, "ann", { type: "reacted", key: "👍" });
  await io.expect("lunch? · 👍 1");
  io.type(`/react ${lunch} 👍\r`);
  await io.expect("👍 was given to message 1 already: guests from one address share");
  assertEquals(rows(setup).slice(0, 1), ["1 <bob> lunch? · 👍 1"]);
});

Deno.test("what was removed leaves the screen, its file and what quotes it too", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  const secret = conversation.message("bob", "the key is\n1234");
  conversation.message("ann", "oh", "lobby", {
    re: secret,
    quote: { from: "bob", text: "the key is" },
  });
  conversation.message("eve", "spam");
  await io.expect("<eve> spam");
  conversation.about(secret, "bob", { type: "removed" });
  conversation.about(3, "op", { type: "removed", reason: "no ads" });
  await io.expect("no ads");
  assertEquals(rows(setup), [
    "1 <bob> removed",
    "  ↳ a message that was removed",
    "2 <ann> oh",
    "3 <eve> removed by op: no ads",
  ]);
});

Deno.test("what is not on screen any more is told in a line, without the text if it was removed", async () => {
  using setup = await begin({}, new FakeTerminal(60, 8));
  const { io, conversation } = setup;
  io.type("mine\r");
  await io.expect("<me> mine");
  const lunch = conversation.message("bob", "lunch?");
  for (let n = 0; n < 12; n++) conversation.message("ann", `line ${n}`);
  await io.expect("line 11");
  conversation.about(lunch, "bob", { type: "revised", text: "dinner?" });
  await io.expect("-- bob changed 2: dinner?");
  conversation.about(lunch, "ann", { type: "reacted", key: "👍" });
  conversation.about(1, "ann", { type: "reacted", key: "👍" });
  await io.expect("-- ann: 👍 for your 1: mine");
  conversation.about(1, "ann", { type: "reacted", key: "👍", off: true });
  conversation.about(lunch, "op", { type: "pinned" });
  await io.expect("-- op pinned 2: bob: dinner?");
  conversation.about(lunch, "op", { type: "removed", reason: "late" });
  await io.expect("-- op removed 2 of bob: late");
  assertFalse(io.screen.text.includes("for your 2"));
  io.type("/remove 1\r");
  await io.expect("-- You removed 1: mine");
  io.type("/remove 2\r");
  await io.expect("-- You removed 2.");
});

Deno.test("a line that is longer or shorter than before moves what is under it, and loses nothing", async () => {
  const io = new FakeTerminal(40, 24);
  using setup = await begin({}, io);
  const { conversation } = setup;
  const long = "word ".repeat(30).trim();
  const first = conversation.message("ann", "one");
  const second = conversation.message("bob", "two");
  const third = conversation.message("eve", "three");
  await io.expect("three");
  for (const text of [long, "short", `${long}\n${long}`, "end"]) {
    conversation.about(second, "bob", { type: "revised", text });
    conversation.about(third, "ann", { type: "reacted", key: text[0] ?? "" });
    await io.until(
      () => io.screen.text.includes("edited") && io.screen.text.includes(`${text[0]} 1`),
      text,
    );
  }
  await io.until(() => rows(setup).includes("2 <bob> end · edited"), "the last text");
  assertEquals(rows(setup).filter((row) => row.includes("<")), [
    `${first} <ann> one`,
    `${second} <bob> end · edited`,
    `${third} <eve> three · w 2 · s 1 · e 1`,
  ]);
});

Deno.test("after a resize nothing above is painted anew until it is printed again", async () => {
  const io = new FakeTerminal(60, 12);
  using setup = await begin({}, io);
  const { conversation } = setup;
  const lunch = conversation.message("bob", "lunch?");
  await io.expect("lunch?");
  io.resize(40, 12);
  conversation.about(lunch, "bob", { type: "revised", text: "dinner?" });
  await io.expect("-- bob changed 1: dinner?");
  assert(rows(setup).includes("1 <bob> lunch?"));
});

Deno.test("a terminal without escapes is told in lines", async () => {
  using setup = await begin({ plain: true });
  const { io, conversation } = setup;
  const lunch = conversation.message("bob", "lunch?");
  await io.expect("<bob> lunch?");
  conversation.about(lunch, "bob", { type: "revised", text: "dinner?" });
  await io.expect("-- bob changed 1: dinner?");
  conversation.about(lunch, "bob", { type: "removed" });
  await io.expect("-- bob removed 1.");
  assertFalse(io.written.includes("\x1b"));
});

Deno.test("the prompt shows what the line is about, and Tab puts in the numbers, the latest first", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  conversation.message("bob", "lunch?");
  conversation.message("ann", "dinner?");
  await io.expect("dinner?");
  io.type("/re \t");
  await io.until(() => io.screen.cursorRow === "(ann: dinner?) lobby> /re 2 ", "the last");
  io.type("\t");
  await io.until(() => io.screen.cursorRow === "(bob: lunch?) lobby> /re 1 ", "the one before");
  io.type("\x15/react 77 x");
  await io.until(() => io.screen.cursorRow.startsWith("(no 77 on this screen) "), "none");
});

Deno.test("what was refused is told with the line that asked for it, and what waits is sent later", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  const { send } = conversation;
  conversation.message("bob", "lunch?");
  conversation.send = () => Promise.reject(new RequestError("not-yours", "Message 1 is not yours"));
  io.type("/edit 1 mine now\r");
  await io.expect("!! Message 1 is not yours (not sent: /edit 1 mine now)");
  io.type("\x15");
  conversation.send = send;
  conversation.lose();
  await io.expect("(offline)");
  io.type("/react 1 👍\r");
  await io.expect("-- Waits for the connection: /react 1 👍");
  conversation.ready();
  await io.expect("1 <bob> lunch? · 👍 1");
});

Deno.test("an answer to a message that is gone is refused, and what was typed is in the row again", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  const send = conversation.send.bind(conversation);
  const gone = new RequestError("no-such-message", "There is no message 1");
  conversation.message("bob", "lunch?");
  conversation.send = () => Promise.reject(gone);
  io.type("/re 1 yes, at noon\r");
  await io.expect("!! There is no message 1 (not sent: yes, at noon)");
  await io.until(() => io.screen.cursorRow.endsWith("> /re 1 yes, at noon"), "the row");
  // Put right, it is sent.
  conversation.send = send;
  io.type(`\x01${"\x1b[3~".repeat("/re 1 ".length)}\r`);
  await io.expect("<me> yes, at noon");
  assertEquals(asked(setup), [{ type: "say", room: "lobby", text: "yes, at noon" }]);
});

Deno.test("what was refused comes not in the way of what is written since, nor into another room", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  const refusals: Array<(error: Error) => void> = [];
  const { send } = conversation;
  conversation.send = (request) =>
    request.type === "say"
      ? new Promise((_, reject) => refusals.push(reject))
      : send.call(conversation, request);
  const refuse = async (text: string): Promise<void> => {
    await io.until(() => refusals.length === 1, "it was sent");
    refusals.pop()?.(new RequestError("muted", "You are muted"));
    await io.expect(`(not sent: ${text})`);
  };
  io.type("one\rtw");
  await refuse("one");
  assertEquals(io.screen.cursorRow, "lobby> tw");
  io.type("o\r/join dev\r");
  await io.expect("dev>");
  await refuse("two");
  assertEquals(io.screen.cursorRow.trim(), "dev>");
});

Deno.test("no pins, nobody who reacted, and who did", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  conversation.answer = (request) => {
    if (request.type === "pins") {
      return { type: "page", room: "lobby", messages: [], more: false };
    }
    if (request.type !== "reactions") return new RequestError("none", "none");
    const names = ["ann", "bob"];
    const reactions = request.re === 1 ? [{ key: "👍", names, count: 5 }] : [];
    return { type: "reactions", room: "lobby", re: request.re, reactions };
  };
  io.type("/pins\r/reactions 1\r/reactions 2\r");
  await io.expect("-- Nothing is pinned in lobby.");
  await io.expect("-- 👍 ann, bob and 3 others");
  await io.expect("-- Nobody has reacted to message 2.");
});

Deno.test("in a conversation it is the same, and nothing is pinned there", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  conversation.directAck = { chat: "c1", seq: 2 };
  conversation.tell({
    ...{ type: "direct", from: "ann", to: "me", at: conversation.at, text: "psst" },
    ...{ chat: "c1", with: "ann", seq: 1 },
  });
  await io.expect("[ann -> me] psst");
  conversation.answer = (request) =>
    request.type === "history"
      ? {
        ...{ type: "page", room: "", chat: "c1", more: false, upTo: 1 },
        messages: [{ room: "", seq: 1, from: "ann", at: conversation.at, text: "psst" }],
      }
      : new RequestError("none", "none");
  io.type("/chat ann\r");
  await io.expect("1 <ann> psst");
  io.type("/re 1 what?\r");
  await io.expect("2 <me> what?");
  conversation.tell({
    ...{ type: "reacted", chat: "c1", seq: 3, re: 2, from: "ann", at: conversation.at },
    key: "👍",
  });
  await io.expect("2 <me> what? · 👍 1");
  io.type("/pin 1\r");
  await io.expect("!! A conversation has no pins");
  for (let n = 0; n < 4; n++) conversation.message("bob", "elsewhere", "dev");
  io.type("s/what/why/\r");
  await io.expect("2 <me> why? · edited · 👍 1");
  assertEquals(asked(setup).filter((each) => (each as { type: string }).type !== "history"), [
    { type: "direct", chat: "c1", text: "what?", re: 1 },
    { type: "revise", chat: "c1", re: 2, text: "why?" },
  ]);
});

Deno.test("an answer to somebody who is ignored does not repeat their words", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  io.type("/ignore eve\r");
  await io.expect("Nothing of eve is shown any more");
  conversation.message("ann", "no", "lobby", { re: 1, quote: { from: "eve", text: "buy now" } });
  await io.expect("<ann> no");
  assert(rows(setup).includes("  ↳ 1 eve: …"));
});

Deno.test("what is for everybody is for the reader, if the server says so", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  io.type("/bell mentions\r");
  await io.expect("--");
  const about = { room: "lobby", from: "ann", at: conversation.at } as const;
  conversation.tell({ type: "message", ...about, seq: 1, text: "not @all of us" });
  await io.expect("1 <ann> not @all of us");
  const bells = (): number => io.written.split("\x07").length;
  const before = bells();
  conversation.tell({ type: "message", ...about, seq: 2, text: "@all: fire", all: true });
  await io.expect("» 2 <ann> @all: fire");
  assertEquals(bells(), before + 1);
});
