/** What was said last arrives before the person leaves, or they are told that it has not. */

import { within } from "../../wire/within.ts";
import type { ScreenEntry } from "./entry.ts";
import type { TypedAhead } from "./typed_ahead.ts";
import type { View } from "./view.ts";

import { quoteText } from "../../words/fold.js";
import { outgoingText } from "./outgoing.ts";

/** Options of {@linkcode LastWords}. */
export interface DepartureOptions {
  readonly view: View;
  readonly ahead: TypedAhead;
  readonly print: (entries: ScreenEntry[]) => void;
}

/** How long to wait for messages on their way when the person leaves, in ms. */
const LAST_WORDS_MS = 2_000;

export class Departure {
  readonly #options: DepartureOptions;
  #allSent: (() => void) | undefined;
  /** Whether the person was told, and leaves all the same. */
  #isTold = false;

  constructor(options: DepartureOptions) {
    this.#options = options;
  }

  /** An event has come, maybe the ack of the last message on its way. */
  heard(): void {
    if (this.#options.view.own.unsent > 0) return;
    this.#isTold = false;
    this.#allSent?.();
  }

  /** Whether the person may leave: all has arrived in time, or they were told that it has not. */
  async mayLeave(): Promise<boolean> {
    const { view, print } = this.#options;
    if (this.#isTold) return true;
    await this.#arrived();
    const { unsent } = view.own;
    if (unsent === 0) return true;
    this.#isTold = true;
    const what = unsent === 1 ? "One message has" : `${unsent} messages have`;
    print([view.error(`${what} no answer yet; leave once more to go without it.`)]);
    return false;
  }

  /** Resolves when all messages have arrived, or tells what became of those that have not in time. */
  async allSent(): Promise<void> {
    const { view, print, ahead } = this.#options;
    await ahead.settled(LAST_WORDS_MS);
    if (!this.#isTold) await this.#arrived();
    const left = [...view.own.waiting.values()].map(({ request, isOnItsWay }) => {
      const said = quoteText(outgoingText(request));
      return isOnItsWay
        ? `It may have arrived or not, so look before you send it again: ${said}`
        : `Not sent: ${said}`;
    });
    if (left.length > 0) print(left.map((text) => view.error(text)));
  }

  /** Waits for the messages on their way. */
  async #arrived(): Promise<void> {
    const { view } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#allSent = resolve;
    if (view.online && view.own.unsent > 0) await within(LAST_WORDS_MS, promise);
  }
}
