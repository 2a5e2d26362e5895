/** What a person writes to search, taken apart, and as an expression for FTS5. */

/** A query in its parts. */
export interface Query {
  readonly words: string[];
  readonly phrases: string[];
  readonly from?: string;
  readonly room?: string;
  readonly before?: string;
  readonly after?: string;
}

/** Takes a query apart: words, "phrases", and `from:`, `room:`, `before:`, `after:` with a value. */
export function parseQuery(text: string): Query {
  const words: string[] = [];
  const phrases: string[] = [];
  const filters: Record<string, string> = {};
  for (
    const [, phrase, filter, value, word] of text.matchAll(
      /"([^"]*)"|\b(from|room|before|after):(\S+)|(\S+)/gu,
    )
  ) {
    if (phrase !== undefined) phrases.push(phrase);
    else if (filter !== undefined && value !== undefined) filters[filter] = value;
    else if (word !== undefined) words.push(word);
  }
  return { words, phrases, ...filters };
}

/** The FTS5 expression that finds all words and phrases; empty when there are none. */
export function toMatch({ words, phrases }: Query): string {
  return [...words, ...phrases]
    .filter((part) => /[\p{L}\p{N}]/u.test(part))
    // SQLite takes a NUL for the end of the expression.
    .map((part) => `"${part.replaceAll('"', '""').replaceAll("\0", " ")}"`)
    .join(" ");
}
