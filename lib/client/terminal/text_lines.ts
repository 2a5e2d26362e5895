/**
 * The lines of a text for a terminal: what the grammar of words/format.js says is shown, and its signs
 * stay, so that what is copied is what was written.
 */

import { formatText } from "../../words/format.js";
import type { FormatBlock, FormatSpan } from "../../words/format.js";
import { inertTabbed } from "./cells.ts";
import { paint, type Palette, type Style } from "./palette.ts";
import { hyperlink, type Range, withOtherHosts } from "./spans.ts";

/** A part of a line that looks alike. */
interface LookSpan extends Range {
  readonly kind: FormatSpan["kind"] | "mention";
  readonly bold: boolean;
  readonly italic: boolean;
  /** What it is part of. */
  readonly block: FormatBlock["kind"];
}

/** One line of a text. */
export interface TextLine {
  readonly text: string;
  /** They follow one another and are all of it. */
  readonly spans: readonly LookSpan[];
  /** The code in it, in which no blank is dropped. */
  readonly solid: readonly Range[];
  /** The links in it, which are not cut. */
  readonly whole: readonly Range[];
}

/** A longer link is shown as text: some terminals drop links of more than 2,083 bytes. */
const MAX_LINK = 2_000;
/** Only addresses that are ASCII as a whole are links; others stay text. */
const TARGET = /^https?:\/\/[\x21-\x7e]+$/i;

/** The lines of a text, made inert; `mention` matches what is marked in them. */
export function textLines(text: string, mention?: RegExp): TextLine[] {
  const inert = text.split(/\r?\n/).map((line) => inertTabbed(withOtherHosts(line))).join("\n");
  const lines: TextLine[] = [];
  let line = "";
  let spans: LookSpan[] = [];
  const end = (): void => {
    lines.push(lineOf(line, spans, mention));
    [line, spans] = ["", []];
  };
  const add = (
    { kind, bold, italic }: FormatSpan,
    block: LookSpan["block"],
    part: string,
  ): void => {
    if (part === "") return;
    const start = line.length;
    // Field by field: a long text has tens of thousands of them, and what is spread takes twice the memory.
    spans.push({ kind, bold, italic, block, start, end: start + part.length });
    line += part;
  };
  for (const block of formatText(inert)) {
    for (const span of block.spans) {
      const [first = "", ...others] = span.text.includes("\n")
        ? span.text.split("\n")
        : [span.text];
      add(span, block.kind, first);
      for (const part of others) {
        end();
        add(span, block.kind, part);
      }
    }
  }
  end();
  return lines;
}

/** Part of a line; `first` is the first of its spans that can be in it. */
export function paintPart(
  { text, spans }: TextLine,
  { start, end }: Range,
  first: number,
  style: Style,
  look: Palette,
): string {
  let painted = "";
  for (let n = first; n < spans.length; n++) {
    const span = spans[n] as LookSpan;
    if (span.start >= end) break;
    const part = text.slice(Math.max(span.start, start), Math.min(span.end, end));
    const shown = paint(part, styleOf(span, style), look);
    const isLink = span.kind === "link" && look.escapes && part !== "";
    painted += isLink ? hyperlink(shown, text.slice(span.start, span.end)) : shown;
  }
  return painted;
}

function lineOf(text: string, parts: readonly LookSpan[], mention: RegExp | undefined): TextLine {
  const hasBad = parts.some((span) => !isLink(text, span));
  const known = hasBad
    ? parts.map((span) => isLink(text, span) ? span : { ...span, kind: plainKind(span) })
    : parts;
  const spans = mention === undefined ? known : withMentions(text, known, mention);
  return {
    text,
    spans,
    solid: parts.filter(({ kind, block }) => kind === "code" || block === "code"),
    whole: spans.filter(({ kind }) => kind === "link"),
  };
}

/** Whether it is no address, or one that terminals take. */
function isLink(text: string, { kind, start, end }: LookSpan): boolean {
  return kind !== "link" || end - start <= MAX_LINK && TARGET.test(text.slice(start, end));
}

function plainKind({ kind }: LookSpan): LookSpan["kind"] {
  return kind === "link" ? "text" : kind;
}

/** The spans with mentions among them; in a link, and between fences, nothing is one. */
function withMentions(text: string, spans: readonly LookSpan[], mention: RegExp): LookSpan[] {
  const found = Array.from(text.matchAll(mention), ({ index: start, 0: { length } }) => (
    { start, end: start + length }
  ));
  const marked: LookSpan[] = [];
  let next = 0;
  for (const span of spans) {
    while ((found[next]?.end ?? Infinity) <= span.start) next++;
    let at = span.start;
    if (span.kind !== "link" && span.block !== "code") {
      for (let n = next; (found[n]?.start ?? Infinity) < span.end; n++) {
        const { start, end } = found[n] as Range;
        const part = { start: Math.max(start, at), end: Math.min(end, span.end) };
        if (part.start > at) marked.push({ ...span, start: at, end: part.start });
        marked.push({ ...span, kind: "mention", ...part });
        at = part.end;
      }
    }
    if (at < span.end) marked.push({ ...span, start: at });
  }
  return marked;
}

/** How a part of a text looks that has a style itself. */
function styleOf({ kind, bold, italic, block }: LookSpan, style: Style): Style {
  if (kind === "code" || kind === "mention") return kind;
  if (kind === "mark" && block !== "item") return "dim";
  if (bold) return italic ? "bold-italic" : "bold";
  if (italic) return "italic";
  return block === "quote" ? "dim" : style;
}
