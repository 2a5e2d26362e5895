// @ts-check
/** Where a web address in a text ends, and whether its host may be taken for another one. */

import { lateRegExp } from "./late_regexp.js";

const SCRIPTS = [
  ...["Latin", "Greek", "Cyrillic", "Armenian", "Georgian", "Hebrew", "Arabic", "Devanagari"],
  ...["Bengali", "Tamil", "Telugu", "Kannada", "Malayalam", "Thai", "Lao", "Khmer", "Ethiopic"],
];
const oneScript = lateRegExp(
  // Japanese, Chinese and Korean are written in several.
  `^(?:${SCRIPTS.map((script) => `\\p{Script=${script}}*`).join("|")}|` +
    "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\u30fc]*)$",
  "u",
);
const otherLatin = lateRegExp("(?![a-z])\\p{Script=Latin}", "iu");
const noLetter = lateRegExp("[^\\p{L}]", "gu");

/** In ASCII; letters of other alphabets take more room there. */
const LONGEST_HOST = 253;

/**
 * The host of an address as the network knows it, where what is read may be another one: letters of
 * several scripts, or Latin ones that are no letter of the alphabet with a mark. `undefined` where
 * the two are told apart at sight.
 * @param {string} host as it is read
 * @param {string} ascii as the network knows it
 * @returns {string | undefined}
 */
export function otherHost(host, ascii) {
  if (!/(?:^|\.)xn--/.test(ascii)) return undefined;
  if (ascii.length > LONGEST_HOST) return ascii;
  const letters = host.normalize("NFKD").replace(noLetter(), "");
  const isPlain = oneScript().test(letters) && !otherLatin().test(letters);
  // Written as it is, it is seen already.
  return isPlain || host.toLowerCase() === ascii ? undefined : ascii;
}

/**
 * A web address without the punctuation of the sentence around it; a bracket stays when it was opened
 * inside, and a sign of emphasis unless one stands before the address too.
 * @param {string} url
 * @param {string} [before] the character before it, and the signs that are open there
 * @returns {string}
 */
export function withoutTail(url, before = "") {
  /** @type {Record<string, string>} */
  const openings = { ")": "(", "]": "[", "}": "{" };
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const character of url) counts.set(character, (counts.get(character) ?? 0) + 1);
  let end = url.length;
  for (; end > 0; end--) {
    const last = url[end - 1] ?? "";
    const opening = openings[last];
    const closes = opening !== undefined && (counts.get(last) ?? 0) > (counts.get(opening) ?? 0);
    if (
      !closes && !/[.,;:!?'\u2026]/.test(last) && !(/[*_~]/.test(last) && before.includes(last))
    ) break;
    counts.set(last, (counts.get(last) ?? 0) - 1);
  }
  return url.slice(0, end);
}
