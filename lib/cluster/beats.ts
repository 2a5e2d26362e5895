/**
 * Who of a cluster is there: each node says so every second, and hears the others. What is told here is no
 * part of the log; a node that was not heard for long is only dead when the log says so.
 */

import { type Heard, Reach } from "./reach.ts";

/** On which topic nodes say that they are there. */
export const BEAT_TOPIC = "beat";

/** How often a node says so, in ms. */
export const BEAT_MS = 1_000;

/** A node that was not heard for so long is held for dead, in ms. */
export const SILENT_MS = 10_000;

/** When a node did not hear itself for so long, it is the one that is cut off; in ms. */
const DEAF_MS = 3_000;

/** What a node says of itself. */
export interface Beat {
  /** What it is called. */
  readonly node: string;
  /** Its incarnation. */
  readonly inc: string;
  /** The seq of the last message of the stream that it has applied. */
  readonly applied: number;
  /** For how long it has been behind, in ms; 0: it is not. */
  readonly lag: number;
  /** The highest level of the log that it knows, and the one that it writes, as all have agreed. */
  readonly level: number;
  readonly agreed: number;
  /** Whether it does what one node does for all. */
  readonly isOnDuty: boolean;
  /** Where clients reach it, as `HOST:PORT`. */
  readonly address?: string;
  /** Where its page is, as a URL with a slash at its end. */
  readonly page?: string;
}

/** A page: its origin stands in the policy of the others' pages, which more than a host would change. */
const PAGE = /^https?:\/\/(?:\[[\da-f:]+\]|[\w.-]+)(?::\d+)?\/[!-~]*$/;

/** The longest address or URL that is taken from another node. */
const MOST_LETTERS = 512;

/** A beat as it is told. */
export function encodeBeat(beat: Beat): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(beat));
}

/** Reads a beat; `undefined`: it is none that this program knows. */
export function decodeBeat(data: Uint8Array): Beat | undefined {
  let read: unknown;
  try {
    read = JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
  if (typeof read !== "object" || read === null) return undefined;
  const beat = read as Partial<Record<keyof Beat, unknown>>;
  const isBeat = typeof beat.node === "string" && typeof beat.inc === "string" &&
    COUNTS.every((name) => Number.isSafeInteger(beat[name]) && Number(beat[name]) >= 0) &&
    typeof beat.isOnDuty === "boolean" &&
    [beat.address, beat.page].every((each) => each === undefined || typeof each === "string");
  if (!isBeat) return undefined;
  const { node, inc, applied, lag, level, agreed, isOnDuty, address, page } = beat as Beat;
  return {
    ...{ node, inc, applied, lag, level, agreed, isOnDuty },
    ...isPlace(address) ? { address } : {},
    ...isPlace(page) && PAGE.test(page) && URL.canParse(page) ? { page } : {},
  };
}

function isPlace(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= MOST_LETTERS;
}

const COUNTS = ["applied", "lag", "level", "agreed"] as const;

/** What beats need of their surroundings. */
export interface BeatsPlace {
  /** A clock that never leaps, in ms. */
  readonly now: () => number;
  /** What this node says of itself. */
  readonly own: () => Beat;
  /** Tells the others, and this node. */
  readonly tell: (data: Uint8Array) => void;
}

/** What one node says and hears. */
export class Beats {
  readonly #place: BeatsPlace;
  readonly #heard = new Map<string, Heard<Beat>>();
  /** Since when those are known that were never heard. */
  readonly #known = new Map<string, number>();
  #saidAt = -Infinity;
  /** Since when this node has heard itself without a pause; `undefined`: it does not. */
  #hearsSince: number | undefined;
  #heardItselfAt = -Infinity;
  /** Where the nodes are that are there. */
  readonly reach: Reach;

  constructor(place: BeatsPlace) {
    this.#place = place;
    const { now, own } = place;
    this.reach = new Reach(now, () => [{ beat: own(), at: now() }, ...this.#heard.values()]);
  }

  /** Says that this node is there, if it is time to; to be called a few times a second. */
  tick(): void {
    const now = this.#place.now();
    this.#look(now);
    if (now - this.#saidAt < BEAT_MS) return;
    this.#saidAt = now;
    this.#place.tell(encodeBeat(this.#place.own()));
  }

  /** Something was told on the topic. */
  hear(data: Uint8Array): void {
    const beat = decodeBeat(data);
    if (beat === undefined) return;
    const at = this.#place.now();
    this.#look(at);
    if (beat.page !== undefined) this.reach.saw(beat.page);
    if (beat.inc === this.#place.own().inc) {
      this.#heardItselfAt = at;
      this.#hearsSince ??= at;
      return;
    }
    this.#heard.set(beat.inc, { beat, at });
  }

  /** What the others said last who were heard in the last 10 s. */
  get others(): readonly Beat[] {
    const now = this.#place.now();
    return [...this.#heard.values()].filter(({ at }) => now - at <= SILENT_MS)
      .map(({ beat }) => beat);
  }

  /** The highest level that all of `alive` know, of whom each was heard lately; `undefined`: one was not. */
  lowestLevel(alive: Iterable<string>): number | undefined {
    const own = this.#place.own();
    const heard = new Map([own, ...this.others].map(({ inc, level }) => [inc, level]));
    const levels = [...alive].map((inc) => heard.get(inc));
    return levels.includes(undefined) ? undefined : Math.min(...levels as number[]);
  }

  /**
   * Those of `alive`, the incarnations that live as the log has it, that have been silent for 10 s and `moreMs`
   * in which this node has heard itself: a node that is cut off holds nobody for dead.
   */
  silent(alive: Iterable<string>, moreMs: number = 0): readonly string[] {
    const now = this.#place.now();
    this.#look(now);
    const own = this.#place.own().inc;
    const all = new Set(alive);
    for (const inc of this.#known.keys()) if (!all.has(inc)) this.#known.delete(inc);
    for (const inc of all) if (!this.#known.has(inc)) this.#known.set(inc, now);
    for (const [inc, { at }] of this.#heard) {
      if (!all.has(inc) && now - at > SILENT_MS) this.#heard.delete(inc);
    }
    const since = this.#hearsSince;
    if (since === undefined) return [];
    return [...all].filter((inc) => {
      const last = this.#heard.get(inc)?.at ?? this.#known.get(inc) ?? now;
      return inc !== own && now - Math.max(last, since) > SILENT_MS + moreMs;
    });
  }

  /**
   * Whether this node does what one of all has to do: it has the lowest name of the incarnations that live
   * and are not silent. For some seconds two may think so, or none.
   */
  isOnDuty(alive: Iterable<string>): boolean {
    const all = [...alive];
    const silent = new Set(this.silent(all));
    const own = this.#place.own().inc;
    if (this.#hearsSince === undefined || !all.includes(own)) return false;
    return all.every((inc) => inc >= own || silent.has(inc));
  }

  /** Whether this node hears what it says itself, and so the others if they are there. */
  get hearsItself(): boolean {
    this.#look(this.#place.now());
    return this.#hearsSince !== undefined;
  }

  /** Notices that this node was cut off, or stood still: what it did not hear then says nothing. */
  #look(now: number): void {
    if (now - this.#heardItselfAt > DEAF_MS) this.#hearsSince = undefined;
  }
}
