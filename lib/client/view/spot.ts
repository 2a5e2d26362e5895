/**
 * Where in a conversation somebody reads, and which rows are on screen there. A spot is kept by what
 * stands at the bottom of the screen, so that it stays though messages come, are loaded or are given up,
 * and though the screen takes another width. Pure.
 */

import type { CellRow } from "./screen_cells.ts";
import type { TranscriptItem } from "./transcript_item.ts";

/** A spot above the end; `undefined` in its place means the end, with all that comes. */
export interface Spot {
  /** What stands in the last row, by its id and its number. */
  readonly id: string;
  readonly seq: number;
  /** How many of its rows are below the screen. */
  readonly below: number;
}

/** Makes the rows of an item, of which `before` is the one above it. */
export type RowsOf = (
  item: TranscriptItem,
  before: TranscriptItem | undefined,
) => readonly CellRow[];

/** What is on screen of a conversation. */
export interface SeenRows {
  /** At most as many as there is room for, the last one at the bottom. */
  readonly rows: readonly CellRow[];
  /** The items of which there are rows, from the one at index `from` up to the one before `to`. */
  readonly from: number;
  readonly to: number;
}

/** The index of the item of a spot, or of the last one before it if that is gone; -1 if there is none. */
export function itemAt(items: readonly TranscriptItem[], spot: Spot | undefined): number {
  if (spot === undefined) return items.length - 1;
  const found = items.findIndex(({ id }) => id === spot.id);
  return found >= 0 ? found : items.findLastIndex(({ seq }) => seq <= spot.seq);
}

/** The rows on a screen with room for `height` of them. */
export function seenRows(
  items: readonly TranscriptItem[],
  spot: Spot | undefined,
  height: number,
  rowsOf: RowsOf,
): SeenRows {
  const last = itemAt(items, spot);
  const pieces: Array<readonly CellRow[]> = [];
  let [count, n] = [0, last];
  for (; n >= 0 && count < height; n--) {
    const item = items[n] as TranscriptItem;
    const all = rowsOf(item, items[n - 1]);
    const below = item.id === spot?.id ? Math.min(spot.below, all.length - 1) : 0;
    const rows = all.slice(0, all.length - Math.max(0, below));
    pieces.push(rows);
    count += rows.length;
  }
  const rows = pieces.reverse().flat();
  return { rows: rows.slice(Math.max(0, rows.length - height)), from: n + 1, to: last + 1 };
}

/** What comes of a move. */
export interface MovedSpot {
  readonly spot: Spot | undefined;
  /** It would have gone on so far, if there was more above or below. */
  readonly beyond: "above" | "below" | undefined;
}

/** The spot so many rows further up; the first row of all stays at the top of the screen. */
export function spotAbove(
  items: readonly TranscriptItem[],
  spot: Spot | undefined,
  { by, height }: { readonly by: number; readonly height: number },
  rowsOf: RowsOf,
): MovedSpot {
  // It is found from the top of the screen: what stands there may have no more above it.
  const { rows: seen } = seenRows(items, spot, height + by, rowsOf);
  const up = Math.min(by, Math.max(0, seen.length - height));
  return { spot: stepUp(items, spot, up, rowsOf), beyond: up < by ? "above" : undefined };
}

function stepUp(
  items: readonly TranscriptItem[],
  spot: Spot | undefined,
  by: number,
  rowsOf: RowsOf,
): Spot | undefined {
  let left = by;
  let n = itemAt(items, spot);
  let below = items[n]?.id === spot?.id ? spot?.below ?? 0 : 0;
  if (by === 0 || n < 0) return spot;
  for (; n >= 0; n--) {
    const item = items[n] as TranscriptItem;
    const rows = rowsOf(item, items[n - 1]).length;
    if (below + left < rows) return { id: item.id, seq: item.seq, below: below + left };
    left -= rows - below;
    below = 0;
  }
  return spot;
}

/** The spot so many rows further down; `undefined` where that is the end of what is loaded. */
export function spotBelow(
  items: readonly TranscriptItem[],
  spot: Spot | undefined,
  by: number,
  rowsOf: RowsOf,
): MovedSpot {
  let left = by;
  for (let n = Math.max(0, itemAt(items, spot)); n < items.length; n++) {
    const item = items[n] as TranscriptItem;
    const rows = rowsOf(item, items[n - 1]).length;
    const isFirst = n === itemAt(items, spot);
    const hidden = !isFirst ? rows : item.id === spot?.id ? Math.min(spot.below, rows - 1) : 0;
    if (left <= hidden) {
      const below = hidden - left;
      if (below === 0 && n === items.length - 1) break;
      return { spot: { id: item.id, seq: item.seq, below }, beyond: undefined };
    }
    left -= hidden;
  }
  return { spot: undefined, beyond: "below" };
}
