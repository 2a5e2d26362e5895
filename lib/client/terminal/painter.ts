/** Writes to a terminal, in order and one write at a time, however fast there is something to show. */

import { type Entry, formatDay, formatEntry } from "./entry.ts";
import { clearScreen, ENTER, LEAVE, printLines, printPlain, type Row } from "./screen.ts";
import type { TerminalIo } from "./tty.ts";

/** How a {@linkcode Painter} paints. */
export interface PainterOptions {
  readonly io: TerminalIo;
  /** The row at the bottom as it is now. */
  readonly row: () => Row;
  readonly color: boolean;
  /** No escapes at all; what comes while something is typed waits until the row is empty. */
  readonly plain: boolean;
  /** Called once when the terminal can't be written to any more. */
  readonly lost: () => void;
}

/** The most that waits for a slow terminal; beyond it the oldest is left out, and that is said. */
export const MAX_WAITING_ENTRIES = 10_000;
const MAX_WAITING_LENGTH = 8_388_608;
const ENTRIES_A_WRITE = 200;
const BELL = "\x07";

const encoder = new TextEncoder();

/** Draws the row and prints entries above it, from {@linkcode Painter.enter} on. */
export class Painter {
  readonly #options: PainterOptions;
  #entries: Entry[] = [];
  #length = 0;
  #leftOut = 0;
  #control = "";
  #stale = false;
  #away = true;
  #gone = false;
  #shown = "";
  #day = new Date().toDateString();
  #pumping: Promise<void> | undefined;

  constructor(options: PainterOptions) {
    this.#options = options;
  }

  /** Prints `entries` above the row. */
  print(...entries: Entry[]): void {
    for (const entry of entries) {
      this.#entries.push(entry);
      this.#length += entry.text.length;
    }
    let excess = 0;
    while (
      this.#entries.length - excess > MAX_WAITING_ENTRIES || this.#length > MAX_WAITING_LENGTH
    ) this.#length -= this.#entries[excess++]?.text.length ?? 0;
    this.#entries.splice(0, excess);
    this.#leftOut += excess;
    this.refresh();
  }

  /** Draws the row anew. */
  refresh(): void {
    this.#stale = true;
    this.#pumping ??= this.#pump();
  }

  /** Says with a bell that something was not possible. */
  bell(): void {
    this.#send(BELL);
  }

  /** Clears the screen, and leaves the scrollback. */
  clear(): void {
    if (!this.#options.plain) this.#send(clearScreen(this.#options.io.size().rows));
  }

  /** Takes the terminal, at first or after {@linkcode leave}. */
  enter(): void {
    this.#away = false;
    this.#shown = "";
    this.#send(this.#options.plain ? "" : ENTER);
  }

  /** Takes the row away for another program's turn, or for good. */
  async leave(): Promise<void> {
    await this.settled();
    this.#away = true;
    this.#send(this.#options.plain ? "\r\n" : LEAVE);
    await this.settled();
  }

  /** Resolves when all is written that can be. */
  async settled(): Promise<void> {
    while (this.#pumping !== undefined) await this.#pumping;
  }

  #send(control: string): void {
    this.#control += control;
    this.refresh();
  }

  async #pump(): Promise<void> {
    // What happens in the same turn goes into the same write.
    await Promise.resolve();
    try {
      for (let text; !this.#gone && (text = this.#take()) !== "";) {
        await this.#options.io.write(encoder.encode(text));
      }
    } catch {
      this.#gone = true;
      this.#options.lost();
    } finally {
      this.#pumping = undefined;
    }
  }

  /** The next thing to write; nothing when all is there. */
  #take(): string {
    const { io, row: rowOf, color, plain } = this.#options;
    const row = rowOf();
    const width = io.size().columns;
    const control = this.#control;
    this.#control = "";
    if (this.#away) return control;
    const held = plain && row.text !== "";
    const lines = held ? [] : this.#lines({ width, color: color && !plain });
    if (!this.#stale && lines.length === 0) return control;
    this.#stale = false;
    if (!plain) return control + printLines(lines, row, width);
    const { output, shown } = printPlain(lines, row, width, this.#shown);
    this.#shown = shown;
    return control + output;
  }

  #lines(look: { width: number; color: boolean }): string[] {
    const lines: string[] = [];
    const entries = this.#entries.splice(0, ENTRIES_A_WRITE);
    if (this.#leftOut > 0) {
      const text = `${this.#leftOut} lines were left out: this terminal was too slow for them.`;
      entries.unshift({ kind: "notice", at: new Date(), text });
      this.#leftOut = 0;
    }
    for (const entry of entries) {
      this.#length -= entry.text.length;
      const day = entry.at.toDateString();
      if (day !== this.#day && !Number.isNaN(entry.at.getTime())) {
        this.#day = day;
        lines.push(formatDay(entry.at, look));
      }
      lines.push(...formatEntry(entry, look));
    }
    return lines;
  }
}
