/** How wide texts are, against a library that knows every emoji by name. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import stringWidth from "string-width";
import { textWidth } from "../lib/chat/names/width.ts";
import { tries } from "./fixtures/thorough.ts";

Deno.test("a code point is as wide as the library has it", { permissions: "none" }, () => {
  const step = (code: number): number =>
    code >= 0x3400 && code < 0xd7b0 || code >= 0x20000 ? 97 : 1;
  for (let code = 0x20; code <= 0x10ffff; code += step(code)) {
    if (code >= 0x7f && code < 0xa0 || code >= 0xd800 && code < 0xf900) continue;
    const text = String.fromCodePoint(code);
    if (textWidth(text) !== stringWidth(text)) {
      assertEquals(textWidth(text), stringWidth(text), `U+${code.toString(16)}`);
    }
  }
});

Deno.test("every emoji takes two columns", { permissions: "none" }, () => {
  const joined = ["👨‍👩‍👧", "🏳️‍🌈", "👩🏽‍💻", "❤️‍🔥", "🧑🏿‍🤝‍🧑🏻", "🏴‍☠️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"];
  const small = ["❤️", "©️", "☝🏽", "✌️", "1️⃣", "#⃣", "🇫🇷", "👍🏽", "🫠", "⌚"];
  for (const emoji of [...joined, ...small]) {
    assert(/^(?:\p{RGI_Emoji}|#⃣)$/v.test(emoji), `${emoji} is no emoji`);
    assertEquals(textWidth(emoji), 2, emoji);
  }
  // No list of them is at hand, so all that may be one are tried.
  for (let code = 0xa0; code <= 0x1ffff; code++) {
    const point = String.fromCodePoint(code);
    for (const text of [`${point}\uFE0F`, `${point}🏽`]) {
      if (!/^\p{RGI_Emoji}$/v.test(text)) continue;
      if (textWidth(text) !== 2) assertEquals(textWidth(text), 2, text);
    }
  }
});

Deno.test("Hangul, Indic vowels, kana marks and the unseen are as wide as the library has them", {
  permissions: "none",
}, () => {
  const texts = [
    "각",
    "\u1100\u1161\u11a8",
    "\u1100\u1100\u1161",
    "\u1161",
    "\u11a8\u11a8",
    "한국어",
  ];
  texts.push(
    "नि",
    "कौ",
    "ｶﾞ",
    "ﾊﾟ",
    "e\u0301",
    "\u200b",
    "日本",
    "ａ",
    "a\ufe0f",
    "\u0301",
    "한\u0301",
  );
  for (const text of texts) assertEquals(textWidth(text), stringWidth(text), JSON.stringify(text));
});

Deno.test("texts of many scripts are as wide as the library has them", {
  permissions: "none",
}, () => {
  const pieces = ["a", " ", "é", "日", "ｶﾞ", "각", "नि", "e\u0301", "👍🏽", "❤️", "👨‍👩‍👧", "1️⃣"];
  pieces.push("م", "\u845b\u{e0101}", "🇫🇷 ", "\u200b", "ａ", "한\u0301");
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((all) => all.join(""));
  fc.assert(
    fc.property(text, (text) => {
      assertEquals(textWidth(text), stringWidth(text), JSON.stringify(text));
    }),
    { numRuns: tries(100, 1_000) },
  );
});

Deno.test("letters of one grapheme have a column each, as terminals give them", {
  permissions: "none",
}, () => {
  for (
    const [text, width] of [
      ["ำ", 1],
      ["กำ", 2],
      ["น้ำ", 2],
      ["ກຳ", 2],
      ["क्ष", 2],
      ["क्षि", 3],
      ["ক্ষ", 2],
      ["க்ஷ", 2],
    ] as const
  ) assertEquals(textWidth(text), width, text);
});
