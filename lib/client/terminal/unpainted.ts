/** What waits to be painted above the row: entries in order, and what has changed of those on screen. */

import {
  type ChangedEntry,
  formatDay,
  formatEntry,
  type Look,
  notShown,
  type PrintedEntry,
  type ScreenEntry,
} from "./entry.ts";
import { OnScreen, type Repaint } from "./on_screen.ts";

/** The most that waits for a slow terminal; beyond that the oldest are left out, and a line says so. */
export const MAX_WAITING_ENTRIES = 10_000;
const MAX_WAITING_LENGTH = 8_388_608;

export class Unpainted {
  readonly #now: () => Date;
  #entries: PrintedEntry[] = [];
  /** By the keys of what has changed: the last change has all before it. */
  readonly #changes = new Map<string, ChangedEntry>();
  readonly #screen = new OnScreen();
  #length = 0;
  #leftOut = 0;
  #day: string;

  constructor(now: () => Date) {
    this.#now = now;
    this.#day = now().toDateString();
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0 && this.#changes.size === 0;
  }

  add(entries: readonly ScreenEntry[]): void {
    for (const entry of entries) {
      if (entry.kind === "changed") this.#changes.set(entry.key, entry);
      else {
        this.#entries.push(entry);
        this.#length += entry.text.length;
      }
    }
    let excess = 0;
    while (
      this.#entries.length - excess > MAX_WAITING_ENTRIES || this.#length > MAX_WAITING_LENGTH
    ) this.#length -= this.#entries[excess++]?.text.length ?? 0;
    this.#entries.splice(0, excess);
    this.#leftOut += excess;
  }

  /** What is on the screen can't be found any more: it was resized, cleared, or used by others. */
  forgetScreen(): void {
    this.#screen.forget();
  }

  /**
   * Takes at most so many entries, and all changes. `rows`: those of the screen; 0 if nothing on it can be
   * painted anew.
   */
  take(look: Look, rows: number, most: number): Repaint {
    const entries = this.#entries.splice(0, most);
    if (this.#leftOut > 0) {
      entries.unshift({ kind: "notice", at: this.#now(), text: notShown(this.#leftOut) });
      this.#leftOut = 0;
    }
    for (const entry of entries) {
      this.#length -= entry.text.length;
      this.#print(entry, look);
    }
    const size = { columns: look.width, rows };
    for (const [key, { now, otherwise }] of this.#changes) {
      const isThere = this.#screen.change(key, size, now, (entry) => formatEntry(entry, look));
      // Maybe it is still among those that wait.
      if (!isThere && this.#entries.length > 0) continue;
      this.#changes.delete(key);
      if (!isThere) { for (const entry of otherwise) this.#print(entry, look); }
    }
    return this.#screen.take();
  }

  #print(entry: PrintedEntry, look: Look): void {
    const day = entry.at.toDateString();
    if (day !== this.#day && !Number.isNaN(entry.at.getTime())) {
      this.#day = day;
      this.#screen.add([formatDay(entry.at, look)], look.width);
    }
    this.#screen.add(formatEntry(entry, look), look.width, entry);
  }
}
