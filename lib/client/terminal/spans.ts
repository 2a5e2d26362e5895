/** What is special in one line of inert text: links, mentions of the reader, and code. */

import { hashOf } from "./palette.ts";

/** A part of a line, in UTF-16 code units; `end` is the first behind it. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A part that is shown in its own way. */
export interface Span extends Range {
  readonly kind: "link" | "mention";
}

/** Longer ones are text: some terminals drop a link of more than 2,083 bytes. */
const MAX_LINK = 2_000;
const LINK = /\bhttps?:\/\/[^\s<>"`]+/g;
const CODE = /`[^`]+`/g;

/** The links and mentions of a line, in order, none within another. */
export function spansOf(line: string, mention?: RegExp): Span[] {
  const links = line.includes("://") ? linksOf(line) : [];
  if (mention === undefined) return links;
  const mentions = Array.from(line.matchAll(mention), ({ index, 0: { length } }): Span => (
    { kind: "mention", start: index, end: index + length }
  ));
  const apart = mentions.filter((m) => !links.some((l) => m.start < l.end && l.start < m.end));
  return [...links, ...apart].sort((a, b) => a.start - b.start);
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
  return `\x1b]8;id=${hashOf(url).toString(36)};${url}\x1b\\${text}\x1b]8;;\x1b\\`;
}

/** A target has ASCII only, and is whole: one with anything else in it stays text. */
function linksOf(line: string): Span[] {
  return Array.from(line.matchAll(LINK), ({ index, 0: found }): Span => {
    const url = withoutEnd(found);
    return { kind: "link", start: index, end: index + url.length };
  }).filter(({ start, end }) =>
    end - start <= MAX_LINK && /^https?:\/\/[\x21-\x7e]+$/.test(line.slice(start, end))
  );
}

/** Without the punctuation behind it, and a bracket that was opened before it. */
function withoutEnd(url: string): string {
  for (;;) {
    const shorter = url.replace(/[.,;:!?'*_~]+$/, "");
    const closed = shorter.endsWith(")") && count(shorter, ")") > count(shorter, "(") ||
      shorter.endsWith("]") && count(shorter, "]") > count(shorter, "[");
    const next = closed ? shorter.slice(0, -1) : shorter;
    if (next === url) return url;
    url = next;
  }
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
