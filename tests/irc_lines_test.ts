/** The lines of IRC: how they are cut, read and written, with whatever somebody puts into them. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  channelOfRoom,
  isNick,
  nameOfNick,
  nickOf,
  roomOfChannel,
} from "../lib/irc/lines/irc_names.ts";
import { isBlank, LineDecoder, MOST_UNENDED } from "../lib/irc/lines/line_decoder.ts";
import { messageWithId, msgidOf } from "../lib/irc/lines/msgid.ts";
import { MOST_BODY, parseIrcLine } from "../lib/irc/lines/parse.ts";
import { parseTags, renderTags } from "../lib/irc/lines/tags.ts";
import { linesOf, MOST_LINES, saidBy, unformatted } from "../lib/irc/lines/text.ts";
import { cutTo, renderLine } from "../lib/irc/lines/write.ts";
import { utf8Length } from "../lib/wire/text.ts";
import { nameKey } from "../lib/words/names.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytesOf = (text: string): Uint8Array => encoder.encode(text);

/** All lines that come of chunks. */
function linesIn(chunks: readonly Uint8Array[]): { lines: string[]; decoder: LineDecoder } {
  const cutter = new LineDecoder();
  const lines: string[] = [];
  for (const chunk of chunks) {
    cutter.take(chunk);
    for (let line = cutter.next(); line !== undefined; line = cutter.next()) {
      if (!isBlank(line)) lines.push(decoder.decode(line));
    }
  }
  return { lines, decoder: cutter };
}

/** Text as somebody may write it who wants to do harm. */
const hostile = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(
    "\r\nQUIT :x",
    "\n",
    "\0",
    "\x01VERSION\x01",
    "\x03",
    ":x",
    "",
    " ",
    "\u2028PING",
  ),
  fc.array(fc.constantFrom("\r", "\n", "\0", " ", ":", "\x01", "x", "ü", "😀", ";", "\\"))
    .map((parts) => parts.join("")),
);

Deno.test("irc: lines come whole, in whatever pieces their bytes come", () => {
  const line = fc.string({ unit: fc.constantFrom("a", " ", ":", "é", "😀", "\r"), maxLength: 40 });
  fc.assert(fc.property(
    fc.array(line, { maxLength: 20 }),
    fc.constantFrom("\n", "\r\n"),
    fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    (texts, end, sizes) => {
      const whole = bytesOf(texts.map((text) => text + end).join(""));
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < whole.length;) {
        const size = sizes[chunks.length % sizes.length] ?? 1;
        // A chunk is overwritten when it has been read.
        chunks.push(whole.slice(at, at + size));
        at += size;
      }
      const wanted = texts.map((text) => text.replace(/^\r+|\r+$/g, "")).filter((text) =>
        text !== ""
      );
      assertEquals(linesIn(chunks).lines, wanted);
      assertEquals(linesIn([whole]).lines, wanted);
    },
  ));
});

Deno.test("irc: what has no end for 16 KiB ends the reading, and no byte sooner", () => {
  const most = new Uint8Array(MOST_UNENDED).fill(0x61);
  for (const size of [1_000, MOST_UNENDED]) {
    const { lines, decoder } = linesIn([most.slice(0, size), most.slice(0, MOST_UNENDED - size)]);
    assertEquals([lines, decoder.isOver, decoder.pending], [[], false, MOST_UNENDED]);
    decoder.take(bytesOf("\n"));
    assertEquals(decoder.next()?.length, MOST_UNENDED);
  }
  assert(linesIn([most, bytesOf("a")]).decoder.isOver);
  const over = linesIn([
    bytesOf("PING a\n"),
    new Uint8Array(MOST_UNENDED + 1),
    bytesOf("\nPING b\n"),
  ]);
  assertEquals([over.lines, over.decoder.isOver], [["PING a"], true]);
});

Deno.test("irc: ends of lines without lines come too, so that they count, as many at once as follow each other", () => {
  const decoder = new LineDecoder();
  decoder.take(bytesOf("\r\n\n\r\nPING a\r\nPING b\n\n\n"));
  const found: number[] = [];
  for (let line = decoder.next(); line !== undefined; line = decoder.next()) {
    found.push(isBlank(line) ? -line.length : line.length);
  }
  assertEquals(found, [-5, 6, 6, -2]);
});

