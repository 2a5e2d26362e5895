/** Says of web addresses on a terminal where they lead, where that can't be told at sight. */

import { lateRegExp } from "../words/late_regexp.js";
import { otherHost } from "../words/links.js";

/**
 * What may be in a host, the dots of other scripts too, and none of the signs that stand behind an
 * address. Before it may be a user, who looks like one.
 */
const host = lateRegExp(
  "^https?://(?:[^/?#@]*@)*([\\p{L}\\p{M}\\p{N}._\u3002\uff0e\uff61-]*)",
  "iu",
);
/** The longest address that is looked at, in UTF-16 code units. */
const LONGEST_URL = 2_000;
const ADDRESS = /\bhttps?:\/\/[^\s<>"`]+/gi;
// deno-lint-ignore no-control-regex
const ASCII = /^[\x00-\x7f]*$/;

/** A line in which a host that may be taken for another one stands in brackets behind its address. */
export function withOtherHosts(line: string): string {
  if (!line.includes("://") || ASCII.test(line)) return line;
  return line.replace(ADDRESS, (url) => {
    const other = hostBehind(url);
    return other === undefined ? url : `${url} (${other})`;
  });
}

function hostBehind(url: string): string | undefined {
  const read = host().exec(url.slice(0, LONGEST_URL))?.[1] ?? "";
  if (ASCII.test(read)) return undefined;
  try {
    return otherHost(read, new URL(`http://${read}/`).hostname);
  } catch {
    return undefined; // It is none.
  }
}
