/** The bar in the prompt's line: how far a file has come, how fast it goes and how long it takes. */

import { safeFileName, sizeText } from "../../../words/files.js";
import type { FileTransfer } from "../../files/file_transfer.ts";
import { clip, widestOf } from "../cells.ts";

/** A transfer as the bar shows it. */
export type ShownTransfer = Pick<
  FileTransfer,
  "direction" | "name" | "size" | "done" | "rate" | "leftMs" | "state"
>;

/** How many cells the bar has. */
const CELLS = 8;
/** The most columns of the file's name. */
const MAX_NAME = 24;
/** A longer time is not worth telling, in ms (100 hours). */
const MAX_LEFT_MS = 360_000_000;

/** How to show a transfer. */
export interface BarOptions {
  readonly columns: number;
  /** How many more are under way, or wait for their turn. */
  readonly others: number;
  /** Show little, which changes seldom: each change is a line more on such a terminal. */
  readonly plain?: boolean;
}

/**
 * As much of `↑ plan.pdf [###-----] 45% 1.2 MB/s 0:12 +2` as fits into so many columns; the rate and the
 * time left stay longest.
 */
export function formatBar(
  transfer: ShownTransfer,
  { columns, others, plain = false }: BarOptions,
): string {
  const { direction, done, size, rate, leftMs, state } = transfer;
  const way = direction === "upload" ? "↑" : "↓";
  const name = clip(safeFileName(transfer.name), MAX_NAME);
  const part = size === undefined ? 0 : size === 0 ? 1 : Math.min(1, done / size);
  if (plain) return `${way} ${Math.floor(part * 10) * 10}%`;
  const full = Math.floor(part * CELLS);
  // Nobody knows which part that is of what comes from a pipe.
  const bars = size === undefined ? [] : [`[${"#".repeat(full)}${"-".repeat(CELLS - full)}]`];
  const percent = size === undefined ? sizeText(done) : `${Math.floor(part * 100)}%`;
  const isMoving = state === "running" && rate > 0;
  const speed = isMoving ? [`${sizeText(Math.round(rate))}/s`] : [];
  const left = isMoving && leftMs !== undefined ? [timeLeft(leftMs)] : [];
  const more = others === 0 ? [] : [`+${others}`];
  const shapes = [
    [way, name, ...bars, percent, ...speed, ...left, ...more],
    [way, ...bars, percent, ...speed, ...left, ...more],
    [way, percent, ...speed, ...left, ...more],
    [way, percent, ...speed, ...left],
    [way, percent, ...left],
  ].map((parts) => parts.join(" "));
  return shapes.find((shape) => widestOf(shape) <= columns) ?? percent;
}

/** A time as `0:12` or `1:02:03`. */
function timeLeft(ms: number): string {
  if (ms >= MAX_LEFT_MS) return "∞";
  const all = Math.ceil(ms / 1_000);
  const two = (count: number): string => String(count).padStart(2, "0");
  const [hours, minutes] = [Math.floor(all / 3_600), Math.floor(all / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
}
