/** Names: which there can be, and which are the same. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import stringWidth from "string-width";
import { checkName, checkRoom, numberedName } from "../lib/chat/check_name.ts";
import { nameKey } from "../lib/chat/name.ts";
import { Refusal } from "../lib/chat/refusal.ts";

const none = { permissions: "none" } as const;

Deno.test("names of any script, with spaces inside, can be had", none, () => {
  for (
    const name of [
      "ann",
      "Ann Lee",
      "Zoë",
      "Дмитрий",
      "田中さん",
      "مريم",
      "x",
      "R2-D2",
      "a_b",
      "🦊",
    ]
  ) {
    assertEquals(checkName(name), nameKey(name));
  }
});

Deno.test("case, compatibility forms and blanks make no other name", none, () => {
  for (
    const same of ["ANN LEE", "ann lee ", " Ann Lee", "Ann  Lee", "Ann\u00a0Lee", "Ａｎｎ Lee"]
  ) {
    assertEquals(nameKey(same), nameKey("Ann Lee"), same);
  }
  assertEquals(nameKey("Zoe\u0308"), nameKey("Zoë"));
  assertEquals(nameKey("STRASSE"), nameKey("straße"));
  assert(nameKey("ann") !== nameKey("anna"));
});

for (
  const [what, name, part] of [
    ["an empty name", "", "can't be blank"],
    ["blanks", "  \u3000", "can't be blank"],
    ["a control character", "a\u0007b", "U+0007"],
    ["a line break", "a\nb", "U+000A"],
    ["an escape", "a\u001b[31m", "U+001B"],
    ["a C1 control", "a\u009b", "U+009B"],
    ["an override of direction", "a\u202e", "U+202E"],
    ["a joiner", "a\u200d", "U+200D"],
    ["a private character", "a\ue000", "U+E000"],
    ["an unassigned character", "a\ufff0", "U+FFF0"],
    ["a lone surrogate", "a\ud800", "U+D800"],
    ["33 columns", "x".repeat(33), "has 33"],
    ["17 wide characters", "田".repeat(17), "has 34"],
    ["1,000 marks on one letter", "a" + "\u0301".repeat(1_000), "at most 64 characters long"],
    ["the server's name", "SERVER", "the server's own"],
  ] as const
) {
  Deno.test(`a name can't be ${what}`, none, () => {
    assertThrows(() => checkName(name), Refusal, part);
  });
}

Deno.test("a text of 64 KiB is no name, and found out without normalizing it", none, () => {
  const marks = "a" + "\u0301\u0327".repeat(16_000);
  assertEquals(nameKey(marks), marks);
  assertThrows(() => checkName(marks), Refusal, "at most 64 characters long");
  assertThrows(() => checkRoom(marks), Refusal, "at most 64 characters long");
});

Deno.test("a room's name has no spaces", none, () => {
  assertEquals(checkRoom("Dev"), "dev");
  assertThrows(() => checkRoom("dev room"), Refusal, 'no spaces: "dev room"');
  assertThrows(() => checkRoom(""), Refusal, "can't be blank");
});

Deno.test("a numbered name is never wider than a name may be", none, () => {
  assertEquals(numberedName("ann", 2), "ann-2");
  for (const name of ["x".repeat(32), "田".repeat(16), "a\u0301".repeat(32)]) {
    const numbered = numberedName(name, 12_345);
    checkName(numbered);
    assert(stringWidth(numbered) <= 32 && numbered.endsWith("-12345"), numbered);
  }
});
