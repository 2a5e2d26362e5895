/** What somebody said as one line of text, for scripts and logs. */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { describeMessage } from "../lib/words/commands/talk.js";
import { tries } from "./fixtures/thorough.ts";

Deno.test("nobody's name looks like the beginning of what somebody else says", () => {
  for (
    const [from, line] of [
      ["ann", "ann: hi"],
      ["Ann Lee", "Ann Lee: hi"],
      ["ann:", "ann:: hi"],
      ["ann: yes", '"ann: yes": hi'],
      ["* ann", '"* ann": hi'],
      ['"ann', '"\\"ann": hi'],
    ] as const
  ) assertEquals(describeMessage({ from, text: "hi" }), line);
  assertEquals(
    describeMessage({ from: "ann: x", text: "waves", action: true }),
    '* "ann: x" waves',
  );
});

Deno.test("from a line one can tell whose it is, whatever names and texts there are", () => {
  const part = fc.constantFrom("ann", "bob", ": ", ":", '"', "* ", "> ", "\\", " ", "x");
  const words = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(words, words, (from, text) => {
      const line = describeMessage({ from, text });
      const quoted = /^"(?:[^"\\]|\\.)*"(?=: )/.exec(line)?.[0];
      const name = quoted === undefined ? line.slice(0, line.indexOf(": ")) : JSON.parse(quoted);
      assertEquals(name, from);
    }),
    { numRuns: tries(500, 5_000) },
  );
});
