/** Draws attention to a message by the terminal's bell and the desktop, but not too often. */

import { inertLine } from "../../words/inert.js";
import { clip } from "./cells.ts";
import type { PrintedEntry, ScreenEntry } from "./entry.ts";

/** The shortest pause between two alarms, in ms. */
export const QUIET_MS = 3_000;

const BELL = "\x07";
const MAX_COLUMNS = 120;

/** Rings for entries with an `alert`. */
export class Alarm {
  readonly #now: () => Date;
  readonly #tellsDesktop: () => boolean;
  #rangAt = -Infinity;

  /** `tellsDesktop`: whether to notify the desktop too (OSC 9). */
  constructor(now: () => Date, tellsDesktop: () => boolean) {
    this.#now = now;
    this.#tellsDesktop = tellsDesktop;
  }

  /** What to write to the terminal for these entries, if anything. */
  ring(entries: readonly ScreenEntry[]): string {
    const entry = entries.findLast((each): each is PrintedEntry => each.alert === true);
    const now = this.#now().getTime();
    if (entry === undefined || Math.abs(now - this.#rangAt) < QUIET_MS) return "";
    this.#rangAt = now;
    return this.#tellsDesktop() ? BELL + notification(entry) : BELL;
  }
}

/** Begins with a word of ours: some terminals take a digit there for a command of another kind. */
function notification(entry: PrintedEntry): string {
  const from = "from" in entry ? entry.from : "";
  const text = inertLine(`${from}: ${entry.text}`);
  return `\x1b]9;chatroom: ${clip(text, MAX_COLUMNS)}\x07`;
}
