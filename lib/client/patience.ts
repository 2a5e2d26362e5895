/**
 * Messages that a server refuses for now (`try-later`), and that a program sends again where a person would do
 * so: the first of them alone, until it is taken or refused for another reason, and then those behind it, in
 * order. Those that were on their way already when it was refused may be taken before it.
 */

import type { EventOf } from "../wire/events.ts";

/** How soon a message is sent again at the earliest, in ms. */
const LEAST_MS = 250;

/** How long a program waits for a server that refuses for now. */
export interface PatienceOptions {
  /** For how long at most, in ms, from the last message that was taken on; by default not at all. */
  readonly persistMs?: number;
  /** Told once each time that waiting begins, with what the server has said. */
  readonly onWaiting?: (text: string) => void;
}

/** The messages of one link that wait. */
export class Patience<Message> {
  readonly #again: (message: Message) => void;
  readonly #options: PatienceOptions;
  /** The one that is sent again, alone; the others wait until it has an answer. */
  #first: Message | undefined;
  /** In the order in which they are to be sent. */
  readonly #behind = new Set<Message>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When waiting began, in ms of a clock that never leaps. */
  #since: number | undefined;

  /** `again` sends a message once more. */
  constructor(again: (message: Message) => void, options: PatienceOptions) {
    this.#again = again;
    this.#options = options;
  }

  /** Whether a message that is about to be sent waits behind others; it goes out after them then. */
  holds(message: Message): boolean {
    if (this.#first === undefined) return false;
    this.#behind.add(message);
    return true;
  }

  /**
   * Whether a message that was refused for now is sent again: as long as there is patience, or without an end if
   * it `isSure`.
   */
  has(
    message: Message,
    { text, retryAfterMs = 0 }: EventOf<"error">,
    isSure: boolean,
  ): boolean {
    const { persistMs = 0, onWaiting = () => {} } = this.#options;
    if (persistMs === 0) return false;
    const now = performance.now();
    const waitedMs = now - (this.#since ?? now);
    if (!isSure && waitedMs + retryAfterMs > persistMs) return false;
    if (this.#since === undefined) onWaiting(text);
    this.#since ??= now;
    this.#first ??= message;
    if (message !== this.#first) {
      this.#behind.add(message);
      return true;
    }
    this.#timer = setTimeout(() => this.#again(message), Math.max(retryAfterMs, LEAST_MS));
    return true;
  }

  /** A message has its answer. Returns those that have waited for it, in order. */
  answered(message: Message): readonly Message[] {
    this.#behind.delete(message);
    if (message !== this.#first) return [];
    const waiting = [...this.#behind];
    this.lose();
    return waiting;
  }

  /** The connection is lost: all that waits goes out on the next one. */
  lose(): void {
    clearTimeout(this.#timer);
    this.#first = undefined;
    this.#behind.clear();
    this.#since = undefined;
  }
}
