/** A search as an expression for SQLite's full-text index, in which nothing is raw. */

import type { SearchQuery } from "../chat/query.ts";

/** Fewer letters than this begin too many words; scripts that write more with one are exempt. */
const MIN_PREFIX_LENGTH = 3;

/**
 * The expression for `MATCH` of a query's words and phrases; `undefined` when it has none. Every term
 * is a quoted string of FTS5, whatever it holds, so that nothing in it is syntax.
 */
export function toMatch({ words, phrases }: Pick<SearchQuery, "words" | "phrases">):
  | string
  | undefined {
  const terms = [...phrases, ...words].map(quote);
  if (terms.length === 0) return undefined;
  // Terms side by side must all occur. One of nothing but punctuation counts as not written, which
  // the operator AND would not do.
  return terms.join(" ") + (isPrefix(words.at(-1)) ? "*" : "");
}

function quote(term: string): string {
  // SQLite takes a NUL for the end of the expression.
  return `"${term.replaceAll("\0", " ").replaceAll('"', '""')}"`;
}

function isPrefix(word: string | undefined): boolean {
  if (word === undefined || !/[\p{L}\p{N}]$/u.test(word)) return false;
  return word.length >= MIN_PREFIX_LENGTH || !/^[\p{ASCII}]*$/u.test(word);
}
