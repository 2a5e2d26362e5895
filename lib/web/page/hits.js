// @ts-check
/**
 * What of a text a search has found it by: the terms of lib/chat/terms.ts with their places, as
 * lib/client/hits.ts has them. Pure.
 */

/** @typedef {{ readonly terms: readonly string[], readonly isPrefix: boolean }} Wanted */
/** @typedef {{ readonly start: number, readonly end: number }} Hit */

const RUN = /\S{1,256}/gu;
const PLAIN = /^[\0-\x7f]*$/;
const ACCENTS =
  /[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]/gu;
const SCRIPTS = "Bopo Hang Hani Hira Kana Khmr Laoo Mymr Thai Tibt Yiii".split(" ")
  .map((script) => `\\p{scx=${script}}`).join("");
const LETTER = "[\\p{L}\\p{M}\\p{N}]";
const ENDS_WITH_LETTER = new RegExp(`${LETTER}$`, "u");
const TERM = new RegExp(
  `(?=${LETTER})[${SCRIPTS}]|(?:(?![${SCRIPTS}])${LETTER}){1,64}|(?!\\p{ASCII})\\p{S}`,
  "gu",
);
/** A filter, a phrase (the end of the text closes one that is open), or a word. */
const PART = /(from|in|before|after):(?:"[^"]*"?|[^\s"]*)|"([^"]*)"?|([^\s"]+)/giy;
const BLANKS = /\s*/y;
const MAX_BEGINNINGS = 4;

/**
 * Finds what a query looks for, in one text after the other.
 * @param {string} query
 * @returns {(text: string) => Hit[]}
 */
export function hitsOf(query) {
  const wanted = wantedIn(query);
  return (text) => wanted.length === 0 ? [] : hitsIn(text, wanted);
}

/**
 * @param {string} query
 * @returns {Wanted[]}
 */
function wantedIn(query) {
  const words = [];
  /** @type {Wanted[]} */
  const wanted = [];
  for (const [, filter, phrase, word] of partsOf(query)) {
    if (filter !== undefined) continue;
    if (phrase !== undefined) wanted.push({ terms: termsOf(phrase), isPrefix: false });
    else if (word !== undefined) words.push(word);
  }
  const first = words.length > MAX_BEGINNINGS ? words.length - 1 : 0;
  for (const [n, word] of words.entries()) {
    const terms = termsOf(word);
    const last = terms.at(-1) ?? "";
    const mayBegin = ENDS_WITH_LETTER.test(word) && last.length >= (PLAIN.test(last) ? 3 : 2);
    wanted.push({ terms, isPrefix: n >= first && mayBegin });
  }
  return wanted.filter(({ terms }) => terms.length > 0);
}

/** @param {string} text */
function* partsOf(text) {
  for (let at = 0; at < text.length;) {
    BLANKS.lastIndex = at;
    at += BLANKS.exec(text)?.[0].length ?? 0;
    PART.lastIndex = at;
    const part = PART.exec(text);
    if (part === null) return;
    at += part[0].length;
    yield part;
  }
}

/**
 * @param {string} text
 * @returns {string[]}
 */
function termsOf(text) {
  return (text.match(RUN) ?? []).flatMap((run) => folded(run).match(TERM) ?? []);
}

/** @param {string} run */
function folded(run) {
  const bare = run.normalize("NFKD").replace(ACCENTS, "");
  return bare.toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFKC");
}

/**
 * @param {string} text
 * @param {readonly Wanted[]} wanted
 * @returns {Hit[]}
 */
function hitsIn(text, wanted) {
  const placed = [...text.matchAll(TERM)].flatMap(({ index: start, 0: piece }) =>
    termsOf(piece).map((term) => ({ term, start, end: start + piece.length }))
  );
  const isHit = new Uint8Array(placed.length);
  for (const { terms, isPrefix } of wanted) {
    for (let at = 0; at + terms.length <= placed.length; at++) {
      const stands = terms.every((term, n) => {
        const other = placed[at + n]?.term ?? "";
        return other === term || (isPrefix && n === terms.length - 1 && other.startsWith(term));
      });
      if (stands) isHit.fill(1, at, at + terms.length);
    }
  }
  /** @type {{ start: number, end: number }[]} */
  const hits = [];
  placed.forEach(({ start, end }, n) => {
    const last = hits.at(-1);
    if (isHit[n] === 0) return;
    if (last !== undefined && last.end >= start) last.end = end;
    else hits.push({ start, end });
  });
  return hits;
}
