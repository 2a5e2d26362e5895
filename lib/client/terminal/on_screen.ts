/**
 * Which lines are on screen above the row, and of which entries, so that one that has changed can be
 * painted anew: from its first line on, all lines are printed again. So nothing is lost, should the
 * terminal be somewhere else than we think. Pure.
 */

import { textWidth } from "../../chat/names/width.ts";
import { widestOf } from "./cells.ts";
import type { PrintedEntry } from "./entry.ts";

/** The most rows that are remembered: more than any screen has. */
const MAX_ROWS = 400;
// deno-lint-ignore no-control-regex
const ESCAPES = /\x1b\[[\d;]*m|\x1b\]8;[^\x1b]*\x1b\\/g;

/** An entry, or lines of another kind. */
interface Painted {
  readonly entry: PrintedEntry | undefined;
  readonly lines: readonly string[];
  /** How many rows of the screen they take. Infinity: nobody knows, so nothing above can be found. */
  readonly rows: number;
  /** How many rows are taken already; 0: it was not written yet. */
  readonly taken: number;
}

/** What is to be written: so many rows up from the row, and from there on these lines. */
export interface Repaint {
  readonly up: number;
  readonly lines: readonly string[];
}

export class OnScreen {
  #painted: Painted[] = [];
  /** The first that is to be written, maybe again. */
  #from = 0;

  /** The lines of an entry come next, or others, in a terminal of so many columns. */
  add(lines: readonly string[], columns: number, entry?: PrintedEntry): void {
    this.#painted.push({ entry, lines, rows: rowsOf(lines, columns), taken: 0 });
  }

  /** Nothing of what was written can be found any more. */
  forget(): void {
    this.#painted = this.#painted.filter(({ taken }) => taken === 0);
    this.#from = 0;
  }

  /**
   * Shows another entry in the place of each with this key, in a terminal of that size; `format` makes its
   * lines. Returns whether there is one that can be reached.
   */
  change(
    key: string,
    size: { readonly columns: number; readonly rows: number },
    now: PrintedEntry,
    format: (entry: PrintedEntry) => string[],
  ): boolean {
    let [found, up] = [false, 0];
    for (let n = this.#painted.length - 1; n >= 0; n--) {
      const { entry, taken } = this.#painted[n] as Painted;
      up += taken;
      // The row takes one.
      if (up > size.rows - 1) break;
      if (entry?.key !== key) continue;
      const lines = format(now);
      this.#painted[n] = { entry: now, lines, rows: rowsOf(lines, size.columns), taken };
      this.#from = Math.min(this.#from, n);
      found = true;
    }
    return found;
  }

  /** What is to be written now; from then on it is on screen. */
  take(): Repaint {
    const next = this.#painted.slice(this.#from);
    const repaint = {
      up: next.reduce((sum, { taken }) => sum + taken, 0),
      lines: next.flatMap(({ lines }) => lines),
    };
    this.#painted = this.#painted.map((each) => ({ ...each, taken: each.rows }));
    let rows = 0;
    const last = this.#painted.findLastIndex((each) => (rows += each.rows) > MAX_ROWS);
    this.#painted.splice(0, last + 1);
    this.#from = this.#painted.length;
    return repaint;
  }
}

/** How many rows lines take; Infinity if terminals may differ. */
function rowsOf(lines: readonly string[], columns: number): number {
  let sum = 0;
  for (const line of lines) {
    const text = line.replaceAll(ESCAPES, "");
    const [most, least] = [widestOf(text), textWidth(text)];
    if (most <= columns) sum += 1;
    else if (most !== least || most !== text.length) return Infinity;
    else sum += Math.ceil(most / columns);
  }
  return sum;
}
