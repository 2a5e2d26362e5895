/** Whoever runs a server finds in OPERATING.md what each warning of its log means. */

import { assert, assertEquals } from "@std/assert";
import { tableOf } from "./docs.ts";
import { logTexts } from "./log_texts.ts";

const HEADING = "What the log warns of";
const { texts, unknown } = logTexts();

Deno.test("every way to log a warning is one whose text is found", () => {
  assertEquals(unknown, [], "tests/log_texts.ts has to learn how these are logged");
  assert(texts.length > 12);
});

Deno.test("every warning and error of the log has a row that says what to do", () => {
  const cells = tableOf(HEADING).map(([cell = ""]) => cell);
  const missing = texts.filter(({ text }) => !cells.some((cell) => cell.includes(text)));
  assertEquals(missing, [], `lib/server/OPERATING.md, "${HEADING}", needs a row for each of these`);
});

Deno.test("the table of kinds has those of the code, and no others", async () => {
  const kinds = new Set<string>();
  for (const folder of ["server", "cli", "web"]) {
    const url = new URL(`../lib/${folder}/`, import.meta.url);
    for await (const { name } of Deno.readDir(url)) {
      if (!name.endsWith(".ts")) continue;
      const code = await Deno.readTextFile(new URL(name, url));
      const patterns = [
        /\bkind: "([a-z-]+)",\s+(?:text|count)\b/g,
        /#tell\([^(]*?"([a-z-]+)", "[A-Z]/g,
        /`((?:left|refused)-)\$\{reason\}/g,
      ];
      for (const pattern of patterns) {
        for (const [, kind = ""] of code.matchAll(pattern)) kinds.add(kind.replace(/-$/, "-…"));
      }
    }
  }
  const shown = tableOf("Kinds of lines").map(([kind = ""]) => kind.replaceAll("`", ""));
  assertEquals(shown, [...kinds].sort());
});

Deno.test("every row is of a warning that there is", () => {
  const stale = tableOf(HEADING).map(([cell = ""]) => cell)
    .filter((cell) => !texts.some(({ text }) => cell.includes(text)));
  assertEquals(stale, []);
});
