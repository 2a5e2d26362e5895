/**
 * Writes to a terminal, in order and one write at a time, however fast there is something to show:
 * a frame holds all that came since the last one, as far as the terminal takes it in time.
 */

import { delay } from "@std/async/delay";
import { type Entry, formatDay, formatEntry, type Look } from "./entry.ts";
import type { Palette } from "./palette.ts";
import { clearScreen, ENTER, LEAVE, printLines, printPlain, type Row } from "./screen.ts";
import { notShown } from "./stream.ts";
import type { TerminalIo } from "./tty.ts";

/** How a {@linkcode Painter} paints. */
export interface PainterOptions {
  readonly io: TerminalIo;
  /** The row at the bottom as it is now, for a terminal of so many columns. */
  readonly row: (columns: number) => Row;
  /**
   * Without escapes there are none at all, and what comes while something is typed waits until the
   * row is empty.
   */
  readonly palette: () => Palette;
  readonly now?: () => Date;
  /** Called once when the terminal can't be written to any more. */
  readonly lost: () => void;
}

/** The most that waits for a slow terminal; beyond it the oldest is left out, and that is said. */
export const MAX_WAITING_ENTRIES = 10_000;
const MAX_WAITING_LENGTH = 8_388_608;
/** No frame begins sooner after the one before, in ms: what comes meanwhile goes into one. */
const FRAME_MS = 16;
/** A frame that a terminal takes longer for, in ms, would make a key wait; the next one is smaller. */
const SLOW_MS = 50;
const MAX_ENTRIES_A_FRAME = 256;
const MIN_ENTRIES_A_FRAME = 4;
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
  #entriesAFrame = MAX_ENTRIES_A_FRAME;
  #drawnAt = -Infinity;
  readonly #now: () => Date;
  #day: string;
  #pumping: Promise<void> | undefined;

  constructor(options: PainterOptions) {
    this.#options = options;
    this.#now = options.now ?? ((): Date => new Date());
    this.#day = this.#now().toDateString();
  }

  /** What waits to be printed. */
  get waiting(): number {
    return this.#entries.length;
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

  /** Draws attention by a bell, or by more where there are escapes. */
  alarm(sequence: string): void {
    if (sequence !== "") this.#send(this.#plain ? BELL : sequence);
  }

  /** Clears the screen, and leaves the scrollback. */
  clear(): void {
    if (!this.#plain) this.#send(clearScreen(this.#options.io.size().rows));
  }

  /** Takes the terminal, at first or after {@linkcode leave}. */
  enter(): void {
    this.#away = false;
    this.#shown = "";
    this.#send(this.#plain ? "" : ENTER);
  }

  /** Takes the row away for another program's turn, or for good. */
  async leave(): Promise<void> {
    await this.settled();
    this.#away = true;
    this.#send(this.#plain ? "\r\n" : LEAVE);
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

  get #plain(): boolean {
    return !this.#options.palette().escapes;
  }

  async #pump(): Promise<void> {
    // What happens in the same turn goes into the same write.
    await Promise.resolve();
    try {
      while (!this.#gone && this.#hasWork) {
        const early = this.#drawnAt + FRAME_MS - performance.now();
        if (early > 0) await delay(early);
        const text = this.#take();
        if (text === "") break;
        this.#drawnAt = performance.now();
        await this.#options.io.write(encoder.encode(text));
        this.#pace(performance.now() - this.#drawnAt);
      }
    } catch {
      this.#gone = true;
      this.#options.lost();
    } finally {
      this.#pumping = undefined;
    }
  }

  get #hasWork(): boolean {
    return this.#stale || this.#control !== "" || this.#entries.length > 0;
  }

  /** Makes frames as large as the terminal takes them in time. */
  #pace(tookMs: number): void {
    const half = Math.max(MIN_ENTRIES_A_FRAME, Math.floor(this.#entriesAFrame / 2));
    const double = Math.min(MAX_ENTRIES_A_FRAME, this.#entriesAFrame * 2);
    this.#entriesAFrame = tookMs > SLOW_MS ? half : double;
  }

  /** The next thing to write; nothing when all is there. */
  #take(): string {
    const { io, row: rowOf, palette } = this.#options;
    const width = io.size().columns;
    const row = rowOf(width);
    const look = { ...palette(), width };
    const plain = !look.escapes;
    const control = this.#control;
    this.#control = "";
    if (this.#away) return control;
    const held = plain && row.text !== "";
    const lines = held ? [] : this.#lines(look);
    if (!this.#stale && lines.length === 0) return control;
    this.#stale = false;
    if (!plain) return control + printLines(lines, row, width);
    const { output, shown } = printPlain(lines, row, width, this.#shown);
    this.#shown = shown;
    return control + output;
  }

  #lines(look: Look): string[] {
    const lines: string[] = [];
    const entries = this.#entries.splice(0, this.#entriesAFrame);
    if (this.#leftOut > 0) {
      entries.unshift({ kind: "notice", at: this.#now(), text: notShown(this.#leftOut) });
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
