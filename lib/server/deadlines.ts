/** The deadlines of one connection: a few times, and what they come to when they are looked at. */

import type { EventOf } from "../wire/events.ts";
import { bye } from "./bye.ts";
import type { Limits } from "./limits.ts";
import type { Outbox } from "./outbox.ts";

/** How long a peer that was told goodbye may take to read it and close, in ms. */
const LINGER_MS = 1_000;

/** How fast a frame must come besides its first bytes, in bytes a second. */
const LEAST_FRAME_RATE = 1_024;

/**
 * A peer that has been written so many bytes since it was heard, and has been silent for so long (in
 * ms), is asked for a sign of life early: it may have stopped reading, and writing to it would cost
 * as much as writing to one that reads. In a quiet room no peer is asked more often.
 */
const ASK_AFTER_BYTES = 16_384;
const ASK_AFTER_MS = 5_000;

/** How long the answer may take, in ms, before peers that are known to read are written to first. */
const ANSWER_MS = 2_000;

/** What is to be known of a connection when its deadlines are looked at. */
export interface ConnectionState {
  readonly state: "opening" | "open" | "closing" | "closed";
  /** A request is being answered or put off, and nothing is read meanwhile. */
  readonly busy: boolean;
  /** The peer has asked too fast, which is why nothing is read. */
  readonly slowed: boolean;
  /** What is written to it. */
  readonly outbox: Pick<Outbox, "writing" | "progress" | "writtenBytes">;
  /** Bytes that were read from it. */
  readonly receivedBytes: number;
  /** Those of a message that is not complete, and how many messages were complete so far. */
  readonly pending: number;
  readonly whole: number;
  /** Whether it can be asked for a sign of life. */
  readonly canBeAsked: boolean;
  /** A person is to type a password. */
  readonly waitsForPerson: boolean;
}

/** What is to be done: end it now, cut it off as too slow, ask for a sign of life, or say goodbye. */
export type Verdict = "destroy" | "slow" | "ping" | EventOf<"bye">;

/** Times in ms of a clock that never goes back. */
export class Deadlines {
  readonly #limits: Limits;
  readonly openedAt: number;
  /** From when on the time for the handshake counts. */
  #opensFrom: number;
  #heardAt: number;
  /** When it was asked for a sign of life that has not come; `Infinity`: it was not. */
  #askedAt = Infinity;
  /** Bytes that had been written when it was heard last; `undefined` until somebody looks. */
  #writtenBefore: number | undefined;
  /** Bytes that had been read when deadlines were looked at. */
  #receivedBytes = 0;
  /** When the frame that is on its way began, and how many had been complete before. */
  #frameAt = Infinity;
  #whole = 0;
  #progress = 0;
  #progressAt: number;
  /** When the peer's time to let go began: with its last words, or before them if it is slow. */
  #lingersFrom = Infinity;

  constructor(limits: Limits, now: number) {
    this.#limits = limits;
    this.openedAt =
      this.#opensFrom =
      this.#heardAt =
      this.#progressAt =
        now;
  }

  /** Something has been read. */
  #heard(now: number): void {
    this.#heardAt = now;
    this.#askedAt = Infinity;
    this.#writtenBefore = undefined;
  }

  /** Whether it should have answered by now, and may not be reading. */
  isBehind(now: number): boolean {
    return now - this.#askedAt > ANSWER_MS;
  }

  /** The peer has been told its last words, or will not read them. */
  linger(now: number): void {
    this.#lingersFrom = Math.min(this.#lingersFrom, now);
  }

  /** What is due at the time `now`. */
  due(now: number, connection: ConnectionState): Verdict | undefined {
    const { writeMs } = this.#limits;
    const { state, waitsForPerson, outbox, receivedBytes } = connection;
    if (receivedBytes !== this.#receivedBytes) this.#heard(now);
    this.#receivedBytes = receivedBytes;
    const handshakeMs = waitsForPerson ? this.#limits.loginMs : this.#limits.handshakeMs;
    if (now - this.#lingersFrom > LINGER_MS) return "destroy";
    // A peer whose password waits for its turn is not to blame for being late; one that floods is.
    if (connection.busy && !connection.slowed) {
      this.#opensFrom = Math.max(this.#opensFrom, now - handshakeMs / 2);
    }
    if (state === "opening" && now - this.#opensFrom > handshakeMs) {
      const seconds = handshakeMs / 1_000;
      const what = waitsForPerson ? "password" : "name and hello";
      return bye("handshake", `No ${what} came within ${seconds} s.`);
    }
    if (outbox.progress !== this.#progress || !outbox.writing) {
      this.#progress = outbox.progress;
      this.#progressAt = now;
    } else if (now - this.#progressAt > writeMs) return state === "closing" ? "destroy" : "slow";
    // A peer that is not listened to is not to blame for its silence.
    if (connection.busy) this.#heard(now);
    return state === "open"
      ? this.#frame(now, connection) ?? this.#silence(now, connection)
      : undefined;
  }

  /** A frame may take its time, and longer the more of it has come: a slow link is no slow loris. */
  #frame(now: number, { busy, pending, whole }: ConnectionState): Verdict | undefined {
    const isNew = busy || whole !== this.#whole || this.#frameAt === Infinity;
    this.#whole = whole;
    if (pending === 0) this.#frameAt = Infinity;
    else if (isNew) this.#frameAt = now;
    if (this.#frameAt === Infinity) return undefined;
    const { frameMs } = this.#limits;
    if (now - this.#frameAt <= frameMs + pending * 1_000 / LEAST_FRAME_RATE) return undefined;
    return bye("slow-frame", `A frame was begun and not ended within ${frameMs / 1_000} s.`);
  }

  #silence(
    now: number,
    { canBeAsked, outbox: { writtenBytes } }: ConnectionState,
  ): Verdict | undefined {
    if (!canBeAsked) return undefined;
    this.#writtenBefore ??= writtenBytes;
    const { pingMs, silenceMs } = this.#limits;
    const silence = now - this.#heardAt;
    if (silence > silenceMs) {
      return bye("idle", `Nothing was heard from you for ${silenceMs / 1_000} s.`);
    }
    const isTold = writtenBytes - this.#writtenBefore > ASK_AFTER_BYTES;
    const askMs = isTold ? Math.min(ASK_AFTER_MS, pingMs) : pingMs;
    if (silence <= askMs || this.#askedAt !== Infinity) return undefined;
    this.#askedAt = now;
    return "ping";
  }
}
