/** Shows which messages of ours have been on their way for long: in the prompt, and where they will stand. */

import type { ScreenEntry } from "./entry.ts";
import { SLOW_MS } from "./prompt.ts";
import type { View } from "./view.ts";

/** A message stands at the end as one that is being sent after so long without an answer, in ms. */
const SHOWN_MS = 2 * SLOW_MS;

/** Options of {@linkcode SlowMessages}. */
export interface SlowMessagesOptions {
  readonly view: View;
  readonly print: (entries: ScreenEntry[]) => void;
  /** Called when the prompt should count what is on its way. */
  readonly slow: () => void;
}

export class SlowMessages {
  readonly #options: SlowMessagesOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SlowMessagesOptions) {
    this.#options = options;
  }

  /** A message was sent. */
  sent(): void {
    this.#timer ??= setTimeout(this.#look, SLOW_MS);
  }

  /** Stops the timer. */
  end(): void {
    clearTimeout(this.#timer);
  }

  readonly #look = (): void => {
    const { view, print, slow } = this.#options;
    this.#timer = undefined;
    if (view.own.unsent === 0) return;
    slow();
    const late = view.known.showLate(performance.now() - SHOWN_MS);
    if (late.length > 0) print(late);
    this.sent();
  };
}
