/**
 * Shares out what takes much of a processor's time: a few run at once, one of each address, and whose turn
 * is next goes by who has had fewest lately, so that a crowd, from one address or from many, holds up
 * nobody else.
 */

import { type Refusal, tryLater } from "../refusal.ts";
import { networkOf, Shares } from "./shares.ts";

/** How many may wait for one address. */
const MOST_OF_ADDRESS = 64;
/**
 * How many may wait of those who are known, and how many of all others, each for about a tenth of a second
 * of a core. Where more do, one of the largest crowd is told to try again.
 */
const MOST_WAITING = 128;
/** So many ms of waiting count as one turn fewer. */
const TURN_MS = 1_000;
/**
 * So many ms somebody waits who has gone, as far as is known: whoever has ended its side alone, and listens on, is
 * answered in that time unless many wait. Nothing is done for a crowd that has left.
 */
const GONE_WAITS_MS = 5_000;
/** After how many ms a client that can't wait here should try again. */
const RETRY_AFTER_MS = 2_000;

/** What is done in turn. */
export interface TurnsOptions {
  /** How many run at once, of all addresses together. */
  readonly atOnce: number;
  /** What clients that can't wait are told is under way: the beginning of a sentence. */
  readonly what: string;
  /** A clock that never goes back, in ms. */
  readonly now: () => number;
}

/** For whom something is done. */
export interface TurnFor {
  /** Of each address one runs at once. */
  readonly address: string;
  /** What it counts for beside the address and its network, such as `account 7`: who has had few is next. */
  readonly shares?: readonly string[];
  /**
   * It is likely what it should be. Those who are known and all others have every other turn where both
   * wait, and places of their own to wait in, so that no crowd of strangers holds up who is known.
   */
  readonly isKnown?: boolean;
  /** Whether the one for whom it is has gone, as far as is known. */
  readonly hasGone?: () => boolean;
  /** Whether nobody can want it any more. */
  readonly isOver?: () => boolean;
}

/** What waits for its turn. */
interface Waiting {
  readonly turn: TurnFor;
  readonly shares: readonly string[];
  /** Since when, by the clock of the turns. */
  readonly since: number;
  readonly begin: () => void;
  readonly refuse: (refusal: Refusal) => void;
}