Deno.test("irc: a line is read as tags, a command and parameters", () => {
  const read = (line: string): unknown => {
    const { tags, command, params, wrong } = parseIrcLine(bytesOf(line));
    return [Object.fromEntries(tags), command, params, ...wrong === undefined ? [] : [wrong]];
  };
  assertEquals(read("join #a"), [{}, "JOIN", ["#a"]]);
  assertEquals(read("PRIVMSG  #a   :hi  there "), [{}, "PRIVMSG", ["#a", "hi  there "]]);
  assertEquals(read("PRIVMSG #a :"), [{}, "PRIVMSG", ["#a", ""]]);
  assertEquals(read("PRIVMSG #a hi "), [{}, "PRIVMSG", ["#a", "hi"]]);
  assertEquals(read(":me!a@b TOPIC #a ::-)"), [{}, "TOPIC", ["#a", ":-)"]]);
  assertEquals(read("@a=b\\:c\\s\\\\;d;+e=;a=x\\ TAGMSG #a"), [
    { a: "x", d: "", "+e": "" },
    "TAGMSG",
    ["#a"],
  ]);
  const many = Array.from({ length: 20 }, (_, at) => String(at));
  assertEquals(read(`X ${many.join(" ")}`), [{}, "X", [
    ...many.slice(0, 14),
    many.slice(14).join(" "),
  ]]);
  assertEquals(read("@a=b"), [{}, "", [], "empty"]);
  assertEquals(read("   "), [{}, "", [], "empty"]);
  assertEquals(read(":me"), [{}, "", [], "empty"]);
});

Deno.test("irc: a line may be so long, and its tags", () => {
  const wrong = (line: string): string | undefined => parseIrcLine(bytesOf(line)).wrong;
  const body = (length: number): string => "PING ".padEnd(length, "x");
  assertEquals([wrong(body(MOST_BODY)), wrong(body(MOST_BODY + 1))], [undefined, "too-long"]);
  const tags = (length: number): string => `@${"+a=".padEnd(length, "x")} `;
  assertEquals([wrong(tags(4_094) + body(MOST_BODY)), wrong(tags(4_095) + body(10))], [
    undefined,
    "too-long",
  ]);
  assertEquals(wrong(tags(8_191) + body(10)), "too-long");
  assertEquals(wrong(tags(4_094).trim()), "empty");
  // Three bytes each.
  assertEquals(wrong(`PING ${"€".repeat(168)}`), undefined);
  assertEquals(wrong(`PING ${"€".repeat(169)}`), "too-long");
});

Deno.test("irc: what is not UTF-8 is refused, and told which command it was", () => {
  const line = (...parts: Array<string | number>): Uint8Array =>
    Uint8Array.from(parts.flatMap((part) => typeof part === "string" ? [...bytesOf(part)] : part));
  const { command, tags, params, wrong } = parseIrcLine(line("@label=x PRIVMSG #a :h", 0xaa));
  assertEquals([command, tags.get("label"), params, wrong], ["PRIVMSG", "x", [], "bad-utf8"]);
  assertEquals(parseIrcLine(line(0xc3, " a")).command, "");
  // Encoded surrogates, overlong forms and cut ones.
  for (const bad of [[0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xf0, 0x9f, 0x98]]) {
    assertEquals(parseIrcLine(line("PING ", ...bad)).wrong, "bad-utf8");
  }
  assertEquals(parseIrcLine(line("PING \ufeff😀")).params, ["\ufeff😀"]);
});

Deno.test("irc: whatever comes is read without an error, within its limits", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (line) => {
    const { params, wrong } = parseIrcLine(line);
    if (wrong === undefined) assert(params.length <= 16);
  }));
});

