/** What the page does with text of others takes a time that grows with the text, and no faster. */

import { assertEquals } from "@std/assert";
import { addressIn } from "../lib/web/page/place.js";
import { complete } from "../lib/web/page/completion.js";
import { actionIn } from "../lib/web/page/mail.js";
import { partsOf } from "../lib/web/page/parts.js";
import { COMMANDS } from "../lib/words/commands/table.js";
import { slowText, type TextFunction } from "./fixtures/linear.ts";

const VOCABULARY = { commands: COMMANDS, names: ["ann", "Two Words"], rooms: ["dev"] };

const FUNCTIONS: readonly TextFunction[] = [
  {
    what: "parts of a text",
    run: (text) => partsOf(text, (key) => key === "ann" || key === "two words"),
    begins: ["http://a", "\x60"],
    units: ["\x60a b\x60", "http://a ", " www.a", "@two ", "@ann", " #a", "\x60\x60\x60"],
  },
  {
    what: "completion",
    run: (text) => complete(text, VOCABULARY),
    begins: ["/join ", "/kick #a ", "@"],
    units: [" #a", "(@", " @"],
  },
  { what: "an address", run: (text) => addressIn(`#${text}`), units: ["%", "%41", "/1"] },
  { what: "what is done in a conversation", run: (text) => actionIn({ text: `* ${text}` }) },
];

for (const row of FUNCTIONS) {
  Deno.test(`${row.what} takes time in proportion to its text`, () => {
    assertEquals(slowText(row), undefined);
  });
}
