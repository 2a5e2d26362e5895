/** Every function of lib/words on text takes time in proportion to it, whoever has written it. */

import { assertEquals } from "@std/assert";
import { inertLine, inertText, replaceHidden } from "../lib/words/inert.js";
import { evenSpaces, isAddressedTo, nameKey, sameName, textHash } from "../lib/words/names.js";
import {
  hitsOf,
  isAscii,
  prefixLength,
  queryParts,
  standsAt,
  termsOf,
  wantedTerms,
} from "../lib/words/search.js";
import { otherHost, withoutTail } from "../lib/words/links.js";
import { holdsSecret, isSecret, veiled } from "../lib/words/secret.js";
import { slowText, type TextFunction } from "./fixtures/linear.ts";

const WORDS = new URL("../lib/words/", import.meta.url);

const WANTED = { terms: ["a", "b"], isPrefix: true };
/** A phrase that a text of one of its words nearly holds everywhere. */
const QUERY = `"${"1 ".repeat(63)}2" a \u5b57\u5b57`;

/** Named as they are exported. */
const FUNCTIONS: readonly TextFunction[] = [
  { what: "inertLine", run: inertLine, units: ["\u200d", "\u0301"] },
  { what: "inertText", run: inertText, units: ["\r", "\r\n"] },
  { what: "nameKey", run: nameKey },
  { what: "sameName", run: (text) => sameName(text, "ann") },
  { what: "evenSpaces", run: evenSpaces, units: ["\u3000"] },
  {
    what: "isAddressedTo",
    run: (text) => isAddressedTo(text, "Two Words"),
    units: ["@", "@t", "@two word", "@\u0301"],
  },
  { what: "textHash", run: textHash },
  { what: "termsOf", run: termsOf, units: ["\u00df", "\uac00", "\u3099", "\u0e33", "\ufdfa"] },
  { what: "isAscii", run: isAscii },
  { what: "prefixLength", run: prefixLength },
  { what: "queryParts", run: (text) => [...queryParts(text)], begins: ["from:", '"', 'in:"'] },
  { what: "wantedTerms", run: (text) => wantedTerms(text.split(" "), [text]) },
  { what: "standsAt", run: (text) => standsAt(text.split(" "), 0, WANTED) },
  {
    what: "hitsOf",
    run: (text) => [hitsOf(text), hitsOf(QUERY)(text)],
    begins: ["from:", '"'],
    units: ["1 ", "1:", "\uac00", "\ufdfa", "a b "],
  },
  {
    what: "otherHost",
    run: (text) => otherHost(text, `xn--${text}`),
    units: ["\u0430", "a\u0430"],
  },
  { what: "withoutTail", run: (text) => withoutTail(text, "*"), units: [")", ").]", "[](", "*"] },
  { what: "replaceHidden", run: (text) => replaceHidden(text, () => "?"), units: ["\u200d"] },
  {
    what: "holdsSecret",
    run: holdsSecret,
    units: ["/login", "\n/login", "/ login "],
    ends: ["/", "/login"],
  },
  {
    what: "isSecret",
    run: isSecret,
    begins: ["/", " /", "/login"],
    units: ["/login", "\n/login", "/ ", "login", "\uff0f"],
    ends: ["/", "x/", "/login", "login x"],
  },
  { what: "veiled", run: veiled, begins: ["/login", " /"], ends: ["/", "/login"] },
];

/** What is given no text of others. */
const OTHERS: readonly string[] = ["lateRegExp"];

for (const row of FUNCTIONS) {
  Deno.test(`${row.what} takes time in proportion to its text`, () => {
    assertEquals(slowText(row), undefined);
  });
}

async function* modulesBelow(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* modulesBelow(new URL(`${name}/`, folder));
    else yield new URL(name, folder);
  }
}

Deno.test("every function of lib/words is among these", async () => {
  const exported: string[] = [];
  for await (const url of modulesBelow(WORDS)) {
    const names = Object.entries(await import(url.href));
    exported.push(...names.flatMap(([name, value]) => typeof value === "function" ? [name] : []));
  }
  assertEquals(exported.sort(), [...FUNCTIONS.map(({ what }) => what), ...OTHERS].sort());
});
