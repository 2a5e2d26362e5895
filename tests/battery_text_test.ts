/**
 * The battery's rows on text: what is stored and relayed is what was sent, and what is shown is
 * safe. The attacks one by one are in inert_attacks_test.ts.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { LinkEvent } from "../lib/client/conversation.ts";
import { inertLine } from "../lib/words/inert.js";
import { runPipe } from "../lib/client/pipe.ts";
import { DEFAULT_SETTINGS } from "../lib/client/settings.ts";
import { besideBystanders } from "./fixtures/bystanders.ts";
import { FakeConversation } from "./fixtures/conversation.ts";
import { Setup } from "./fixtures/terminal_setup.ts";
import { classicFrame, joinClassic, joinEvent, type Json, RawPeer } from "./helpers.ts";

for (
  const [row, bad] of [
    ["`ff`", [0xff]],
    ["`c0 80`", [0xc0, 0x80]],
    ["`ed a0 80`", [0xed, 0xa0, 0x80]],
    ["`f4 90 80 80`", [0xf4, 0x90, 0x80, 0x80]],
  ] as const
) {
  Deno.test(`Text: ${row} C classic, R event`, async () => {
    const overheard = await besideBystanders({}, async ({ server }) => {
      const payload = new Uint8Array(bad);
      using nameless = await RawPeer.connect(server);
      await nameless.send(`${bad.length}         `, payload);
      assertStringIncludes(await nameless.takeRest(), "The name was not valid UTF-8");
      using classic = await joinClassic(server, "bob");
      await classic.send(`${bad.length}         `, payload);
      assertStringIncludes(await classic.takeRest(), "A message was not valid UTF-8");
      using event = await joinEvent(server, "eva");
      await event.send(`         ${bad.length}`, payload);
      assertEquals((await event.takeType("error")).code, "bad-utf8");
      const text = `{"type":"say","room":"lobby","text":"`;
      await event.send(`${text.length + bad.length + 2}`.padStart(10), text, payload, '"}');
      assertEquals((await event.takeType("error")).code, "bad-utf8");
      assertEquals((await event.ask({ type: "ping" })).type, "pong");
    });
    assertEquals(overheard, []);
  });
}

/** Everything that may be in a text and means something to somebody. */
const ACTIVE = "\x1b]0;title\x07\x1b[2J\x9b31m\x00\t\x7f\u202eabc\u2066\u061c\u200b\ufeff\u2028é";

Deno.test("Text: a leading BOM is kept, and so is all else that is sent", async () => {
  const texts = [
    "\ufeffwith a mark",
    ACTIVE,
    "\r",
    " blanks ",
    "e" + "\u0301".repeat(1_000),
  ];
  const overheard = await besideBystanders({}, async ({ server }) => {
    using bob = await joinClassic(server, "bob");
    await bob.send(...texts.map(classicFrame), classicFrame("/quit"));
    await bob.takeRest();
    using eva = await joinEvent(server, "eva");
    for (const text of texts) await eva.ask({ type: "say", room: "lobby", text });
    // The history has it as it was said.
    const { messages } = await eva.ask({ type: "history", room: "lobby", limit: 200 });
    for (const from of ["bob", "eva"]) {
      const said = messages.filter((m: Json) => m.from === from).map((m: Json) => m.text);
      assertEquals(said, texts);
    }
  });
  assertEquals(overheard, ["bob", "eva"].flatMap((from) => texts.map((text) => [from, text])));
});

/** Each place of an event where somebody else's text can be, filled with it. */
function hostileEvents(text: string): LinkEvent[] {
  const at = "2026-01-02T03:04:05.000Z";
  const message = { room: "lobby", seq: 1, from: text, at, text };
  return [
    { type: "message", ...message },
    { type: "message", ...message, seq: 2, room: text },
    { type: "message", ...message, seq: 3, action: true },
    { type: "direct", from: text, to: text, at, text, n: 1 },
    { type: "joined", room: "lobby", name: text },
    { type: "joined", room: text, name: text, topic: text, id: "1" },
    { type: "left", room: "lobby", name: text, reason: text },
    { type: "renamed", from: text, to: text },
    { type: "topic", room: "lobby", text, from: text },
    { type: "topic", room: text, text, from: text },
    { type: "members", room: text, members: [text, text], total: 2 },
    { type: "rooms", rooms: [{ room: text, members: 1, topic: text }] },
    { type: "page", room: text, messages: [message, { ...message, seq: 2 }], more: false },
    { type: "gap", room: text, from: 1, to: 2 },
    { type: "notice", text },
    { type: "error", code: "x", text },
  ];
}

