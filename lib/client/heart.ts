/** The signs of life of one connection: a link can be dead without a word, and only silence tells. */

import type { Wire } from "./wire.ts";

const BEAT_MS = 5_000;
const PING_AFTER_MS = 30_000;
const DEAD_AFTER_MS = 45_000;

/** Asks a server that is silent for a sign of life, ends a connection that has none, and answers. */
export class Heart implements Disposable {
  readonly #wire: Wire;
  readonly #timer: ReturnType<typeof setInterval>;
  #heardAt = performance.now();
  #ponging = false;

  constructor(wire: Wire) {
    this.#wire = wire;
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
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
    if (silence > DEAD_AFTER_MS) wire.close();
    else if (silence > PING_AFTER_MS) wire.send({ type: "ping" }).catch(() => {});
  }
}
