import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { inertJson, inertLine, inertLines } from "../lib/client/inert.ts";

/** What must never reach a terminal: controls, bidi controls, separators, halves of pairs. */
const HARMFUL = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\ufeff\u200b\u2060]/u;

Deno.test("controls are shown as pictures", () => {
  assertEquals(inertLine("\x1b[2J\x07\x00\t\r\x7f"), "␛[2J␇␀␉␍␡");
  assertEquals(inertLine("\x9b31m\x85"), "<U+009B>31m<U+0085>");
});

Deno.test("bidi controls, separators and what hides are shown by their numbers", () => {
  assertEquals(inertLine("a\u202eb\u2066\u061c\u200f"), "a<U+202E>b<U+2066><U+061C><U+200F>");
  assertEquals(inertLine("\u2028\u2029\ufeff\u200b"), "<U+2028><U+2029><U+FEFF><U+200B>");
  assertEquals(inertLine("a\u3164\u{e0041}b"), "a<U+3164><U+E0041>b");
  assertEquals(inertLine("\ud800x\udc00"), "<U+D800>x<U+DC00>");
});

Deno.test("a newline is a mark in a line, and ends one of many lines", () => {
  assertEquals(inertLine("a\nb\r\nc"), "a↵b↵c");
  assertEquals(inertLines("a\nb\r\nc\rd\u2028e"), ["a", "b", "c␍d<U+2028>e"]);
  assertEquals(inertLines(""), [""]);
});

Deno.test("emoji stay whole", () => {
  for (const text of ["👨‍👩‍👧", "👍🏽", "❤️", "🇫🇷", "1️⃣", "🏴‍☠️", "👩🏽‍🚀", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]) {
    assertEquals(inertLine(text), text);
  }
});

Deno.test("a joiner outside an emoji is shown, unless spelling needs it", () => {
  assertEquals(inertLine("an\u200dn"), "an<U+200D>n");
  assertEquals(inertLine("👍\u200d"), "👍<U+200D>");
  assertEquals(inertLine("می\u200cخواهم"), "می\u200cخواهم");
  assertEquals(inertLine("क्\u200dष"), "क्\u200dष");
});

Deno.test("marks that pile up are counted instead of shown", () => {
  const shown = inertLine("e" + "\u0301".repeat(1_000));
  assertEquals(shown, "e" + "\u0301".repeat(16) + "<+984 marks>");
});

Deno.test("whatever comes, nothing harmful goes out", () => {
  const wild = fc.array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      fc.integer({ min: 0, max: 0x10ffff }).map((point) => String.fromCodePoint(point)),
      fc.constantFrom("\x1b[", "\u202e", "\u200d", "👩", "\u{e007f}", "\r\n", "🏴", "\u200c"),
    ),
  ).map((parts) => parts.join(""));
  fc.assert(fc.property(wild, (text) => {
    assert(!HARMFUL.test(inertLine(text)), JSON.stringify(text));
    for (const line of inertLines(text)) assert(!HARMFUL.test(line), JSON.stringify(text));
  }));
});

Deno.test("every control, surrogate and bidi control is caught alone", () => {
  for (let code = 0; code <= 0xffff; code++) {
    const text = String.fromCharCode(code);
    if (HARMFUL.test(text)) assert(!HARMFUL.test(inertLine(text)), code.toString(16));
  }
});

Deno.test("plain text is not changed", () => {
  const plain = fc.string({ unit: "grapheme-ascii" });
  fc.assert(fc.property(plain, (text) => assertEquals(inertLine(text), text)));
  for (const text of ["naïve café", "日本語", "Привет", "שלום", "مرحبا", "한국어 각", "e\u0301"]) {
    assertEquals(inertLine(text), text);
  }
});

Deno.test("JSON text is inert too, and means the same", { permissions: "none" }, () => {
  const value = { text: "\x1b \x7f \x9b \u2028 \u2029 \u202e \u2066 \u{e0041} é 👨‍👩‍👧" };
  const json = inertJson(JSON.stringify(value));
  assertEquals(
    json,
    '{"text":"\\u001b \\u007f \\u009b \\u2028 \\u2029 \\u202e \\u2066 \\udb40\\udc41 é 👨‍👩‍👧"}',
  );
  assertEquals(JSON.parse(json), value);
});
