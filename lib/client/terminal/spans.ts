/** Parts of a line, links for a terminal, and where one leads if that can't be seen at a glance. */

import { otherHost } from "../../words/links.js";
import { textHash } from "../../words/names.js";
import { lateRegExp } from "../../words/late_regexp.js";

/** A part of a line, in UTF-16 code units; `end` is the first unit after it. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** `text` as a link to `url`. By the id a terminal knows that parts on several lines are one link. */
export function hyperlink(text: string, url: string): string {
  return `\x1b]8;id=${textHash(url).toString(36)};${url}\x1b\\${text}\x1b]8;;\x1b\\`;
}

/** So much of an address is looked at. */
const MAX_LINK = 2_000;
/**
 * Matches the characters of a host, also the dots of other scripts, but no punctuation after an address.
 * A user may stand before it, and look like a host.
 */
const host = lateRegExp(
  "^https?://(?:[^/?#@]*@)*([\\p{L}\\p{M}\\p{N}._\u3002\uff0e\uff61-]*)",
  "iu",
);
const ADDRESS = /\bhttps?:\/\/[^\s<>"`]+/gi;
// deno-lint-ignore no-control-regex
const ASCII = /^[\x00-\x7f]*$/;

/** Adds in brackets behind a web address its real host, if it may be taken for another one. */
export function withOtherHosts(line: string): string {
  if (!line.includes("://") || ASCII.test(line)) return line;
  return line.replace(ADDRESS, (url) => {
    const other = hostBehind(url);
    return other === undefined ? url : `${url} (${other})`;
  });
}

function hostBehind(url: string): string | undefined {
  const read = host().exec(url.slice(0, MAX_LINK))?.[1] ?? "";
  if (ASCII.test(read)) return undefined;
  try {
    return otherHost(read, new URL(`http://${read}/`).hostname);
  } catch {
    return undefined; // It is not a host.
  }
}
