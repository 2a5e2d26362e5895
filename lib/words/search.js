// @ts-check
/**
 * What a search looks for, and where a text has it: the terms of a text are the same for what was said,
 * wherever it is kept, and for what is looked for.
 *
 * Words are compared without case, accents and compatibility forms, so that `strasse` finds `Straße`.
 * Scripts that are written without blanks, and Korean, whose words carry their endings, give a term a
 * character; so does every emoji. What is looked for in them are characters side by side.
 */

import { lateRegExp } from "./late_regexp.js";

/**
 * Terms that must stand side by side. `isPrefix`: the last one may be the beginning of a longer word.
 * @typedef {{ readonly terms: readonly string[], readonly isPrefix: boolean }} Wanted
 */
/**
 * A part of a text, in UTF-16 code units; `end` is the first behind it.
 * @typedef {{ readonly start: number, readonly end: number }} Hit
 */

/** Longer runs are cut: folding a text takes time that grows with the square of a run of marks. */
export const RUN = /\S{1,256}/gu;
const ASCII = /^[\0-\x7f]*$/;
const ASCII_TERM = /[a-z0-9]{1,64}/g;
/** Marks that only change a letter; those of Indic and Thai scripts, and of kana, are letters of their own. */
const ACCENTS =
  /[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]/gu;
const SCRIPTS = "Bopo Hang Hani Hira Kana Khmr Laoo Mymr Thai Tibt Yiii".split(" ")
  .map((script) => `\\p{scx=${script}}`).join("");
const LETTER = "[\\p{L}\\p{M}\\p{N}]";
const endsWithLetter = lateRegExp(`${LETTER}$`, "u");
/** A character of such a script, a word, or a sign beyond ASCII. */
const term = lateRegExp(
  `(?=${LETTER})[${SCRIPTS}]|(?:(?![${SCRIPTS}])${LETTER}){1,64}|(?!\\p{ASCII})\\p{S}`,
  "gu",
);
/** A filter, a phrase (the end of the text closes one that is open), or a word. */
const PART = /(from|in|before|after):("[^"]*"?|[^\s"]*)|"([^"]*)"?|([^\s"]+)/giy;
const BLANKS = /\s*/y;

/** Fewer letters than this begin too many words; scripts beyond ASCII often write more with one. */
const MIN_PREFIX_LENGTH = 3;
const MIN_PREFIX_LENGTH_BEYOND = 2;
/** Words that may all be beginnings: each is looked up among all words that begin so. */
const MAX_BEGINNINGS = 4;

/** Whether a text is ASCII, for which all is simpler. @type {(text: string) => boolean} */
export function isAscii(text) {
  return ASCII.test(text);
}

/** The terms of a text, in their order. @type {(text: string) => string[]} */
export function termsOf(text) {
  if (isAscii(text)) return text.toLowerCase().match(ASCII_TERM) ?? [];
  return (text.match(RUN) ?? []).flatMap((run) => folded(run).match(term()) ?? []);
}

/** @type {(run: string) => string} */
function folded(run) {
  const bare = run.normalize("NFKD").replace(ACCENTS, "");
  // Lowered first, as the capital sharp s is its own upper case.
  return bare.toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFKC");
}

/**
 * How many letters the shortest beginning has by which a term is found.
 * @type {(term: string) => number}
 */
export function prefixLength(term) {
  return isAscii(term) ? MIN_PREFIX_LENGTH : MIN_PREFIX_LENGTH_BEYOND;
}

/**
 * The parts of a query: each a filter and its value, or a phrase, or a word.
 * @param {string} query
 * @returns {Generator<RegExpExecArray>}
 */
export function* queryParts(query) {
  for (let at = 0; at < query.length;) {
    BLANKS.lastIndex = at;
    at += BLANKS.exec(query)?.[0].length ?? 0;
    PART.lastIndex = at;
    const part = PART.exec(query);
    if (part === null) return;
    at += part[0].length;
    yield part;
  }
}

/**
 * The terms of words, each of which may be the beginning of a longer one (of more than
 * {@linkcode MAX_BEGINNINGS} only the last), and of phrases, which are whole. Each is wanted once.
 * `unsearchable`: what nothing can be found by, as it was written.
 * @param {readonly string[]} words
 * @param {readonly string[]} phrases
 * @returns {{ wanted: Wanted[], unsearchable: string[] }}
 */
export function wantedTerms(words, phrases) {
  /** @type {Map<string, Wanted>} */
  const wanted = new Map();
  /** @type {string[]} */
  const unsearchable = [];
  /** @type {(text: string, mayBegin: boolean) => void} */
  const add = (text, mayBegin) => {
    const terms = termsOf(text);
    const last = terms.at(-1);
    if (last === undefined) return void unsearchable.push(text);
    const isPrefix = mayBegin && endsWithLetter().test(text) && last.length >= prefixLength(last);
    wanted.set(`${isPrefix} ${terms.join(" ")}`, { terms, isPrefix });
  };
  for (const phrase of phrases) add(phrase, false);
  const first = words.length > MAX_BEGINNINGS ? words.length - 1 : 0;
  for (const [n, word] of words.entries()) add(word, n >= first);
  return { wanted: [...wanted.values()], unsearchable };
}

/**
 * Whether the terms of a text have what is wanted from `at` on.
 * @type {(text: readonly string[], at: number, wanted: Wanted) => boolean}
 */
export function standsAt(text, at, { terms, isPrefix }) {
  return terms.every((term, n) => {
    const other = text[at + n];
    return other === term || isPrefix && n === terms.length - 1 && other?.startsWith(term) === true;
  });
}

/**
 * Finds what a query looks for, in one text after the other.
 * @type {(query: string) => (text: string) => Hit[]}
 */
export function hitsOf(query) {
  /** @type {string[]} */
  const words = [];
  /** @type {string[]} */
  const phrases = [];
  for (const [, , , phrase, word] of queryParts(query)) {
    if (phrase !== undefined) phrases.push(phrase);
    else if (word !== undefined) words.push(word);
  }
  const { wanted } = wantedTerms(words, phrases);
  return (text) => wanted.length === 0 ? [] : hitsIn(text, wanted);
}

/** @type {(text: string, wanted: readonly Wanted[]) => Hit[]} */
function hitsIn(text, wanted) {
  const placed = [...text.matchAll(term())].flatMap(({ index: start, 0: piece }) =>
    termsOf(piece).map((each) => ({ term: each, start, end: start + piece.length }))
  );
  const terms = placed.map((each) => each.term);
  const isHit = new Uint8Array(terms.length);
  for (const each of wanted) {
    for (let at = 0; at + each.terms.length <= terms.length; at++) {
      if (standsAt(terms, at, each)) isHit.fill(1, at, at + each.terms.length);
    }
  }
  /** @type {{ start: number, end: number }[]} */
  const hits = [];
  for (const [n, { start, end }] of placed.entries()) {
    if (isHit[n] === 0) continue;
    const last = hits.at(-1);
    // Characters side by side are one hit, and so are the terms of one character.
    if (last !== undefined && last.end >= start) last.end = end;
    else hits.push({ start, end });
  }
  return hits;
}
