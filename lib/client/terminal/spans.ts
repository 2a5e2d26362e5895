/**
 * The special parts of one line: links, mentions of the reader, and code; and where a web address leads,
 * if that can't be seen at a glance.
 */

import { otherHost, withoutTail } from "../../words/links.js";
import { textHash } from "../../words/names.js";
import { lateRegExp } from "../../words/late_regexp.js";

/** A part of a line, in UTF-16 code units; `end` is the first unit after it. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A part that is shown in its own way. */
export interface Span extends Range {
  readonly kind: "link" | "mention" | "code";
}

/** A longer link is shown as text: some terminals drop links of more than 2,083 bytes. */
const MAX_LINK = 2_000;
/** How much of a possible link is checked: few characters after it can belong to the sentence. */
const MAX_FOUND = MAX_LINK + 100;
const LINK = /\bhttps?:\/\/[^\s<>"`]+/g;
const TARGET = /^https?:\/\/[\x21-\x7e]+$/;
const CODE = /```.*?```|`[^`]+`/g;
/** The line before and after lines of code; it may name a language. */
const FENCE = /^```[\w+#-]{0,32}\s{0,8}$/;

/** The links and mentions of a line, in order; none overlap. */
export function spansOf(line: string, mention?: RegExp): Span[] {
  const links = line.includes("://") ? linksOf(line) : [];
  if (mention === undefined) return links;
  const spans: Span[] = [];
  let next = 0;
  for (const { index: start, 0: { length } } of line.matchAll(mention)) {
    const end = start + length;
    for (let link; (link = links[next]) !== undefined && link.end <= start; next++) {
      spans.push(link);
    }
    const over = links[next];
    if (over === undefined || over.start >= end) spans.push({ kind: "mention", start, end });
  }
  return [...spans, ...links.slice(next)];
}

/** Whether a line begins or ends code of several lines. */
export function isFence(line: string): boolean {
  return FENCE.test(line);
}

/** The code of a line, backticks and all. */
export function codeOf(line: string): Range[] {
  return Array.from(line.matchAll(CODE), ({ index, 0: { length } }) => (
    { start: index, end: index + length }
  ));
}

/** `text` as a link to `url`. By the id a terminal knows that parts on several lines are one link. */
export function hyperlink(text: string, url: string): string {
  return `\x1b]8;id=${textHash(url).toString(36)};${url}\x1b\\${text}\x1b]8;;\x1b\\`;
}

/** Only addresses that are ASCII as a whole are links; others stay text. */
function linksOf(line: string): Span[] {
  const links: Span[] = [];
  for (const { index: start, 0: found } of line.matchAll(LINK)) {
    const end = start + withoutTail(found.slice(0, MAX_FOUND), line[start - 1]).length;
    if (end - start <= MAX_LINK && TARGET.test(line.slice(start, end))) {
      links.push({ kind: "link", start, end });
    }
  }
  return links;
}

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