/** What our own screen writes to place, to erase, and for bold, dim and inverse; colours are off. */
// deno-lint-ignore no-control-regex
const OWN = /\x1b\[\?(?:7|1004|2004|2026)[hl]|\x1b\[[JK]|\x1b\[[0127]m|\x1b[78]|\r\n?/g;

Deno.test("Text: escapes, C1, bidi controls in text, name, topic and history: inert on a terminal", async () => {
  using setup = await Setup.online({ settings: { ...DEFAULT_SETTINGS, bell: "off" } });
  const { io, conversation } = setup;
  const quiet = { ...io.screen.state as object, cursorX: 0, cursorY: 0 };
  conversation.tell(...hostileEvents(ACTIVE));
  conversation.message("ann", "the end");
  await io.expect("the end");
  assertEquals({ ...io.screen.state as object, cursorX: 0, cursorY: 0 }, quiet);
  const rest = io.written.replaceAll(OWN, "");
  assertEquals(/[\p{Cc}\p{Bidi_Control}\u2028\u200b\ufeff]/u.exec(rest)?.[0], undefined);
  assertStringIncludes(io.screen.text, "␛]0;title␇␛[2J<U+009B>");
});

for (const json of [false, true]) {
  Deno.test(`Text: the same, and CR LF in text: one log line, ${json ? "as JSON" : "in a pipe"}`, async () => {
    const events = [...hostileEvents(ACTIVE), ...hostileEvents("one\r\ntwo\rthree")];
    const link = new FakeConversation();
    const printed: string[] = [];
    const complaints: string[] = [];
    const output = new WritableStream<Uint8Array<ArrayBuffer>>({
      write: (bytes) => void printed.push(new TextDecoder().decode(bytes)),
    });
    const typing = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
    const running = runPipe({
      link,
      input: typing.readable,
      output,
      complain: (line: string) => void complaints.push(line),
      shape: json ? "json" : "lines",
    });
    link.ready();
    link.tell(...events);
    const writer = typing.writable.getWriter();
    await writer.close();
    await running;
    assert(printed.length >= 8, "what was told is printed");
    for (const line of printed) {
      assert(/^[^\n]*\n$/.test(line), `more than a line: ${JSON.stringify(line)}`);
      assertEquals(/[\p{Cc}\p{Bidi_Control}\u2028]/u.exec(line.slice(0, -1)), null);
      if (json) JSON.parse(line);
    }
    for (const line of complaints) assertEquals(/[\p{Cc}\p{Bidi_Control}\u2028]/u.exec(line), null);
    assertStringIncludes(printed.join(""), json ? '"one\\r\\ntwo\\rthree"' : "one↵two␍three");
  });
}

for (
  const [what, name, why] of [
    ["RLO", "a\u202eb", "can't contain U+202E"],
    ["ZWJ", "a\u200db", "can't contain U+200D"],
    ["U+FFF0", "a\ufff0b", "can't contain U+FFF0"],
  ] as const
) {
  Deno.test(`Text: a name with ${what} R`, async () => {
    const overheard = await besideBystanders({}, async ({ server }) => {
      using classic = await RawPeer.connect(server);
      await classic.send(classicFrame(name));
      assertStringIncludes(await classic.takeRest(), why);
      using event = await joinEvent(server, name);
      assertEquals([event.ready.type, event.ready.code], ["error", "bad-name"]);
      assertStringIncludes(event.ready.text, why);
      assertEquals((await event.ask({ type: "hello", name: "bob" })).type, "ready");
      const renamed = await event.ask({ type: "rename", name });
      assertEquals([renamed.type, renamed.code], ["error", "bad-name"]);
      assertEquals((await event.ask({ type: "join", room: name })).code, "bad-room");
    });
    assertEquals(overheard, []);
  });
}

Deno.test("Text: a Cyrillic look-alike of a name in use R", async () => {
  await besideBystanders({}, async ({ server }) => {
    using _owner = await joinEvent(server, "alice");
    using event = await joinEvent(server, "al\u0456ce");
    assertEquals([event.ready.type, event.ready.code], ["error", "name-taken"]);
    assertEquals((await event.ask({ type: "hello", name: "bob" })).type, "ready");
    const renamed = await event.ask({ type: "rename", name: "\u0430lice" });
    assertEquals([renamed.type, renamed.code], ["error", "name-taken"]);
    using classic = await RawPeer.connect(server);
    await classic.send(classicFrame("\u0430l\u0456ce"));
    // It does not know what a refusal is, and gets another name.
    const [from, text] = await classic.takePair();
    assertEquals(from, "server");
    assertStringIncludes(text, "you are \u0430l\u0456ce-2.");
  });
});

Deno.test("Text: trailing blanks, NFD twin of a name in use R", async () => {
  await besideBystanders({}, async ({ server }) => {
    using _owner = await joinEvent(server, "zoë");
    for (const twin of ["zoë ", "  zoë", "zoe\u0308", "ZOË", "ｚｏë", "zoë\u3000"]) {
      using event = await joinEvent(server, twin);
      assertEquals([event.ready.type, event.ready.code], ["error", "name-taken"], twin);
    }
  });
});

Deno.test("Text: 1,000 combining marks: bounded", async () => {
  const pile = "e" + "\u0301".repeat(1_000);
  const overheard = await besideBystanders({}, async ({ server }) => {
    using event = await joinEvent(server, pile);
    assertEquals(event.ready.code, "bad-name");
    assertEquals((await event.ask({ type: "hello", name: "bob" })).type, "ready");
    assertEquals((await event.ask({ type: "join", room: pile })).code, "bad-room");
    await event.ask({ type: "say", room: "lobby", text: pile });
  });
  assertEquals(overheard, [["bob", pile]]);
  assertEquals(inertLine(pile), `e${"\u0301".repeat(16)}<+984 marks>`);
});
