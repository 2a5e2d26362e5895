/** Names: which there can be, and which are the same. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { checkName, checkRoom, numberedName } from "../lib/chat/names/check_name.ts";
import { nameSpelling } from "../lib/chat/names/skeleton.ts";
import { nameKey } from "../lib/words/names.js";
import { Refusal } from "../lib/chat/refusal.ts";
import { textWidth } from "../lib/chat/names/width.ts";

const none = { permissions: "none" } as const;

/** What is in no name, however it came: other than by such marks a refusal must be readable. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;

for (
  const [what, names] of Object.entries({
    "ordinary": [
      "alice",
      "ann",
      "Ann Lee",
      "x",
      "R2-D2",
      "a_b",
      "user_1",
      "a.b-c",
      "O'Neil",
      "|||",
    ],
    "Latin with marks": ["Zoë", "Zoe\u0308", "Dvořák", "Nguyễn", "Nguyễn".normalize("NFD")],
    "of another script": ["Дмитрий", "李雷", "田中さん", "مريم", "नमस्ते", "ถิ่น", "שרה"],
    "Korean, also in its parts": ["한글", "한글".normalize("NFD")],
    "a symbol": ["🦊", "👍🏽", "★", "™", "🇫🇷"],
    "a compatibility form": ["ＡＮＮ", "ﬁn", "Ⅳ"],
    "with a joiner where its script has one": ["علی\u200cرضا", "ශ\u0dca\u200dර\u0dd3"],
    "with a point where its script has one": ["山田・太郎", "col·legi", "ג׳", "١٢"],
  })
) {
  Deno.test(`a name can be ${what}`, none, () => {
    for (const name of names) assertEquals(checkName(name), nameKey(name), name);
  });
}

Deno.test("case, compatibility forms and blanks make no other name", none, () => {
  for (
    const same of ["ANN LEE", "ann lee ", " Ann Lee", "Ann  Lee", "Ann\u00a0Lee", "Ａｎｎ Lee"]
  ) {
    assertEquals(nameKey(same), nameKey("Ann Lee"), same);
  }
  assertEquals(nameKey("Zoe\u0308"), nameKey("Zoë"));
  assertEquals(nameKey("STRASSE"), nameKey("straße"));
  assertEquals(nameKey("STRAẞE"), nameKey("straße"));
  assertEquals(nameKey("ΟΔΥΣΣΕΥΣ"), nameKey("οδυσσευς"));
  assert(nameKey("ann") !== nameKey("anna"));
});

Deno.test("the key of a key is itself, and that of the spelling is that of the name", none, () => {
  const text = fc.string({ unit: "binary", maxLength: 32 });
  fc.assert(fc.property(text, (name) => {
    const key = nameKey(name);
    assertEquals(nameKey(key), key);
    assertEquals(nameKey(nameSpelling(name)), key);
    assertEquals(nameSpelling(nameSpelling(name)), nameSpelling(name));
  }));
});

Deno.test("case and compatibility forms make no other name", none, () => {
  for (
    const [name, key] of [
      ["STRAẞE", "strasse"],
      ["straße", "strasse"],
      ["ﬁ  x", "fi x"],
      ["İ", "i̇"],
      ["ＡＮＮ\u3000Lee ", "ann lee"],
    ] as const
  ) assertEquals(nameKey(name), key);
});

Deno.test("the short way to the key of an ASCII name leads to the same", none, () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme-ascii", maxLength: 64 }), (name) => {
    assertEquals(nameKey(name), name.toUpperCase().toLowerCase().replace(/ +/g, " ").trim());
    assertEquals(nameSpelling(name), name.replace(/ +/g, " ").trim());
  }));
});

for (
  const [what, name, part] of [
    ["an empty name", "", "can't be blank"],
    ["blanks", "  \u3000", "can't be blank"],
    ["a control character", "a\u0007b", "U+0007, which can't be seen; leave it out"],
    ["a line break", "a\nb", "U+000A"],
    ["an escape", "a\u001b[31m", "U+001B"],
    ["a C1 control", "a\u009b", "U+009B"],
    ["an override of direction", "a\u202e", "U+202E"],
    ["a joiner that joins nothing", "a\u200d", "U+200D, which joins nothing there"],
    ["a joiner among emoji", "👨\u200d👩", "U+200D, which joins nothing there"],
    ["a non-joiner between Latin letters", "a\u200cb", "U+200C, which joins nothing there"],
    ["a non-joiner after an Arabic letter that joins nothing", "د\u200cر", "U+200C"],
    ["a variation selector", "❤\ufe0f", "U+FE0F, which can't be seen"],
    ["a filler of Hangul", "\u3164", "U+3164, which can't be seen"],
    ["a blank of braille", "\u2800", "U+2800, which can't be seen"],
    ["a letter of old Hangul alone", "\u1100", "U+1100, which RFC 8264 keeps out"],
    ["a stretched Arabic letter", "مح\u0640مد", "U+0640, which RFC 8264 keeps out"],
    ["a middle dot between other letters", "ann·lee", "U+00B7, which can't stand there"],
    ["a dot of katakana alone", "a・b", "U+30FB, which can't stand there"],
    ["digits of two kinds of Arabic", "\u0663\u06f4", "U+0663, which can't stand there"],
    ["a private character", "a\ue000", "U+E000, which looks different everywhere"],
    ["a character that is none", "a\ufff0", "U+FFF0"],
    ["an unassigned character", "a\u0378", "U+0378, which is not a character yet"],
    ["a lone surrogate", "a\ud800", "U+D800, which is half a character"],
    ["33 columns", "x".repeat(33), "has 33"],
    ["17 wide characters", "田".repeat(17), "has 34"],
    ["a mark on nothing", "\u0301ann", "can't begin with a mark"],
    ["five marks on one letter", "ann" + "\u0301".repeat(5), "at most 4 marks on a letter"],
    ["1,000 marks on one letter", "a" + "\u0301".repeat(1_000), "at most 64 characters long"],
    ["the server's name", "SERVER", "the server's own"],
    ["what looks like the server's name", "sеrver", "(with U+0435) looks like server"],
    ["what looks like the server's name in capitals", "ЅERVER", "(with U+0405) looks like server"],
  ] as const
) {
  Deno.test(`a name can't be ${what}`, none, () => {
    const { message, code } = assertThrows(() => checkName(name), Refusal, part);
    assertEquals(code, "bad-name");
    assert(!UNSEEN.test(message), message);
  });
}

Deno.test("whatever is refused, the refusal can be read", none, () => {
  const text = fc.string({ unit: "binary", maxLength: 80 });
  fc.assert(fc.property(text, fc.constantFrom(checkName, checkRoom), (name, check) => {
    try {
      check(name);
    } catch (error) {
      assert(error instanceof Refusal && !UNSEEN.test(error.message), String(error));
      return;
    }
    assert(!UNSEEN.test(name.replaceAll(/[\u200c\u200d]/g, "")), name);
  }));
});

Deno.test("a text of 64 KiB is no name, and found out without normalizing it", none, () => {
  const marks = "a" + "\u0301\u0327".repeat(16_000);
  assertEquals(nameKey(marks), marks);
  assertThrows(() => checkName(marks), Refusal, "at most 64 characters long");
  assertThrows(() => checkRoom(marks), Refusal, "at most 64 characters long");
  assertThrows(() => checkRoom(" ".repeat(65_536)), Refusal, "at most 64 characters long");
});

Deno.test("a room's name is of letters, digits and the signs of ASCII", none, () => {
  for (
    const room of [
      "dev",
      "#dev",
      "a/b",
      "café",
      "開発",
      "чат",
      "हिन्दी",
      "ชั้น",
      "שלום",
      "שלום2",
      "عربي-2",
      "۳",
    ]
  ) {
    assertEquals(checkRoom(room), nameKey(room), room);
  }
  assertEquals(checkRoom("Dev"), "dev");
  assertEquals(checkRoom("ｄｅｖ"), "dev");
});

for (
  const [what, room, part] of [
    ["nothing", "", "can't be blank"],
    ["blanks", "  ", "can't be blank"],
    ["two words", "dev room", 'no spaces: "dev room"; put - for them'],
    ["a word and a blank", "dev ", 'no spaces: "dev "'],
    ["an emoji", "🦊", "U+1F98A, which is no letter, digit or sign of ASCII"],
    ["a dash that is not ASCII's", "a—b", "U+2014, which is no letter"],
    ["a ligature", "ﬁn", "U+FB01, which is only another way to write fi"],
    ["an override of direction", "dev\u202e", "U+202E, which can't be seen"],
    ["a joiner", "dev\u200d", "U+200D, which joins nothing there"],
    ["a letter in Hebrew", "שלוםa", "written from right to left"],
    ["Hebrew after a letter", "aשלום", "written from right to left"],
    ["Hebrew after a digit", "2שלום", "written from right to left"],
    ["Arabic digits alone", "٣٤", "written from right to left"],
    ["33 columns", "x".repeat(33), "has 33"],
    ["five marks on one letter", "x" + "\u0301".repeat(5), "at most 4 marks"],
  ] as const
) {
  Deno.test(`a room's name can't be ${what}`, none, () => {
    const { message, code } = assertThrows(() => checkRoom(room), Refusal, part);
    assertEquals(code, "bad-room");
    assert(!UNSEEN.test(message), message);
  });
}

Deno.test(
  "a numbered name is never wider than a name may be, nor cut where it can't be",
  none,
  () => {
    assertEquals(numberedName("ann", 2), "ann-2");
    const names = [
      "x".repeat(32),
      "田".repeat(16),
      "a\u0301".repeat(32),
      "x".repeat(24) + "بی\u200cبی\u200cبی",
      "x".repeat(23) + "col·legi",
    ];
    for (const name of names) {
      checkName(name);
      const numbered = numberedName(name, 12_345);
      checkName(numbered);
      assert(textWidth(numbered) <= 32 && numbered.endsWith("-12345"), numbered);
    }
  },
);
