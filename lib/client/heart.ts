/** Notices a dead connection by its silence: TCP may not report it for hours. */

import type { Wire } from "./wire.ts";

/** How long a server may be silent before its connection counts as dead, in ms. */
const DEAD_AFTER_MS = 45_000;
/** The part of that time after which the server is pinged. */
const PING_AFTER = 2 / 3;
const BEATS = 9;

/** Pings a silent server, ends a dead connection, and answers the server's pings. */
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

  /** Throws if the connection was ended because the server was silent. */
  check(): void {
    if (!this.#dead) return;
    const seconds = this.#deadAfterMs / 1_000;
    throw new Error(`The server has given no sign of life for ${seconds} s; it may hang`);
  }

  /** Something was received. */
  heard(): void {
    this.#heardAt = performance.now();
  }

  /** Answers a ping, unless an answer is still on its way: the server pings faster than it reads. */
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