/** Lets work begin in turn. */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #running = new Set<string>();
  readonly #shares = new Shares();
  /** In the order in which it came. */
  #waiting: readonly Waiting[] = [];
  /** Whether the last that began was for somebody who is known. */
  #wasKnown = false;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Does `work` when it is its turn. What is for somebody who has gone comes after all that is not, gives
   * way to it, and is not done at all when its turn has not come soon, or nobody can want it any more.
   * Rejects with a {@linkcode Refusal} then, and when too many wait.
   */
  async run<T>(turn: TurnFor, work: () => Promise<T>): Promise<T> {
    await this.#turn(turn);
    try {
      return await work();
    } finally {
      this.#running.delete(turn.address);
      this.#next();
    }
  }

  /** Forgets what is over. Call it now and then. */
  expire(): void {
    this.#shares.expire(this.#options.now());
  }

  #turn(turn: TurnFor): Promise<void> | undefined {
    if (this.#running.size < this.#options.atOnce && !this.#running.has(turn.address)) {
      this.#begin(turn);
      return undefined;
    }
    const shares = sharesOf(turn);
    const since = this.#options.now();
    return new Promise((begin, refuse) => this.#wait({ turn, shares, since, begin, refuse }));
  }

  #begin(turn: TurnFor): void {
    const now = this.#options.now();
    for (const share of sharesOf(turn)) this.#shares.count(share, now);
    this.#running.add(turn.address);
    this.#wasKnown = isKnown(turn);
  }

  /** Lets one wait. Where that is one too many, one of the largest crowd is refused. */
  #wait(one: Waiting): void {
    if (this.#isFull(one.turn)) this.#refuse(this.#waiting.filter(hasGone));
    const isFull = this.#isFull(one.turn);
    this.#waiting = [...this.#waiting, one];
    if (!isFull) return;
    const isOwn = this.#ofAddress(one.turn).length > MOST_OF_ADDRESS;
    this.#refuse([isOwn ? one : this.#mostCrowded(this.#lane(one.turn))]);
  }

  #isFull(turn: TurnFor): boolean {
    return this.#ofAddress(turn).length >= MOST_OF_ADDRESS ||
      this.#lane(turn).length >= MOST_WAITING;
  }

  #ofAddress({ address }: TurnFor): readonly Waiting[] {
    return this.#waiting.filter(({ turn }) => turn.address === address);
  }

  /** Those who wait and are known as this one is, or are not. */
  #lane(turn: TurnFor): readonly Waiting[] {
    return this.#waiting.filter((each) => isKnown(each.turn) === isKnown(turn));
  }

  /** The one that shares most with others that wait and with those who had a turn lately; the last of such. */
  #mostCrowded(among: readonly Waiting[]): Waiting | undefined {
    const waiting = new Map<string, number>();
    for (const { shares } of among) {
      for (const share of shares) waiting.set(share, (waiting.get(share) ?? 0) + 1);
    }
    const now = this.#options.now();
    const crowding = ({ shares }: Waiting): number =>
      -sum(shares, (share) => this.#shares.had(share, now) + (waiting.get(share) ?? 0));
    return leastOf(among.toReversed(), crowding);
  }

  #refuse(these: ReadonlyArray<Waiting | undefined>): void {
    this.#waiting = this.#waiting.filter((each) => !these.includes(each));
    for (const each of these) each?.refuse(tryLater(this.#options.what, RETRY_AFTER_MS));
  }

  /**
   * Starts what is next: of those who had fewest turns lately, what came first. Each second of waiting counts as
   * one turn fewer, so that nobody waits behind all who come later from places where nobody was before.
   */
  #next(): void {
    const now = this.#options.now();
    this.#refuse(this.#waiting.filter((each) => isInVain(each, now)));
    const able = this.#waiting.filter(({ turn }) => !this.#running.has(turn.address));
    const wanted = orAll(able, (each) => !hasGone(each));
    const others = orAll(wanted, ({ turn }) => isKnown(turn) !== this.#wasKnown);
    const next = leastOf(
      others,
      ({ shares, since }) =>
        sum(shares, (share) => this.#shares.had(share, now)) - (now - since) / TURN_MS,
    );
    if (next === undefined) return;
    this.#waiting = this.#waiting.filter((each) => each !== next);
    this.#begin(next.turn);
    next.begin();
  }
}

function isKnown(turn: TurnFor): boolean {
  return turn.isKnown ?? false;
}

function hasGone({ turn }: Waiting): boolean {
  return turn.hasGone?.() ?? false;
}

function isInVain(one: Waiting, now: number): boolean {
  return one.turn.isOver?.() === true || hasGone(one) && now - one.since > GONE_WAITS_MS;
}

function sharesOf({ address, shares = [] }: TurnFor): readonly string[] {
  return [`address ${address}`, `network ${networkOf(address)}`, ...shares];
}

function sum(shares: readonly string[], of: (share: string) => number): number {
  return shares.reduce((all, share) => all + of(share), 0);
}

/** Those for which `wanted` holds; all where it holds for none. */
function orAll<T>(all: readonly T[], wanted: (one: T) => boolean): readonly T[] {
  const some = all.filter(wanted);
  return some.length > 0 ? some : all;
}

/** The first of those of which `of` is least. */
function leastOf<T>(all: readonly T[], of: (one: T) => number): T | undefined {
  let least: { readonly one: T; readonly value: number } | undefined;
  for (const one of all) {
    const value = of(one);
    if (least === undefined || value < least.value) least = { one, value };
  }
  return least?.one;
}

/** Does what it is given in turn. */
export class OneByOne {
  #last: Promise<void> = Promise.resolve();

  /** Does `work` when all that was to be done before has ended. */
  run(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}
