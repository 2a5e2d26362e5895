/**
 * What a person types to search: `words "a phrase" from:bob in:dev before:2026-11-01`, read into its
 * parts.
 */

import { REQUESTS } from "../../wire/requests.ts";
import { roomName } from "../../words/names.js";
import { queryParts, type Wanted } from "../../words/search.js";
import { Refusal } from "../refusal.ts";
import { type Here, parseUtc, parseWhen, WHEN_TEXT } from "./when.ts";

/** The parts of a search, all of which may be missing. */
export interface SearchQuery {
  /** Each must occur; the last one may be the beginning of a longer word. */
  readonly words: readonly string[];
  /** Each must occur, its words side by side. */
  readonly phrases: readonly string[];
  /** The speaker's name as it was written, without the `@` that may be before it. */
  readonly from?: string;
  /** The room, without the `#` that may be written before it. */
  readonly room?: string;
  /** Only what was said before that; a date that {@linkcode dateMs} reads. */
  readonly before?: string;
  /** Only what was said then or later. */
  readonly after?: string;
}

const MAX_LENGTH = REQUESTS.search.query.most;
/** The most words and phrases of a query: each costs a look into the index. */
export const MAX_QUERY_TERMS = 32;
/** The most terms of all of them: what a phrase costs grows with each, and one character may fold to 18. */
export const MAX_TERMS = 64;

/**
 * Reads a query. `from:`, `in:`, `before:` and `after:` may each be there once, with their value in
 * quotes where it has blanks; everything else is words and `"phrases"`. Dates without an offset are
 * in UTC; `after:` takes in its own day and `before:` does not. Throws a {@linkcode Refusal} (`bad-query`).
 */
export function parseQuery(text: string): SearchQuery {
  if (text.length > MAX_LENGTH) {
    throw bad(`A search is at most ${MAX_LENGTH} characters long; this has ${text.length}`);
  }
  const words: string[] = [];
  const phrases: string[] = [];
  const filters: { from?: string; room?: string; before?: string; after?: string } = {};
  for (const [, filter, value = "", phrase, word] of queryParts(text)) {
    if (filter !== undefined) {
      const name = filter.toLowerCase() as keyof typeof EXAMPLES;
      const field = name === "in" ? "room" : name;
      if (filters[field] !== undefined) throw bad(`${name}: is given twice; say it once`);
      filters[field] = filterValue(name, value.replaceAll('"', "").trim());
    } else if (phrase !== undefined) {
      if (phrase.trim() !== "") phrases.push(phrase.trim());
    } else if (word !== undefined) words.push(word);
  }
  const terms = words.length + phrases.length;
  if (terms > MAX_QUERY_TERMS) {
    throw bad(`A search has at most ${MAX_QUERY_TERMS} words and phrases; this has ${terms}`);
  }
  return { words, phrases, ...filters };
}

/** Throws a {@linkcode Refusal} (`bad-query`) for a search of too many terms. */
export function checkCost(wanted: readonly Wanted[]): void {
  const count = wanted.reduce((sum, { terms }) => sum + terms.length, 0);
  if (count <= MAX_TERMS) return;
  throw bad(
    `A search comes to at most ${MAX_TERMS} terms, and this to ${count}: a word is one, a word with ` +
      "signs in it is several, and of scripts without blanks each character is one; look for less",
  );
}

/**
 * Reads `2026-11-01`, `2026-11-01T09:30` or what RFC 3339 makes of it, as ms since 1970; what has no
 * offset is in UTC. `undefined` for what is no date.
 */
export function dateMs(text: string): number | undefined {
  return parseUtc(text);
}

/**
 * The query with exact times, for a server that doesn't know the client's time and zone:
 * `after:yesterday` becomes `after:2026-11-26T23:00:00.000Z`. Throws a {@linkcode Refusal}
 * (`bad-query`) for what is no time.
 */
export function withExactTimes(text: string, here: Here): string {
  if (text.length > MAX_LENGTH) return text;
  const parts: string[] = [];
  let mayBeAgo = false;
  for (const [part, filter, value = ""] of queryParts(text)) {
    const name = filter?.toLowerCase();
    // As in `after:2h ago`, which nobody types in quotes.
    if (mayBeAgo && part.toLowerCase() === "ago") continue;
    mayBeAgo = name === "before" || name === "after";
    if (!mayBeAgo) {
      parts.push(part);
      continue;
    }
    const time = value.replaceAll('"', "").trim();
    const ms = parseWhen(time, here);
    if (ms === undefined) throw bad(`${name}: takes ${WHEN_TEXT}, not ${JSON.stringify(time)}`);
    parts.push(`${name}:${new Date(ms).toISOString()}`);
    mayBeAgo = /^\d+[a-z]*$/i.test(time);
  }
  return parts.join(" ");
}

const EXAMPLES = {
  from: "from:bob",
  in: "in:dev",
  before: "before:2026-11-01",
  after: "after:2026-10-01",
} as const;

function filterValue(name: keyof typeof EXAMPLES, value: string): string {
  const example = EXAMPLES[name];
  // As in a command, a name may have one @ before it.
  const cleaned = name === "in"
    ? roomName(value)
    : name === "from"
    ? value.replace(/^@/, "")
    : value;
  if (cleaned === "") throw bad(`${name}: needs a value, as in: ${example}`);
  if ((name === "before" || name === "after") && dateMs(cleaned) === undefined) {
    throw bad(`${name}: takes a date such as ${example}, not ${JSON.stringify(cleaned)}`);
  }
  return cleaned;
}

function bad(text: string): Refusal {
  return new Refusal("bad-query", text);
}