Deno.test("irc: nothing that is written breaks out of its line or its parameter", () => {
  const tag = fc.tuple(fc.constantFrom("msgid", "+draft/react", "account"), hostile);
  fc.assert(fc.property(
    fc.record({
      tags: fc.array(tag, { maxLength: 3 }),
      source: hostile,
      params: fc.array(hostile, { minLength: 1, maxLength: 6 }),
      action: fc.boolean(),
    }),
    ({ tags, source, params, action }) => {
      const text = renderLine({ tags, source, command: "PRIVMSG", params, action });
      assert(text.endsWith("\r\n"));
      // deno-lint-ignore no-control-regex -- that is what must not be there.
      const controls = text.slice(0, -2).match(/[\0-\x1f\x7f-\x9f]/g) ?? [];
      assert(controls.length <= (action ? 2 : 0), JSON.stringify(text));
      const parsed = parseIrcLine(bytesOf(text.slice(0, -2)));
      assertEquals([parsed.command, parsed.wrong], ["PRIVMSG", undefined]);
      // What had to be cut has fewer.
      if (utf8Length(text) < 500) assertEquals(parsed.params.length, params.length);
      assert([...parsed.tags.keys()].every((key) => tags.some(([each]) => each === key)));
      const body = text.replace(/^@\S* /, "");
      assert(utf8Length(body) <= MOST_BODY + 2);
    },
  ));
});

Deno.test("irc: tags are read as they were written", () => {
  const value = fc.string({
    unit: fc.constantFrom("a", ";", " ", "\\", "\r", "\n", "é", ":", "s"),
  });
  fc.assert(fc.property(fc.dictionary(fc.constantFrom("a", "+b/c", "d.e/f"), value), (tags) => {
    const text = renderTags(Object.entries(tags));
    const read = parseTags(text.replace(/^@/, "").trimEnd());
    assertEquals(Object.fromEntries(read), { ...tags });
  }));
});

Deno.test("irc: a text is cut into lines that fit, and nothing of it is lost", () => {
  const text = fc.array(fc.constantFrom("a", "é", "😀", " ", "\n", "bcd", "\x02")).map((all) =>
    all.join("")
  );
  fc.assert(fc.property(text, fc.integer({ min: 8, max: 40 }), (text, bytes) => {
    const pieces = linesOf(text, bytes, true);
    assert(pieces.length <= MOST_LINES);
    for (const piece of pieces) assert(utf8Length(piece.text) <= Math.max(bytes, 30));
    if (pieces.length === MOST_LINES || text.replaceAll("\x02", "").trim() === "") return;
    const whole = pieces.map(({ text, goesOn }, at) => (at === 0 || goesOn ? "" : "\n") + text);
    const wanted = text.replaceAll("\x02", "").split("\n").map((line) =>
      line.trim() === "" ? "" : line
    );
    assertEquals(whole.join(""), wanted.join("\n"));
  }));
});

Deno.test("irc: a long line is cut between words, and within one only where that is long", () => {
  const textsOf = (text: string, bytes: number): string[] =>
    linesOf(text, bytes, false).map((piece) => piece.text);
  assertEquals(textsOf("one two three four", 10), ["one two ", "three four"]);
  assertEquals(textsOf("one two  three", 7), ["one two", "  three"]);
  assertEquals(textsOf("größe größer größte", 18), ["größe größer ", "größte"]);
  assertEquals(textsOf("a https://example.org/x", 12), ["a https://ex", "ample.org/x"]);
});

Deno.test("irc: of 21,000 lines 40 come, the last of which says how many there are", () => {
  const pieces = linesOf("x\n".repeat(21_000), 400, false);
  assertEquals([pieces.length, pieces.at(-1)?.text], [40, "[… 20961 more lines]"]);
});

Deno.test("irc: colours and marks are left out of what is said, and CTCP goes nowhere but for what is done", () => {
  assertEquals(unformatted("\x02b\x0f \x0304,12red\x03 \x04ff0000x\x1d"), "b red x");
  assertEquals(saidBy("\x01ACTION waves\x01"), { kind: "action", text: "waves" });
  assertEquals(saidBy("\x01ACTION waves"), { kind: "action", text: "waves" });
  for (const asked of ["\x01VERSION\x01", "\x01PING 1", "\x01\x01", "\x01ACTIONS\x01"]) {
    assertEquals(saidBy(asked), { kind: "ctcp" });
  }
  assertEquals(saidBy("a \x01VERSION\x01"), { kind: "text", text: "a VERSION" });
});

