/**
 * Writes to a terminal, in order and one write at a time, however fast there is something to show:
 * a frame holds all that came since the last one, as far as the terminal takes it in time.
 */

import { delay } from "@std/async/delay";
import { within } from "../../wire/within.ts";
import { type Entry, formatDay, formatEntry, type Look } from "./entry.ts";
import type { Palette } from "./palette.ts";
import { textWidth } from "../../chat/width.ts";
import {
  ASK_CURSOR,
  breakRow,
  clearScreen,
  type CursorReport,
  ENTER,
  fitRow,
  goUp,
  isBroken,
  LEAVE,
  printLines,
  printPlain,
  type Row,
} from "./screen.ts";
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
/** How long a terminal may take to say where its cursor is, in ms. */
const REPORT_MS = 500;
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
  /** The row as it was drawn last, and for how many columns. */
  #drawn: { readonly row: Row; readonly columns: number } | undefined;
  /** Columns of the row's line above the screen, which could not be erased. */
  #above = 0;
  /** Whether the terminal was seen to break a row that does not fit any more. */
  #breaks = false;
  #isResized = false;
  #report: ((report: CursorReport) => void) | undefined;

  constructor(options: PainterOptions) {
    this.#options = options;
    this.#now = options.now ?? ((): Date => new Date());
    this.#day = this.#now().toDateString();
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

  /** The terminal has another size, and may have broken the row into several. */
  resized(): void {
    this.#isResized = true;
    this.refresh();
  }

  /** The terminal says where its cursor is. */
  reported(report: CursorReport): void {
    this.#report?.(report);
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
    this.#drawn = undefined;
    this.#above = 0;
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
        const text = await this.#findRow() + this.#take();
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

  /** What brings the cursor to the beginning of the row again after the terminal was resized. */
  async #findRow(): Promise<string> {
    while (this.#isResized && !this.#away && this.#drawn !== undefined) {
      this.#isResized = false;
      const { columns } = this.#options.io.size();
      const { row, columns: before } = this.#drawn;
      if (this.#plain) {
        // Nothing there can be erased: the row begins anew below.
        if (textWidth(this.#shown) < columns) return "";
        this.#shown = "";
        return "\r\n";
      }
      const { before: text } = fitRow(row, before);
      const broken = breakRow({ text, columns: before, above: this.#above }, columns);
      if (broken.rows === 0) return "";
      const report = await this.#askCursor();
      if (this.#isResized) continue;
      // In doubt a row that is left over is better than a message that is gone.
      if (report !== undefined) this.#breaks = isBroken(broken, columns, report) ?? this.#breaks;
      const rows = this.#breaks && report !== undefined ? broken.rows : 0;
      const up = Math.min(rows, (report?.row ?? 1) - 1);
      this.#above = (rows - up) * columns;
      return goUp(up);
    }
    return "";
  }

  async #askCursor(): Promise<CursorReport | undefined> {
    const { promise, resolve } = Promise.withResolvers<CursorReport>();
    this.#report = resolve;
    await this.#options.io.write(encoder.encode(ASK_CURSOR));
    const report = await within(REPORT_MS, promise);
    this.#report = undefined;
    return report;
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
    this.#drawn = { row, columns: width };
    if (!plain) {
      // What is left of the row above the screen must not become the beginning of a message.
      const apart = this.#above > 0 && lines.length > 0;
      if (apart) this.#above = 0;
      return control + printLines(apart ? ["", ...lines] : lines, row, width);
    }
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
