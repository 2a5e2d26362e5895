/** How lines are cut where something in them can't be. */

import { assertEquals } from "@std/assert";
import { wrap } from "../lib/client/terminal/cells.ts";
import { formatEntry } from "../lib/client/terminal/entry.ts";
import { brokenRows, cellText, paintedCells } from "../lib/client/view/screen_cells.ts";

const URL = `https://example.org/${"a".repeat(30)}`;

/** The lines of a text with a web address in it, which is not cut. */
function lines(text: string, width = 40): string[] {
  const start = text.indexOf(URL);
  const whole = [{ start, end: start + URL.length }];
  return wrap(text, width, width, { whole }).map(({ start, end }) => text.slice(start, end));
}

Deno.test("punctuation behind a long web address stays with it", () => {
  assertEquals(lines(`look: ${URL}, see`), ["look:", `${URL},`, "see"]);
  assertEquals(lines(`(${URL}).`), [`(${URL}).`]);
  assertEquals(lines(`${URL}?!… and`), [`${URL}?!…`, "and"]);
  assertEquals(lines(URL), [URL]);
});

Deno.test("more than three marks, or what is none, begin a line of their own behind it", () => {
  assertEquals(lines(`${URL}!!!!!!`), [`${URL}!!!`, "!!!"]);
  assertEquals(lines(`${URL}|x`), [URL, "|x"]);
  assertEquals(lines(`${URL},x`), [`${URL},`, "x"]);
});

Deno.test("in the view the comma behind a long web address stands in its last row", () => {
  const entry = { kind: "message", at: new Date(0), from: "ann", text: `${URL}, see` } as const;
  const painted = formatEntry(entry, { depth: "none", escapes: false, width: 40 });
  const rows = painted.flatMap((line) => brokenRows(paintedCells(line), 40)).map(cellText);
  assertEquals(rows.filter((row) => /^ *,/.test(row)), []);
  assertEquals(rows.filter((row) => /a,$/.test(row)).length, 1);
});
