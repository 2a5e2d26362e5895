/** Whether a message is meant for somebody. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { isMeantFor } from "../lib/client/shown.ts";
import { isAddressedTo, isForPerson, keysAddressed, nameKey } from "../lib/words/names.js";

const AT = "2026-11-23T12:00:00.000Z";

Deno.test("a message is meant for the one whose name it begins with or mentions", {
  permissions: "none",
}, () => {
  for (
    const [text, expected] of [
      ["bot: yes", true],
      ["Bot, yes", true],
      ["ＢＯＴ: yes", true],
      ["well, @bot, yes", true],
      ["@annbot @bot", true],
      ["@bot2", false],
      ["@bots", false],
      ["bot yes", false],
      ["bots: yes", false],
      ["a bot: yes", false],
      ["", false],
    ] as const
  ) {
    const message = { type: "message", room: "dev", seq: 1, from: "ann", at: AT, text } as const;
    assertEquals(isMeantFor(message, "bot", "dev"), expected, text);
    assertEquals(isMeantFor(message, "bot", "lobby"), false, "in another room");
  }
  const direct = { type: "direct", from: "ann", to: "bot", at: AT, text: "psst", n: 1 } as const;
  assertEquals(isMeantFor(direct, "bot", "dev"), true);
  assertEquals(isMeantFor({ type: "notice", text: "bot: x" }, "bot", "dev"), false);
});

Deno.test("what the server says is for all is for everybody, and a bare name is for nobody", {
  permissions: "none",
}, () => {
  for (
    const [said, expected] of [
      [{ text: "@all: home", all: true }, true],
      [{ text: "@all: home" }, false],
      [{ text: "@bot: home" }, true],
      [{ text: "the bot is home" }, false],
    ] as const
  ) {
    assertEquals(isForPerson(said, "bot"), expected, JSON.stringify(said));
  }
});

const LETTERS = [
  "a",
  "B",
  "ß",
  "ﬁ",
  "é",
  "e\u0301",
  " ",
  "\u3000",
  "-",
  "2",
  ":",
  ",",
  "，",
  "@",
  "ﷺ",
];

const part = fc.array(fc.constantFrom(...LETTERS), { maxLength: 6 }).map((some) => some.join(""));

Deno.test("among the keys that a text may be addressed to are those of all to whom it is", () => {
  const texts = fc.tuple(part, part, part).map(([name, before, after]) => {
    return { name, text: `${before}${before === "" ? "" : "@"}${name}${after}` };
  });
  fc.assert(
    fc.property(texts, ({ name, text }) => {
      // Names are as check_name.ts lets them be: no blanks at their ends, and one between words.
      fc.pre(name !== "" && name === name.replace(/\s+/gu, " ").trim());
      if (isAddressedTo(text, name)) assert(keysAddressed(text).has(nameKey(name)));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("a text is addressed to nobody unless it has one of three signs", () => {
  assertEquals([...keysAddressed("ann, bob: hi")], ["ann", "ann, bob"]);
  assertEquals([...keysAddressed("ann hi")], []);
  assert(keysAddressed("hi @Ann Lee!").has("ann lee"));
});

Deno.test("of many mentions in one text the first fifty count", () => {
  const names = Array.from({ length: 60 }, (_, i) => `n${i}`);
  const keys = keysAddressed(names.map((name) => `@${name}`).join(" "));
  assertEquals(names.filter((name) => keys.has(name)).length, 50);
});
