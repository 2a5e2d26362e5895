/**
 * Writes to a terminal in order, one write at a time. However much there is to show, a frame has all that
 * came since the last one, as far as the terminal can take it in time.
 */

import { delay } from "@std/async/delay";
import { within } from "../../wire/within.ts";
import type { Display } from "./display.ts";
import type { ScreenEntry } from "./entry.ts";
import type { Palette } from "./palette.ts";
import { textWidth } from "../../chat/names/width.ts";
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
import type { TerminalIo } from "./tty.ts";
import { Unpainted } from "./unpainted.ts";

/** Options of a {@linkcode Painter}. */
export interface PainterOptions {
  readonly io: TerminalIo;
  /** The row at the bottom now, for a terminal of so many columns. */
  readonly row: (columns: number) => Row;
  /** In a terminal without escapes, entries that come while somebody types wait until the row is empty. */
  readonly palette: () => Palette;
  readonly now?: () => Date;
  /** Called when something else is on screen. */
  readonly painted?: () => void;
  /** Called once when it is no longer possible to write to the terminal. */
  readonly lost: () => void;
}

/** The shortest time between two frames, in ms: what comes meanwhile goes into one. */
const FRAME_MS = 16;
/** If a terminal takes longer for a frame, in ms, keys would have to wait: the next frame is smaller. */
const SLOW_MS = 50;
const MAX_ENTRIES_A_FRAME = 256;
const MIN_ENTRIES_A_FRAME = 4;
/** How long a terminal may take to report its cursor, in ms. */
const REPORT_MS = 500;
const BELL = "\x07";

const encoder = new TextEncoder();

/** Draws the row and prints entries above it, from {@linkcode Painter.enter} on. */
export class Painter implements Display {
  readonly #options: PainterOptions;
  readonly #unpainted: Unpainted;
  #control = "";
  #stale = false;
  #away = true;
  #gone = false;
  #shown = "";
  #entriesAFrame = MAX_ENTRIES_A_FRAME;
  /** How many lines were printed since all that was there had been seen. */
  #printed = 0;
  #drawnAt = -Infinity;
  #pumping: Promise<void> | undefined;
  /** The row as it was drawn last, and for how many columns. */
  #drawn: { readonly row: Row; readonly columns: number } | undefined;
  /** Columns of the row's line that are above the screen, so that we could not erase them. */
  #above = 0;
  /** Whether we have seen the terminal break a row that no longer fits. */
  #breaks = false;
  #isResized = false;
  #report: ((report: CursorReport) => void) | undefined;

  constructor(options: PainterOptions) {
    this.#options = options;
    this.#unpainted = new Unpainted(options.now ?? ((): Date => new Date()));
  }

  /** Prints `entries` above the row, or paints what is there anew. */
  print(...entries: ScreenEntry[]): void {
    this.#unpainted.add(entries);
    this.refresh();
  }

  /** Draws the row again. */
  refresh(): void {
    this.#stale = true;
    this.#pumping ??= this.#pump();
  }

  /** The terminal has another size, and may have broken the row into several. */
  resized(): void {
    this.#isResized = true;
    this.#unpainted.forgetScreen();
    this.refresh();
  }

  /** The terminal has reported its cursor. */
  reported(report: CursorReport): void {
    this.#report?.(report);
  }

  /** Rings because something was not possible. */
  bell(): void {
    this.#send(BELL);
  }

  /** Writes an alarm; without escapes only a bell. */
  alarm(sequence: string): void {
    if (sequence !== "") this.#send(this.#plain ? BELL : sequence);
  }

  /** Clears the screen, but not the scrollback. */
  clear(): void {
    if (this.#plain) return;
    this.#unpainted.forgetScreen();
    this.#send(clearScreen(this.#options.io.size().rows));
  }

  /** What is printed stays: it is counted. */
  settle(): void {}

  saw(goesOn: boolean): boolean {
    // Whoever goes on has what was printed above it, also while more is on its way.
    if (goesOn) this.#printed = 0;
    if (this.#away || !this.#unpainted.isEmpty || this.#pumping !== undefined) return false;
    // More than a screen went by.
    if (this.#printed >= this.#options.io.size().rows) return false;
    this.#printed = 0;
    return true;
  }

  /** Takes the terminal, at first or after {@linkcode leave}. */
  enter(): void {
    this.#away = false;
    this.#shown = "";
    this.#drawn = undefined;
    this.#above = 0;
    this.#unpainted.forgetScreen();
    this.#send(this.#plain ? "" : ENTER);
  }

  /** Erases the row, for another program or for good. */
  async leave(): Promise<void> {
    await this.settled();
    this.#away = true;
    this.#send(this.#plain ? "\r\n" : LEAVE);
    await this.settled();
  }

  /** Resolves when everything is written that can be. */
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
      while (!this.#gone && (this.#stale || this.#control !== "" || !this.#unpainted.isEmpty)) {
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
    this.#options.painted?.();
  }

  /** The bytes that move the cursor back to the beginning of the row after the terminal was resized. */
  async #findRow(): Promise<string> {
    while (this.#isResized && !this.#away && this.#drawn !== undefined) {
      this.#isResized = false;
      const { columns } = this.#options.io.size();
      const { row, columns: before } = this.#drawn;
      if (this.#plain) {
        // We can't erase anything, so the row begins again below.
        if (textWidth(this.#shown) < columns) return "";
        this.#shown = "";
        return "\r\n";
      }
      const { before: text } = fitRow(row, before);
      const broken = breakRow({ text, columns: before, above: this.#above }, columns);
      if (broken.rows === 0) return "";
      const report = await this.#askCursor();
      if (this.#isResized) continue;
      // In doubt, a leftover row is better than an erased message.
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

  /** Adapts the size of frames to the speed of the terminal. */
  #pace(tookMs: number): void {
    const half = Math.max(MIN_ENTRIES_A_FRAME, Math.floor(this.#entriesAFrame / 2));
    const double = Math.min(MAX_ENTRIES_A_FRAME, this.#entriesAFrame * 2);
    this.#entriesAFrame = tookMs > SLOW_MS ? half : double;
  }

  /** The bytes to write next; empty if there are none. */
  #take(): string {
    const { io, row: rowOf, palette } = this.#options;
    const { columns: width, rows } = io.size();
    const row = rowOf(width);
    const look = { ...palette(), width };
    const plain = !look.escapes;
    const control = this.#control;
    this.#control = "";
    if (this.#away) return control;
    const held = plain && row.text !== "";
    const { up, lines } = held
      ? { up: 0, lines: [] }
      : this.#unpainted.take(look, plain ? 0 : rows, this.#entriesAFrame);
    if (!this.#stale && lines.length === 0) return control;
    this.#stale = false;
    this.#printed += lines.length;
    this.#drawn = { row, columns: width };
    if (!plain) {
      // What is left of the row above the screen must not become the start of a message.
      const apart = this.#above > 0 && lines.length > 0;
      if (apart) this.#above = 0;
      return control + printLines(apart ? ["", ...lines] : lines, row, width, up);
    }
    const { output, shown } = printPlain(lines, row, width, this.#shown);
    this.#shown = shown;
    return control + output;
  }
}
