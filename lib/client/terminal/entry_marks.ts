/**
 * What is shown of a message besides what it says: the beginning of what it answers above it, and behind
 * it whether it was edited or pinned, and who reacted how.
 *
 *       ↳ 41 bob: lunch?
 *     12:05 42 <ann> yes, at noon · edited · 👍 2 · 🎉 1
 *     12:06 43 <eve> removed by bob: spam
 *     12:07 44 <ci> deploy? · yes or no: /answer 44 yes
 *     12:07 44 <ci> deploy? · ann: yes
 *     12:08 <ann> good · sending
 */

import type { Message } from "../../wire/events.ts";
import { inertLine } from "../../words/inert.js";
import type { Quote, Reaction } from "../../words/fold.js";
import { clip, widestOf } from "./cells.ts";
import { paint, type Palette, type Style } from "./palette.ts";

/** The parts of an entry for a message that tell what has become of it. */
export interface EntryMarks {
  /** By which the person means it. */
  readonly number?: number;
  /** It answers another one, which begins so; `gone`: that one was removed. */
  readonly quote?: Quote | "gone";
  /** The number of that one, by which the person means it. */
  readonly re?: number;
  readonly edited?: boolean;
  readonly pinned?: boolean;
  readonly reactions?: readonly Reaction[];
  /** What it asks, while that is open; who has answered what. */
  readonly question?: string;
  readonly answers?: string;
  /** It has not arrived: for what it waits. */
  readonly waits?: string;
  /** It was removed, and there is no text. */
  readonly removed?: NonNullable<Message["removed"]>;
  /** What a search has found. */
  readonly hit?: Message;
}

/** Fewer blanks than before any line of a text, so that no text can look like it. */
const QUOTE_INDENT = 2;
/** The most columns of a reaction: there may be anything in it. */
const MAX_KEY = 8;

/** The line above a message that answers another one; `indent`: where texts begin in a column, less than there. */
export function quoteLines(
  { quote, re }: EntryMarks,
  look: Palette & { readonly width: number },
  indent: number = QUOTE_INDENT,
): string[] {
  if (quote === undefined) return [];
  const text = quote === "gone"
    ? "a message that was removed"
    : `${re === undefined ? "" : `${re} `}${inertLine(quote.from)}: ${inertLine(quote.text)}`;
  const columns = Math.max(12, look.width - 1 - indent - 2);
  return [" ".repeat(indent) + paint(`↳ ${clip(text, columns)}`, "dim", look)];
}

/**
 * Adds the marks to the lines of a message: behind the last one, of which `columns` are taken, as far as
 * there is room, and then on lines of their own.
 */
export function addTail(
  lines: readonly string[],
  taken: number,
  marks: EntryMarks,
  { indent, columns, look }: { readonly indent: number; columns: number; look: Palette },
): string[] {
  const all = [...lines];
  let used = taken;
  for (const [whole, style] of tailOf(marks)) {
    const text = clip(whole, Math.max(12, columns - indent - " · ".length));
    const width = widestOf(text) + " · ".length;
    if (used + width > columns) {
      all.push(" ".repeat(indent - 1));
      used = indent - 1;
    }
    const last = all.pop() ?? "";
    all.push(`${last}${paint(" · ", "dim", look)}${paint(text, style, look)}`);
    used += width;
  }
  return all;
}

function tailOf(
  { edited, pinned, reactions = [], question, answers, waits }: EntryMarks,
): Array<readonly [string, Style]> {
  return [
    ...waits === undefined ? [] : [[waits, "dim"] as const],
    ...answers === undefined ? [] : [[inertLine(answers), "bold"] as const],
    ...question === undefined ? [] : [[inertLine(question), "dim"] as const],
    ...edited ? [["edited", "dim"] as const] : [],
    ...pinned ? [["pinned", "dim"] as const] : [],
    ...reactions.map(({ key, count, mine }) => (
      [`${clip(inertLine(key), MAX_KEY)} ${count}`, mine ? "bold" : "dim"] as const
    )),
  ];
}
