// @ts-check
/** Whether the host of a link may be taken for another one. Pure. */

const SCRIPTS = [
  ...["Latin", "Greek", "Cyrillic", "Armenian", "Georgian", "Hebrew", "Arabic", "Devanagari"],
  ...["Bengali", "Tamil", "Telugu", "Kannada", "Malayalam", "Thai", "Lao", "Khmer", "Ethiopic"],
];
const ONE_SCRIPT = new RegExp(
  // Japanese, Chinese and Korean are written in several.
  `^(?:${SCRIPTS.map((script) => `\\p{Script=${script}}*`).join("|")}|` +
    "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\u30fc]*)$",
  "u",
);

/** In ASCII; letters of other alphabets take more room there. */
const LONGEST_HOST = 253;

/**
 * The host of an address as the network knows it, where what is read may be another one: letters of
 * several scripts, or Latin ones that are no letter of the alphabet with a mark. `undefined` where
 * the two are told apart at sight.
 * @param {string} link
 * @param {string} ascii its host in ASCII
 * @returns {string | undefined}
 */
export function otherHost(link, ascii) {
  if (!/(?:^|\.)xn--/.test(ascii)) return undefined;
  if (ascii.length > LONGEST_HOST) return ascii;
  const host = /^[a-z]+:\/\/([^/?#:]*)/i.exec(link)?.[1] ?? "";
  const letters = host.normalize("NFKD").replace(/[^\p{L}]/gu, "");
  const isPlain = ONE_SCRIPT.test(letters) && !/(?![a-z])\p{Script=Latin}/iu.test(letters);
  // Written as it is, it is seen already.
  return isPlain || host.toLowerCase() === ascii ? undefined : ascii;
}
