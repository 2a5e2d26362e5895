/** Text of others made harmless for a terminal and for a log line. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { inertJson } from "../lib/client/printer.ts";
import { inertLine, inertText } from "../lib/words/inert.js";
import { tries } from "./fixtures/thorough.ts";

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
  assertEquals(inertText("a\nb\r\nc\rd\u2028e"), "a\nb\nc␍d<U+2028>e");
  assertEquals(inertText(""), "");
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

/** Text of all that Unicode has, of halves of pairs, and of what terminals act on. */
const wild = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    fc.integer({ min: 0, max: 0x10ffff }).map((point) => String.fromCodePoint(point)),
    fc.integer({ min: 0, max: 0x9f }).map((unit) => String.fromCharCode(unit)),
    fc.constantFrom("\u202e", "\u200d", "👩", "\u{e007f}", "\r\n", "🏴", "\u200c", "ا", "\u0301"),
    // CSI with parameters, OSC, DCS, APC and their ends; escapes of one letter.
    fc.tuple(
      fc.constantFrom("\x1b[", "\x9b"),
      fc.string({ unit: fc.constantFrom(..."0123456789;:?>!") }),
      fc.constantFrom(..."@ABCDHJKPRSTXZcfhlmnqrstu"),
    ).map((parts) => parts.join("")),
    fc.tuple(
      fc.constantFrom("\x1b]", "\x1bP", "\x1b_", "\x1b^", "\x1bX", "\x9d", "\x90", "\x9f"),
      fc.string(),
      fc.constantFrom("\x07", "\x1b\\", "\x9c", ""),
    ).map((parts) => parts.join("")),
    fc.constantFrom(..."78=>cDEHMNOZ()*+%").map((letter) => `\x1b${letter}`),
  ),
).map((parts) => parts.join(""));

Deno.test("whatever comes, nothing harmful goes out", () => {
  fc.assert(
    fc.property(wild, (text) => {
      for (
        const shown of [
          inertLine(text),
          ...inertText(text).split("\n"),
          inertJson(JSON.stringify(text)),
        ]
      ) {
        assert(!HARMFUL.test(shown), JSON.stringify(text));
      }
      assert(!/\p{M}{17}/u.test(inertLine(text)), JSON.stringify(text));
      assertEquals(JSON.parse(inertJson(JSON.stringify(text))), text);
    }),
    { numRuns: tries(300, 5_000) },
  );
});

Deno.test("what is inert stays as it is when it is made inert again", () => {
  fc.assert(fc.property(wild, (text) => {
    const once = inertLine(text);
    assertEquals(inertLine(once), once);
  }));
});

Deno.test("every code point, alone and between letters, is shown or kept but never obeyed", () => {
  // Nothing is assigned in the planes from the fourth on but tags and selectors, and privately.
  const isSparse = (code: number): boolean => code > 0x3ffff && (code >> 12) !== 0xe0;
  for (let code = 0; code <= 0x10ffff; code += isSparse(code) ? tries(97, 1) : 1) {
    const character = String.fromCodePoint(code);
    for (const text of [character, `a${character}b`]) {
      const shown = inertLine(text);
      assert(!HARMFUL.test(shown), code.toString(16));
      // Nothing vanishes: it is there as it was, or a visible stand-in is.
      assert(shown === text || shown.length >= text.length, code.toString(16));
    }
  }
});

Deno.test("plain text is not changed", () => {
  const plain = fc.string({ unit: "grapheme-ascii" });
  fc.assert(fc.property(plain, (text) => assertEquals(inertLine(text), text)));
  const harmless = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x10ffff }).map((point) => String.fromCodePoint(point))
      .filter((character) => /[\p{L}\p{N}\p{P}\p{S}\p{Zs}]/u.test(character))
      // Some letters and symbols can't be seen, and are shown by their numbers.
      .filter((character) => !/\p{Default_Ignorable_Code_Point}/u.test(character)),
  });
  fc.assert(fc.property(harmless, (text) => assertEquals(inertLine(text), text)));
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
