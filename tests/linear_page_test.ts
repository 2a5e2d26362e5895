/** What the page does with text of others takes a time that grows with the text, and no faster. */

import { assertEquals } from "@std/assert";
import { addressIn } from "../lib/web/page/address.js";
import { parseLine } from "../lib/web/page/commands.js";
import { complete } from "../lib/web/page/completion.js";
import { actionIn } from "../lib/web/page/outgoing.js";
import { partsOf } from "../lib/web/page/parts.js";
import { commandTable } from "../lib/web/commands.ts";
import { slowText, type TextFunction } from "./fixtures/linear.ts";

const TABLE = JSON.parse(JSON.stringify(commandTable()));
const PLACE = { room: "lobby", names: ["ann", "Two Words"] };
const VOCABULARY = { commands: TABLE.commands, names: ["ann", "Two Words"], rooms: ["dev"] };

const FUNCTIONS: readonly TextFunction[] = [
  {
    what: "parts of a text",
    run: (text) => partsOf(text, (key) => key === "ann" || key === "two words"),
    begins: ["http://a", "\x60"],
    units: ["\x60a b\x60", "http://a ", " www.a", "@two ", "@ann", " #a", "\x60\x60\x60"],
  },
  {
    what: "a typed line",
    run: (text) => parseLine(text, PLACE, TABLE),
    begins: ["/kick ", "/ban #", '/msg "', "/join ", "/login ", "/nick "],
    units: ['"', " #a", "1d "],
  },
  {
    what: "completion",
    run: (text) => complete(text, VOCABULARY),
    begins: ["/join ", "/kick #a ", "@"],
    units: [" #a", "(@", " @"],
  },
  { what: "an address", run: (text) => addressIn(`#${text}`), units: ["%", "%41", "/1"] },
  { what: "what is done in a conversation", run: (text) => actionIn(`* ${text}`) },
];

for (const row of FUNCTIONS) {
  Deno.test(`${row.what} takes time in proportion to its text`, () => {
    assertEquals(slowText(row), undefined);
  });
}
