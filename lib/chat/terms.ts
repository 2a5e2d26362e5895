/**
 * The terms of a text, by which it is found: the same for what was said, wherever it is kept, and for
 * what is looked for.
 *
 * Words are compared without case, accents and compatibility forms, so that `strasse` finds `Straße`.
 * Scripts that are written without blanks, and Korean, whose words carry their endings, give a term a
 * character; so does every emoji. What is looked for in them are characters side by side.
 */

import { lateRegExp } from "../words/late_regexp.js";

/** Longer runs are cut: folding a text takes time that grows with the square of a run of marks. */
const RUN = /\S{1,256}/gu;
const PLAIN = /^[\0-\x7f]*$/;
const PLAIN_TERM = /[a-z0-9]{1,64}/g;
/** Marks that only change a letter; those of Indic and Thai scripts, and of kana, are letters of their own. */
const ACCENTS =
  /[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]/gu;
const SCRIPTS = [
  "Bopo",
  "Hang",
  "Hani",
  "Hira",
  "Kana",
  "Khmr",
  "Laoo",
  "Mymr",
  "Thai",
  "Tibt",
  "Yiii",
]
  .map((script) => `\\p{scx=${script}}`).join("");
const LETTER = "[\\p{L}\\p{M}\\p{N}]";
const ENDS_WITH_LETTER = lateRegExp(`${LETTER}$`, "u");
/** A character of such a script, a word, or a sign beyond ASCII. */
const TERM = lateRegExp(
  `(?=${LETTER})[${SCRIPTS}]|(?:(?![${SCRIPTS}])${LETTER}){1,64}|(?!\\p{ASCII})\\p{S}`,
  "gu",
);

/** Whether a text is ASCII, for which all is simpler. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/** The terms of a text, in their order. */
export function termsOf(text: string): string[] {
  if (isPlain(text)) return text.toLowerCase().match(PLAIN_TERM) ?? [];
  return (text.match(RUN) ?? []).flatMap((run) => folded(run).match(TERM()) ?? []);
}

/** The parts of a text that its terms are made of, as they were written. */
export function piecesOf(text: string): IterableIterator<RegExpExecArray> {
  return text.matchAll(TERM());
}

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
    if (isNew && count(beginnings, beginningOf(term)) > MAX_ALIKE) places.set(term, Infinity);
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
  if (isPlain(text)) return yield* text.toLowerCase().match(PLAIN_TERM) ?? [];
  for (const [run] of text.matchAll(RUN)) yield* folded(run).match(TERM()) ?? [];
}

function folded(run: string): string {
  const bare = run.normalize("NFKD").replace(ACCENTS, "");
  // Lowered first, as the capital sharp s is its own upper case.
  return bare.toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFKC");
}

/** Terms that must stand side by side. */
export interface Wanted {
  readonly terms: readonly string[];
  /** The last one may be the beginning of a longer word. */
  readonly isPrefix: boolean;
}

/** What is looked for, and what of it nothing can be found by. */
export interface WantedTerms {
  readonly wanted: readonly Wanted[];
  /** As it was written. */
  readonly unsearchable: readonly string[];
}

/** Fewer letters than this begin too many words; scripts beyond ASCII often write more with one. */
const MIN_PREFIX_LENGTH = 3;
const MIN_PREFIX_LENGTH_BEYOND = 2;

/** Words that may all be beginnings: each is looked up among all words that begin so. */
const MAX_BEGINNINGS = 4;

/**
 * The terms of words, each of which may be the beginning of a longer one (of more than
 * {@linkcode MAX_BEGINNINGS} only the last), and of phrases, which are whole. Each is wanted once.
 */
export function wantedTerms(words: readonly string[], phrases: readonly string[]): WantedTerms {
  const wanted = new Map<string, Wanted>();
  const unsearchable: string[] = [];
  const add = (text: string, isWord: boolean): void => {
    const terms = termsOf(text);
    if (terms.length === 0) return void unsearchable.push(text);
    const isPrefix = isWord && mayBegin(text, terms.at(-1) ?? "");
    wanted.set(`${isPrefix} ${terms.join(" ")}`, { terms, isPrefix });
  };
  for (const phrase of phrases) add(phrase, false);
  const firstBeginning = words.length > MAX_BEGINNINGS ? words.length - 1 : 0;
  for (const [n, word] of words.entries()) add(word, n >= firstBeginning);
  return { wanted: [...wanted.values()], unsearchable };
}

/** Whether all that is wanted is in a text. */
export function hasTerms(text: readonly string[], wanted: readonly Wanted[]): boolean {
  return wanted.every(({ terms, isPrefix }) =>
    text.some((_, at) =>
      terms.every((term, n) => {
        const other = text[at + n];
        return other === term ||
          isPrefix && n === terms.length - 1 && other !== undefined && other.startsWith(term);
      })
    )
  );
}

function mayBegin(word: string, term: string): boolean {
  if (!ENDS_WITH_LETTER().test(word)) return false;
  return term.length >= prefixLength(term);
}

/** The letters of the shortest beginning by which a term is found. */
function beginningOf(term: string): string {
  return term.slice(0, prefixLength(term));
}

function prefixLength(term: string): number {
  return isPlain(term) ? MIN_PREFIX_LENGTH : MIN_PREFIX_LENGTH_BEYOND;
}
