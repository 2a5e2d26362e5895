/** What shows a chat at a terminal: the stream's painter, or the view. Only types. */

import type { ScreenEntry } from "./entry.ts";
import type { CursorReport } from "./screen.ts";

/** Something that has the terminal between `enter` and `leave`. */
export interface Display {
  /** Shows what has happened, or what of that is otherwise now. */
  print(...entries: ScreenEntry[]): void;
  /** Draws again what has changed. */
  refresh(): void;
  /** The terminal has another size. */
  resized(): void;
  /** The terminal has reported its cursor. */
  reported(report: CursorReport): void;
  /** Rings because something was not possible. */
  bell(): void;
  /** Writes a sequence that draws attention; empty: none. */
  alarm(sequence: string): void;
  /** Clears the screen, but not the scrollback. */
  clear(): void;
  /** From now on it is waited whether what is on screen stays there for long enough to be read. */
  settle(): void;
  /**
   * What has stood on screen since {@linkcode settle} is seen, or what is on screen, if the person `goesOn` from
   * there by a key. Returns whether all that has come is there, or was.
   */
  saw(goesOn: boolean): boolean;
  /** Takes the terminal, at first or after `leave`. */
  enter(): void;
  /** Gives the terminal back, to another program or for good. */
  leave(): Promise<void>;
}
