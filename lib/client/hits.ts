/** What of a text a search has found it by: the same terms as the server's, with their places. */

import { parseQuery } from "../chat/query.ts";
import { piecesOf, termsOf, type Wanted, wantedTerms } from "../chat/terms.ts";

/** A part of a text, in UTF-16 code units; `end` is the first behind it. */
export interface Hit {
  readonly start: number;
  readonly end: number;
}

/** Finds what a query looks for, in one text after the other. */
export function hitsOf(query: string): (text: string) => Hit[] {
  const { words, phrases } = parseQuery(query);
  const { wanted } = wantedTerms(words, phrases);
  return (text) => wanted.length === 0 ? [] : hitsIn(text, wanted);
}

/** `text` with its hits marked like «this». */
export function marked(text: string, hits: readonly Hit[]): string {
  let [shown, at] = ["", 0];
  for (const { start, end } of hits) {
    shown += `${text.slice(at, start)}«${text.slice(start, end)}»`;
    at = end;
  }
  return shown + text.slice(at);
}

/** One term of a text, and where it stands. */
interface Placed extends Hit {
  readonly term: string;
}

function hitsIn(text: string, wanted: readonly Wanted[]): Hit[] {
  const placed = placedTerms(text);
  const isHit = new Uint8Array(placed.length);
  for (const { terms, isPrefix } of wanted) {
    for (let at = 0; at + terms.length <= placed.length; at++) {
      if (standsAt(placed, at, terms, isPrefix)) isHit.fill(1, at, at + terms.length);
    }
  }
  const hits: Hit[] = [];
  for (const [n, { start, end }] of placed.entries()) {
    if (isHit[n] === 0) continue;
    const last = hits.at(-1);
    // Characters side by side are one hit, and so are the terms of one character.
    if (last !== undefined && last.end >= start) hits[hits.length - 1] = { start: last.start, end };
    else hits.push({ start, end });
  }
  return hits;
}

function standsAt(
  placed: readonly Placed[],
  at: number,
  terms: readonly string[],
  isPrefix: boolean,
): boolean {
  return terms.every((term, n) => {
    const other = placed[at + n]?.term;
    return other === term || isPrefix && n === terms.length - 1 && other?.startsWith(term) === true;
  });
}

function placedTerms(text: string): Placed[] {
  const placed: Placed[] = [];
  for (const { index: start, 0: piece } of piecesOf(text)) {
    const end = start + piece.length;
    for (const term of termsOf(piece)) placed.push({ term, start, end });
  }
  return placed;
}
