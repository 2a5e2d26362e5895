/**
 * Whether the host of a web address may be taken for another one; the same as the page's hosts.js.
 * Pure.
 */

import { lateRegExp } from "../words/late_regexp.js";

const SCRIPTS = [
  ...["Latin", "Greek", "Cyrillic", "Armenian", "Georgian", "Hebrew", "Arabic", "Devanagari"],
  ...["Bengali", "Tamil", "Telugu", "Kannada", "Malayalam", "Thai", "Lao", "Khmer", "Ethiopic"],
];
const ONE_SCRIPT = lateRegExp(
  // Japanese, Chinese and Korean are written in several.
  `^(?:${SCRIPTS.map((script) => `\\p{Script=${script}}*`).join("|")}|` +
    "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\u30fc]*)$",
  "u",
);
/**
 * What may be in a host, the dots of other scripts too, and none of the signs that stand behind an
 * address. Before it may be a user, who looks like one.
 */
const HOST = lateRegExp(
  "^https?://(?:[^/?#@]*@)*([\\p{L}\\p{M}\\p{N}._\u3002\uff0e\uff61-]*)",
  "iu",
);
const OTHER_LATIN = lateRegExp("(?![a-z])\\p{Script=Latin}", "iu");
const NO_LETTER = lateRegExp("[^\\p{L}]", "gu");
/** In ASCII; letters of other alphabets take more room there. */
const LONGEST_HOST = 253;
/** The longest address that is looked at, in UTF-16 code units. */
const LONGEST_URL = 2_000;
const ADDRESS = /\bhttps?:\/\/[^\s<>"`]+/gi;
// deno-lint-ignore no-control-regex
const ASCII = /^[\x00-\x7f]*$/;

/**
 * The host of an address as the network knows it, where what is read may be another one: letters of
 * several scripts, or Latin ones that are no letter of the alphabet with a mark. `undefined` where
 * the two are told apart at sight.
 */
export function otherHost(url: string): string | undefined {
  const host = HOST().exec(url.slice(0, LONGEST_URL))?.[1] ?? "";
  if (ASCII.test(host)) return undefined;
  const ascii = asciiHost(host);
  if (ascii === undefined || !/(?:^|\.)xn--/.test(ascii)) return undefined;
  if (ascii.length > LONGEST_HOST) return ascii;
  const letters = host.normalize("NFKD").replace(NO_LETTER(), "");
  return ONE_SCRIPT().test(letters) && !OTHER_LATIN().test(letters) ? undefined : ascii;
}

/** A line in which such a host stands in brackets behind its address. */
export function withOtherHosts(line: string): string {
  if (!line.includes("://") || ASCII.test(line)) return line;
  return line.replace(ADDRESS, (url) => {
    const host = otherHost(url);
    return host === undefined ? url : `${url} (${host})`;
  });
}

function asciiHost(host: string): string | undefined {
  try {
    return new URL(`http://${host}/`).hostname;
  } catch {
    return undefined;
  }
}
