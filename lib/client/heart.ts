/** The signs of life of one connection: a link can be dead without a word, and only silence tells. */

import type { Wire } from "./wire.ts";

/** How long a server may be silent before it is taken for dead, in ms. */
const DEAD_AFTER_MS = 45_000;
/** The part of that time after which it is asked for a sign of life. */
const PING_AFTER = 2 / 3;
const BEATS = 9;

/** Asks a server that is silent for a sign of life, ends a connection that has none, and answers. */
export class Heart implements Disposable {
  readonly #wire: Wire;
  readonly #timer: ReturnType<typeof setInterval>;
  #heardAt = performance.now();
  readonly #deadAfterMs: number;
  #ponging = false;
  #dead = false;

  constructor(wire: Wire, deadAfterMs = DEAD_AFTER_MS) {
    this.#wire = wire;
    this.#deadAfterMs = deadAfterMs;
    this.#timer = setInterval(() => this.#beat(), deadAfterMs / BEATS);
  }

  /** Throws an error that says so when the connection was ended for want of a sign of life. */
  check(): void {
    if (!this.#dead) return;
    const seconds = this.#deadAfterMs / 1_000;
    throw new Error(`The server has given no sign of life for ${seconds} s; it may hang`);
  }

  /** Something has come. */
  heard(): void {
    this.#heardAt = performance.now();
  }

  /** At most one is on its way: one that asks faster than it reads is not answered more often. */
  pong(): void {
    if (this.#ponging) return;
    this.#ponging = true;
    this.#wire.send({ type: "pong" }).catch(() => {}).finally(() => this.#ponging = false);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    const wire = this.#wire;
    if (wire.protocol === "classic") return;
    const silence = performance.now() - this.#heardAt;
    if (silence > this.#deadAfterMs) {
      this.#dead = true;
      wire.close();
    } else if (silence > this.#deadAfterMs * PING_AFTER) {
      wire.send({ type: "ping" }).catch(() => {});
    }
  }
}
