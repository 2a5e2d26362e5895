/** The deadlines of one connection: a few times, and what they come to when they are looked at. */

import type { EventOf } from "../wire/event.ts";
import { bye } from "./door.ts";
import type { Limits } from "./limits.ts";

/** How long a peer that was told goodbye may take to read it and close, in ms. */
const LINGER_MS = 1_000;

/** How fast a frame must come besides its first bytes, in bytes a second. */
const LEAST_FRAME_RATE = 1_024;

/** What is to be known of a connection when its deadlines are looked at. */
export interface Standing {
  readonly state: "opening" | "open" | "closing" | "closed";
  /** A request is being answered or put off, and nothing is read meanwhile. */
  readonly busy: boolean;
  /** A write is in flight. */
  readonly writing: boolean;
  /** Counts up with each write that moved. */
  readonly progress: number;
  /** Bytes that belong to no complete frame yet. */
  readonly pending: number;
  readonly answersPing: boolean;
  /** A person is to type a password. */
  readonly waitsForPerson: boolean;
}

/** What is to be done: end it now, cut it off as too slow, ask for a sign of life, or say goodbye. */
export type Verdict = "destroy" | "slow" | "ping" | EventOf<"bye">;

/** Times in ms of a clock that never goes back. */
export class Deadlines {
  readonly #limits: Limits;
  readonly openedAt: number;
  #heardAt: number;
  #pinged = false;
  /** When the frame that is on its way began. */
  #frameAt = Infinity;
  #progress = 0;
  #progressAt: number;
  /** When the peer's time to let go began: with its last words, or before them if it is slow. */
  #lingersFrom = Infinity;

  constructor(limits: Limits, now: number) {
    this.#limits = limits;
    this.openedAt = this.#heardAt = this.#progressAt = now;
  }

  /** Something has been read. */
  heard(now: number): void {
    this.#heardAt = now;
    this.#pinged = false;
  }

  /**
   * All that came has been looked at, and so many bytes of a frame are left; `isNew` says that a
   * frame before it has ended with the same read.
   */
  left(pending: number, isNew: boolean, now: number): void {
    if (pending === 0) this.#frameAt = Infinity;
    else if (isNew || this.#frameAt === Infinity) this.#frameAt = now;
  }

  /** The peer has been told its last words, or will not read them. */
  linger(now: number): void {
    this.#lingersFrom = Math.min(this.#lingersFrom, now);
  }

  /** What is due at the time `now`. */
  due(now: number, standing: Standing): Verdict | undefined {
    const { writeMs } = this.#limits;
    const { state, waitsForPerson } = standing;
    const handshakeMs = waitsForPerson ? this.#limits.loginMs : this.#limits.handshakeMs;
    if (now - this.#lingersFrom > LINGER_MS) return "destroy";
    if (state === "opening" && now - this.openedAt > handshakeMs) {
      const seconds = handshakeMs / 1_000;
      const what = waitsForPerson ? "password" : "name and hello";
      return bye("handshake", `No ${what} came within ${seconds} s.`);
    }
    if (standing.progress !== this.#progress || !standing.writing) {
      this.#progress = standing.progress;
      this.#progressAt = now;
    } else if (now - this.#progressAt > writeMs) return state === "closing" ? "destroy" : "slow";
    // A peer that is not listened to is not to blame for its silence.
    if (standing.busy) this.#heardAt = now;
    return state === "open"
      ? this.#frame(now, standing) ?? this.#silence(now, standing)
      : undefined;
  }

  /** A frame may take its time, and longer the more of it has come: a slow link is no slow loris. */
  #frame(now: number, { busy, pending }: Standing): Verdict | undefined {
    if (this.#frameAt === Infinity) return undefined;
    if (busy) this.#frameAt = now;
    const { frameMs } = this.#limits;
    if (now - this.#frameAt <= frameMs + pending * 1_000 / LEAST_FRAME_RATE) return undefined;
    return bye("slow-frame", `A frame was begun and not ended within ${frameMs / 1_000} s.`);
  }

  #silence(now: number, { answersPing }: Standing): Verdict | undefined {
    if (!answersPing) return undefined;
    const { pingMs, silenceMs } = this.#limits;
    const silence = now - this.#heardAt;
    if (silence > silenceMs) {
      return bye("idle", `Nothing was heard from you for ${silenceMs / 1_000} s.`);
    }
    if (silence <= pingMs || this.#pinged) return undefined;
    this.#pinged = true;
    return "ping";
  }
}
