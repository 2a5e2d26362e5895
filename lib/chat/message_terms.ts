/** The terms that a message is found by, and whether what is looked for is among them. */

import { isAscii, prefixLength, RUN, standsAt, termsOf, type Wanted } from "../words/search.js";

/** Terms of one message that it is found by: more than a frame holds of words that are typed. */
const MAX_MESSAGE_TERMS = 32_768;
/** How often one term counts in one message, which is what a phrase of it is compared with. */
export const MAX_OCCURRENCES = 128;
/** Different terms of one message that begin with the same letters, all of which a beginning looks at. */
export const MAX_ALIKE = 256;
/** A text that is so short has hardly more terms, and most are. In UTF-16 code units. */
const SHORT = 256;
/** Stands for terms that count no more; nothing that is looked for has it. */
const GAP = "\ue000";

/**
 * The terms that a message is found by: those of its text, but for the rest of one that would make a
 * search dear. What a term stands beside is told for its first {@linkcode MAX_OCCURRENCES} places.
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

/** As {@linkcode termsOf}, but who has enough saves the folding of what follows. */
function* eachTerm(text: string): Generator<string> {
  if (isAscii(text)) return yield* termsOf(text);
  for (const [run] of text.matchAll(RUN)) yield* termsOf(run);
}

/** Whether all that is wanted is in a text. */
export function hasTerms(text: readonly string[], wanted: readonly Wanted[]): boolean {
  return wanted.every((each) => text.some((_, at) => standsAt(text, at, each)));
}
