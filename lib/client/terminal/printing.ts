/** Prints entries after those who came and went meanwhile, who are told together. */

import type { Alarm } from "./alarm.ts";
import type { ScreenEntry } from "./entry.ts";
import type { Display } from "./display.ts";
import type { View } from "./view.ts";

/** Options of {@linkcode Printing}. */
export interface PrintingOptions {
  readonly view: View;
  readonly painter: Display;
  readonly alarm: Alarm;
  /** How long to collect who comes and goes for one sentence, in ms. */
  readonly presenceMs: number;
  /** The same if the last thing that was printed is such a sentence, in ms. */
  readonly foldMs: number;
}

export class Printing {
  readonly #options: PrintingOptions;
  /** Whether the last thing that was printed tells who came and went. */
  #toldPresence = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PrintingOptions) {
    this.#options = options;
  }

  /** Prints entries, and draws attention to them. */
  print(entries: ScreenEntry[]): void {
    const { view, painter, alarm, foldMs, presenceMs } = this.#options;
    if (entries.length > 0) {
      this.#toldPresence = false;
      // Who comes and goes from now on is told soon again.
      clearTimeout(this.#timer);
      this.#timer = undefined;
      painter.print(...view.takePresence(), ...entries);
      painter.alarm(alarm.ring(entries));
    } else painter.refresh();
    if (!view.people.presencePending) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const told = view.takePresence();
      // It may have been told before what somebody said meanwhile, or have come to nothing.
      if (told.length > 0) this.#toldPresence = true;
      painter.print(...told);
    }, this.#toldPresence ? foldMs : presenceMs);
  }

  /** Stops the timer. */
  end(): void {
    clearTimeout(this.#timer);
  }
}