Deno.test("irc: a name becomes a nick and is found by it", () => {
  assertEquals(nickOf("Ann Lee!"), "Ann\u00a0Lee！");
  assertEquals(["#x", "3com", "-a-", "a-1", "m:a", "M:", "mm:a"].map(nickOf), [
    "＃x",
    "３com",
    "－a-",
    "a-1",
    "m：a",
    "M：",
    "mm:a",
  ]);
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 });
  const signs = fc.string({
    unit: fc.constantFrom(..."!@,*?.#&~+%:$=-19 abmM"),
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(fc.property(fc.oneof(name, signs), (name) => {
    const nick = nickOf(name);
    assert(!/[ !@,*?.]|^(?:[#&~+%:$=\d-]|m:)/i.test(nick), nick);
    // The house finds the person by either.
    assertEquals(nameKey(nick), nameKey(name));
    assertEquals(nameKey(nameOfNick(nick)), nameKey(name));
  }));
});

Deno.test("irc: what has signs of IRC in it is no nick", () => {
  for (
    const nick of [
      "",
      "a b",
      "a!b",
      "a@b",
      "a,b",
      "a*",
      "a?",
      "a.b",
      "#a",
      "&a",
      "~a",
      "+a",
      "%a",
      ":a",
    ]
  ) {
    assert(!isNick(nick), nick);
  }
  for (const nick of ["$a", "=a", "1a", "-a", "a\tb", "a\u3000b", "m:", "m:a", "M:a"]) {
    assert(!isNick(nick), nick);
  }
  for (const nick of ["a", "m：a", "mm:a", "Ann\u00a0Lee！", "a-1", "[x]^_`{|}", "Işıl", "天気"]) {
    assert(isNick(nick), nick);
  }
});

Deno.test("irc: a room becomes a channel, and a channel a room", () => {
  for (const room of ["lobby", "a,b", "#old", "café"]) {
    assertEquals(roomOfChannel(channelOfRoom(room)), room);
  }
  for (const none of ["", "#", "lobby", "&a", "+a", "!a"]) {
    assertEquals(roomOfChannel(none), undefined);
  }
});

Deno.test("irc: an id names a message of this epoch, and of no other", () => {
  const epoch = "5f0c-17a9-b2";
  for (const place of [{ room: "lobby" }, { room: "a b;c/é" }, { chat: "abc123" }]) {
    const id = msgidOf(epoch, place, 17);
    assertEquals(messageWithId(epoch, id), { seq: 17, place });
    assertEquals(messageWithId("0000-0000", id), undefined);
    assert(/^[!-~]+$/.test(id), id);
  }
  for (const bad of ["", "x", "17", "17.5f0c17a9.#%", "-1.5f0c17a9.#a"]) {
    assertEquals(messageWithId(epoch, bad), undefined);
  }
});

Deno.test("irc: what is cut is cut between two characters", () => {
  assertEquals([cutTo("aé😀b", 6), cutTo("aé😀b", 7), cutTo("aé😀b", 8)], ["aé", "aé😀", "aé😀b"]);
});

Deno.test("irc: of a line that is too long no parameter is lost, and none is blank", () => {
  const lengths = [1, 10, 200, 400, 430, 500, 505, 506, 507, 508, 509, 510, 511, 600];
  const reason = "That is what was wrong with it";
  for (const [first, second] of lengths.flatMap((a) => lengths.map((b) => [a, b] as const))) {
    for (const [one, two] of [["x", "y"], ["😀", "é"], ["€", "y"]] as const) {
      const middle = ["A", one.repeat(first), two.repeat(second)];
      const text = renderLine({ source: "irc.test", command: "FAIL", params: [...middle, reason] });
      const parsed = parseIrcLine(bytesOf(text.slice(0, -2)));
      assertEquals([parsed.wrong, parsed.params.length], [undefined, 4], text);
      assertEquals(parsed.params.every((param) => param !== ""), true, text);
      assertEquals(parsed.params.at(-1), reason);
    }
  }
});
