/** The terms by which a message is found, and whether it has those of a search. */

import { isAscii, prefixLength, RUN, standsAt, termsOf, type Wanted } from "../../words/search.js";

/** The most terms of one message: more than a frame holds of words that people type. */
const MAX_MESSAGE_TERMS = 32_768;
/** How many places of one term in a message count: a phrase is compared at each. */
export const MAX_OCCURRENCES = 128;
/** The most different terms of a message with the same first letters: a search by a prefix looks at all. */
export const MAX_ALIKE = 256;
/** Most texts are no longer than this, and have few terms. In UTF-16 code units. */
const SHORT = 256;
/** Stands for terms that no longer count; no search has it. */
const GAP = "\ue000";

/**
 * The terms by which a message is found: those of its text, up to where they would make a search slow.
 * Phrases are found at the first {@linkcode MAX_OCCURRENCES} places of a term.
 */
export function messageTerms(text: string): string[] {
  if (text.length <= SHORT) {
    const terms = termsOf(text);
    if (terms.length <= MAX_OCCURRENCES) return terms;
  }
  const kept: string[] = [];
  const places = new Map<string, number>();
  const beginnings = new Map<string, number>();
  let left = MAX_MESSAGE_TERMS;
  for (const term of eachTerm(text)) {
    if (left-- === 0) break;
    const isNew = !places.has(term);
    if (isNew && count(beginnings, term.slice(0, prefixLength(term))) > MAX_ALIKE) {
      places.set(term, Infinity);
    }
    if (count(places, term) <= MAX_OCCURRENCES) kept.push(term);
    else if (kept.at(-1) !== GAP) kept.push(GAP);
  }
  return kept;
}

function count(counts: Map<string, number>, what: string): number {
  const sum = (counts.get(what) ?? 0) + 1;
  counts.set(what, sum);
  return sum;
}

/** As {@linkcode termsOf}, but folds the text bit by bit, for a caller that may stop early. */
function* eachTerm(text: string): Generator<string> {
  if (isAscii(text)) return yield* termsOf(text);
  for (const [run] of text.matchAll(RUN)) yield* termsOf(run);
}

/** Whether a text has all that is wanted. */
export function hasTerms(text: readonly string[], wanted: readonly Wanted[]): boolean {
  return wanted.every((each) => text.some((_, at) => standsAt(text, at, each)));
}
