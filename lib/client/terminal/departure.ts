/** What was said last arrives before the person leaves, or they are told that it has not, and what leaving loses. */

import { within } from "../../wire/within.ts";
import { titleOf } from "./conversations.ts";
import type { Drafts } from "./drafts.ts";
import type { ScreenEntry } from "./entry.ts";
import type { TypedAhead } from "./typed_ahead.ts";
import type { View } from "./view.ts";

/** Options of a {@linkcode Departure}. */
export interface DepartureOptions {
  readonly view: View;
  readonly ahead: TypedAhead;
  readonly drafts: Drafts;
  readonly print: (entries: ScreenEntry[]) => void;
}

/** How long to wait for messages on their way when the person leaves, in ms. */
const LAST_WORDS_MS = 2_000;

export class Departure {
  readonly #options: DepartureOptions;
  #allSent: (() => void) | undefined;
  /** What the person was told of that leaving loses. */
  #told = "";

  constructor(options: DepartureOptions) {
    this.#options = options;
  }

  /** An event has come, maybe the ack of the last message on its way. */
  heard(): void {
    if (this.#options.view.own.unsent === 0) this.#allSent?.();
  }

  /** Whether nothing is lost by leaving of which the person was not told; else they are told. */
  mayLeave(): boolean {
    const { view, print, drafts: { lost } } = this.#options;
    const what = JSON.stringify(lost);
    if (lost.length === 0 || what === this.#told) return true;
    this.#told = what;
    // Of the next room nobody knows the name.
    const rooms = new Set(lost.map(([room]) => titleOf(room) || "the next room"));
    const text = `A draft is in ${[...rooms].join(", ")}; leave once more, and it is lost.`;
    print([view.error(text)]);
    return false;
  }

  /** Resolves when all messages have arrived, or tells that they have not in time. */
  async allSent(): Promise<void> {
    const { view, print, ahead } = this.#options;
    await ahead.settled(LAST_WORDS_MS);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#allSent = resolve;
    if (view.online && view.own.unsent > 0) await within(LAST_WORDS_MS, promise);
    const { unsent } = view.own;
    if (unsent === 0) return;
    const what = unsent === 1 ? "One message was" : `${unsent} messages were`;
    print([view.error(`${what} not sent.`)]);
  }
}
