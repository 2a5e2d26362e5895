/**
 * The rows of messages and notes, made as the stream makes its lines: what somebody reads in the view and
 * in the stream is the same. Above the first message of a day stands its date, and above the first that is
 * new a line.
 */

import { foldText } from "../terminal/blocked.ts";
import { formatDay, formatEntry, type Look, type PrintedEntry } from "../terminal/entry.ts";
import type { Known } from "../terminal/known.ts";
import type { ShownMessage } from "../terminal/shown_messages.ts";
import { alignedAt } from "./alignment.ts";
import { brokenRows, type CellRow, paintedCells } from "./screen_cells.ts";
import type { RowsOf, Spot } from "./spot.ts";
import type { TranscriptItem } from "./transcript_item.ts";

/** How rows are made. */
export interface ItemLook extends Look {
  /** Another one when a setting, a name or whom the person blocks is another. */
  readonly version: number;
  /** The messages after this number are new to the person; `undefined`: none is. */
  readonly newFrom: number | undefined;
}

/** Rows that were made, and what for. */
interface Made {
  readonly look: string;
  readonly rows: readonly CellRow[];
  /** How many of them stand above what the item says. */
  readonly above: number;
}

/** What the line says above what is new. */
const NEW = "new";

/** Makes the rows of items, and keeps them as long as the items are there. */
export class ItemRows {
  readonly #known: Known;
  readonly #made = new WeakMap<TranscriptItem, Made>();

  constructor(known: Known) {
    this.#known = known;
  }

  /** How the rows of items are made with this look. */
  with(look: ItemLook): RowsOf {
    return (item, before) => {
      const day = this.#dayBetween(item, before);
      const isFirstNew = this.#beginsNews(item, before, look.newFrom);
      const isFolded = this.#isFolded(item, before);
      const { width, depth, version, aligned } = look;
      const around = [day === undefined, isFirstNew, isFolded];
      const key = [width, depth, version, ...around, ...Object.values(aligned ?? {})].join();
      const made = this.#made.get(item);
      if (made?.look === key) return made.rows;
      const rowsOf = (lines: readonly string[]): CellRow[] =>
        lines.flatMap((line) => brokenRows(paintedCells(line), width, alignedAt(aligned)));
      const above = rowsOf([
        ...day === undefined ? [] : [formatDay(day, look)],
        ...isFirstNew ? formatEntry({ kind: "rule", at: new Date(0), text: NEW }, look) : [],
      ]);
      const rows = [...above, ...isFolded ? [] : rowsOf(this.#lines(item, look))];
      this.#made.set(item, { look: key, rows, above: above.length });
      return rows;
    };
  }

  /**
   * The index behind the last item on screen that has a row of its own there, and not only the lines above it. `to`
   * is the one behind the last item of which there is any row, as they were made for the spot.
   */
  saidTo(items: readonly TranscriptItem[], to: number, spot: Spot | undefined): number {
    const item = items[to - 1];
    const { rows, above } = item && this.#made.get(item) || { rows: [], above: 0 };
    const isHidden = item?.id === spot?.id && (spot?.below ?? 0) >= rows.length - above;
    return isHidden && rows.length > above ? to - 1 : to;
  }

  /** From now on the person can mean these messages by their numbers, though others were shown since. */
  shown(items: readonly TranscriptItem[]): void {
    const { messages, logKey, stream } = this.#known;
    for (const item of items) {
      if (!("message" in item) || item.seq === 0) continue;
      const known = messages.get(logKey(item.message.room), item.seq);
      if (known === undefined) stream.entryOf(item.message);
    }
  }

  #lines(item: TranscriptItem, look: ItemLook): string[] {
    if ("note" in item) return formatEntry(item.note, look);
    const { message } = item;
    const { blocked, stream } = this.#known;
    const entry: PrintedEntry = blocked.says(message)
      ? { kind: "notice", at: new Date(message.at), text: foldText(message.from) }
      : stream.entryOf(message);
    return formatEntry(entry, look);
  }

  /** Whether nothing is shown of a message: its sender is ignored, or it is folded into the one before. */
  #isFolded(item: TranscriptItem, before: TranscriptItem | undefined): boolean {
    const { preferences, blocked } = this.#known;
    const message = messageIn(item);
    if (message === undefined) return false;
    if (preferences.ignores(message.from)) return true;
    const above = messageIn(before);
    return above !== undefined && blocked.says(message) && blocked.says(above) &&
      above.from === message.from;
  }

  #dayBetween(item: TranscriptItem, before: TranscriptItem | undefined): Date | undefined {
    const day = dayOf(item);
    if (day === undefined || before === undefined && messageIn(item) === undefined) {
      return undefined;
    }
    const above = before && dayOf(before);
    // Of what was told at no time nobody knows the day.
    const isKnown = before !== undefined && above === undefined;
    return isKnown || above?.toDateString() === day.toDateString() ? undefined : day;
  }

  /** Whether what is new begins with an item. */
  #beginsNews(
    item: TranscriptItem,
    before: TranscriptItem | undefined,
    newFrom: number | undefined,
  ): boolean {
    const isNew = (each: TranscriptItem | undefined): boolean =>
      newFrom !== undefined && each !== undefined && messageIn(each) !== undefined &&
      each.seq > newFrom;
    return isNew(item) && (before === undefined || before.seq <= (newFrom ?? 0));
  }
}

/** The message of an item; `undefined` for a note. */
export function messageIn(item: TranscriptItem | undefined): ShownMessage | undefined {
  return item !== undefined && "message" in item ? item.message : undefined;
}

/** When a message was said, or a note told; `undefined`: at no time. */
function dayOf(item: TranscriptItem): Date | undefined {
  const day = "note" in item ? item.note.at : new Date(item.message.at);
  return day.getTime() > 0 ? day : undefined;
}
