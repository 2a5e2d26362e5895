/** What is special in one line of inert text: links, mentions of the reader, and code. */

import { withoutTail } from "../../words/links.js";
import { textHash } from "../../words/names.js";

/** A part of a line, in UTF-16 code units; `end` is the first behind it. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A part that is shown in its own way. */
export interface Span extends Range {
  readonly kind: "link" | "mention" | "code";
}

/** Longer ones are text: some terminals drop a link of more than 2,083 bytes. */
const MAX_LINK = 2_000;
/** As much of what may be a link is looked at. What stands behind one is seldom more than a sign. */
const MAX_FOUND = MAX_LINK + 100;
const LINK = /\bhttps?:\/\/[^\s<>"`]+/g;
const TARGET = /^https?:\/\/[\x21-\x7e]+$/;
const CODE = /```.*?```|`[^`]+`/g;
/** What stands before and behind lines of code, with the name of a language. */
const FENCE = /^```[\w+#-]{0,32}\s{0,8}$/;

/** The links and mentions of a line, in order, none within another. */
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

/**
 * `text` as a link to `url`. The url is what the reader sees, and the id tells the halves of one that
 * was cut that they are one.
 */
export function hyperlink(text: string, url: string): string {
  return `\x1b]8;id=${textHash(url).toString(36)};${url}\x1b\\${text}\x1b]8;;\x1b\\`;
}

/** A target has ASCII only, and is whole: one with anything else in it stays text. */
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
