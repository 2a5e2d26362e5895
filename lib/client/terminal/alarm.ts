/** Draws attention to a message by the terminal's bell and the desktop, and not too often. */

import { inertLine } from "../../words/inert.js";
import { clip } from "./cells.ts";
import type { Entry } from "./entry.ts";

/** How long it is quiet at least after it rang, in ms. */
export const QUIET_MS = 3_000;

const BELL = "\x07";
const MAX_COLUMNS = 120;

/** What an {@linkcode Alarm} may do. */
export interface AlarmOptions {
  readonly now: () => Date;
  /** Whether the desktop is to be told (OSC 9). */
  readonly desktop: () => boolean;
}

/** Rings for entries with an `alert`, once in a while. */
export class Alarm {
  readonly #options: AlarmOptions;
  #rangAt = -Infinity;

  constructor(options: AlarmOptions) {
    this.#options = options;
  }

  /** What to write to the terminal for these entries, if anything. */
  ring(entries: readonly Entry[]): string {
    const entry = entries.findLast(({ alert }) => alert);
    const now = this.#options.now().getTime();
    if (entry === undefined || Math.abs(now - this.#rangAt) < QUIET_MS) return "";
    this.#rangAt = now;
    return this.#options.desktop() ? BELL + notification(entry) : BELL;
  }
}

/** Begins with a word of ours: some terminals take a digit there for an order of another kind. */
function notification(entry: Entry): string {
  const from = "from" in entry ? entry.from : "";
  const text = inertLine(`${from}: ${entry.text}`);
  return `\x1b]9;chatroom: ${clip(text, MAX_COLUMNS)}\x07`;
}
