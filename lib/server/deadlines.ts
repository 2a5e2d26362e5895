/** The deadlines of one connection, and what has to be done when one of them is over. */

import type { EventOf } from "../wire/events.ts";
import { bye } from "./bye.ts";
import type { Limits } from "./limits.ts";
import type { Outbox } from "./outbox.ts";

/** How long a peer may take to read on, or to read our goodbye and close, in ms. */
const LINGER_MS = 1_000;
/** How long a slow peer that reads on may take for all that it has to read, in ms. */
const LONGEST_LINGER_MS = 5_000;

/** The least rate at which the rest of a frame has to come, in bytes per second. */
const LEAST_FRAME_RATE = 1_024;

/**
 * A peer that has been silent for this many ms, and was sent this many bytes meanwhile, is pinged
 * early: it may have stopped reading, and writing to it costs as much as writing to a peer that reads.
 * In a quiet room no peer is pinged more often.
 */
const ASK_AFTER_BYTES = 16_384;
const ASK_AFTER_MS = 5_000;

/** How long the answer to a ping may take, in ms, before other peers are written to first. */
const ANSWER_MS = 2_000;

/** What {@linkcode Deadlines.due} has to know about a connection. */
export interface ConnectionState {
  readonly state: "opening" | "open" | "closing" | "closed";
  /** A request is being answered or delayed; nothing is read meanwhile. */
  readonly busy: boolean;
  /** Nothing is read because the peer sends too fast. */
  readonly slowed: boolean;
  readonly outbox: Pick<Outbox, "writing" | "progress" | "writtenBytes">;
  /** Bytes that were read. */
  readonly receivedBytes: number;
  /** Bytes of a message that is not complete, and how many messages were complete so far. */
  readonly pending: number;
  readonly whole: number;
  /** Whether the peer can be pinged. */
  readonly canBeAsked: boolean;
  /** What its door waits for before the peer is in. */
  readonly awaits: AwaitedFirst;
}

/** What a door waits for before its client is in: a password is typed by a person. */
export type AwaitedFirst = "hello" | "registration" | "password";

/** What a peer is told that did not come, and the limit of the time for it. */
const AWAITED: Readonly<
  Record<AwaitedFirst, readonly [what: string, limit: "handshakeMs" | "loginMs"]>
> = {
  hello: ["name and hello", "handshakeMs"],
  registration: ["NICK and USER, and CAP END after CAP LS or CAP REQ,", "handshakeMs"],
  password: ["password", "loginMs"],
};

/** What to do: let go of the connection, cut off a slow peer, ping it, or say goodbye. */
export type Verdict = "destroy" | "slow" | "ping" | EventOf<"bye">;

/** Keeps the times of one connection, in ms of a clock that never goes back. */
export class Deadlines {
  readonly #limits: Limits;
  readonly openedAt: number;
  /** The time for the handshake counts from here. */
  #opensFrom: number;
  /** How many messages were complete then. */
  #opensWith = 0;
  #heardAt: number;
  /** When the peer was sent a ping that it has not answered; `Infinity`: it has answered all. */
  #askedAt = Infinity;
  /** How many bytes had been written when the peer was last heard; `undefined`: not looked at yet. */
  #writtenBefore: number | undefined;
  /** How many bytes had been read at the last look. */
  #receivedBytes = 0;
  /** When the incomplete frame began, and how many frames were complete before it. */
  #frameAt = Infinity;
  #whole = 0;
  #progress = 0;
  #progressAt: number;
  /** When the peer's time to close began: with our goodbye, or before it if the peer is slow. */
  #lingersFrom = Infinity;
  /** The same, without the time that it has been given since because it read on. */
  #lingeredFrom = Infinity;

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

  /** Whether an answer to a ping is late, and the peer may have stopped reading. */
  isBehind(now: number): boolean {
    return now - this.#askedAt > ANSWER_MS;
  }

  /** The peer has been sent our goodbye, or is too slow to read it. */
  linger(now: number): void {
    if (this.#lingeredFrom === Infinity) this.#lingersFrom = this.#lingeredFrom = now;
  }

  /** What has to be done at the time `now`. */
  due(now: number, connection: ConnectionState): Verdict | undefined {
    const { writeMs } = this.#limits;
    const { state, outbox, receivedBytes } = connection;
    if (receivedBytes !== this.#receivedBytes) this.#heard(now);
    this.#receivedBytes = receivedBytes;
    // A slow peer that still reads is told why it is cut off, unless that takes too long.
    if (outbox.progress !== this.#progress && now - this.#lingeredFrom < LONGEST_LINGER_MS) {
      this.#lingersFrom = Math.max(this.#lingersFrom, now);
    }
    if (now - this.#lingersFrom > LINGER_MS) return "destroy";
    const late = state === "opening" ? this.#opening(now, connection) : undefined;
    if (late !== undefined) return late;
    if (outbox.progress !== this.#progress || !outbox.writing) {
      this.#progress = outbox.progress;
      this.#progressAt = now;
    } else if (now - this.#progressAt > writeMs) return state === "closing" ? "destroy" : "slow";
    // Don't count silence while we don't read.
    if (connection.busy) this.#heard(now);
    return state === "open"
      ? this.#frame(now, connection) ?? this.#silence(now, connection)
      : undefined;
  }

  /**
   * Whoever is let in by several steps has the time for each of them: over a link of 2.5 s there and back an IRC
   * client needs longer for all than a peer may that says nothing. For all of them it has what a person has,
   * and a step more.
   */
  #opening(
    now: number,
    { awaits, busy, slowed, whole }: ConnectionState,
  ): Verdict | undefined {
    const [what, limit] = AWAITED[awaits];
    const { [limit]: stepMs, loginMs } = this.#limits;
    // Don't blame the peer for time in which its password waits to be checked, unless it floods.
    if (busy && !slowed) this.#opensFrom = Math.max(this.#opensFrom, now - stepMs / 2);
    if (whole !== this.#opensWith && now - this.openedAt < loginMs) this.#opensFrom = now;
    this.#opensWith = whole;
    if (now - this.#opensFrom <= stepMs) return undefined;
    return bye("handshake", `No ${what} came within ${stepMs / 1_000} s.`);
  }

  /** A frame gets more time the more of it has come: a slow link is no attack. */
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
