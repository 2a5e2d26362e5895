/** A search as an expression for SQLite's full-text index, in which nothing is raw. */

import type { Wanted } from "../words/search.js";

/**
 * The expression for `MATCH`. Terms hold letters, digits and signs beyond ASCII alone, and are quoted
 * strings of FTS5, so that nothing in them is syntax. Strings side by side must all occur.
 */
export function toMatch(wanted: readonly Wanted[]): string {
  return wanted.map(({ terms, isPrefix }) => `"${terms.join(" ")}"${isPrefix ? "*" : ""}`).join(
    " ",
  );
}

/** A text as the index of words takes it. */
export function toIndex(terms: readonly string[]): string {
  return terms.join(" ");
}
