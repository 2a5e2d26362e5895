/** Every function of lib/words on text takes time in proportion to it, whoever has written it. */

import { assertEquals } from "@std/assert";
import { inertLine, inertText, replaceHidden } from "../lib/words/inert.js";
import { holdsSecret, isSecret, veiled } from "../lib/words/secret.js";
import { slowText, type TextFunction } from "./fixtures/linear.ts";

const WORDS = new URL("../lib/words/", import.meta.url);

/** Named as they are exported. */
const FUNCTIONS: readonly TextFunction[] = [
  { what: "inertLine", run: inertLine, units: ["\u200d", "\u0301"] },
  { what: "inertText", run: inertText, units: ["\r", "\r\n"] },
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
