/**
 * Which of several servers of one cluster a link goes to next. A crowd that has lost one of them is spread
 * over the others, since each client picks by chance. Pure, but for that chance and the clock that it is given.
 */

/** A server that a link may go to. */
interface Known {
  /** `HOST:PORT`; of the only one it may be anything. */
  readonly address: string;
  /** The person has named it; else a server has. */
  readonly isGiven: boolean;
  /** It was tried since the last connection that held. */
  isTried: boolean;
  /** It is the one that was lost last. */
  isLost: boolean;
  /** Until when it has asked us to stay away, by the clock that the calls hand in. */
  awayUntil: number;
}

/** Where a link goes next. */
export interface NextServer {
  /** For how long that server wants nobody, in ms. */
  readonly waitMs: number;
  /** It is another one than the last, and was not tried since the last connection that held. */
  readonly isFresh: boolean;
}

/** The servers of one link. */
export class Servers {
  #known: Known[];
  #current: Known;
  /** Addresses that were dropped, and do not come back. */
  readonly #dropped = new Set<string>();
  readonly #random: () => number;

  /** `given`: those that the person has named, the first of which is gone to first; one at least. */
  constructor(given: readonly string[], random: () => number = Math.random) {
    this.#known = given.map((address) => known(address, true));
    const [first] = this.#known;
    if (first === undefined) throw new TypeError("A link needs a server");
    this.#current = first;
    this.#random = random;
  }

  /** Where the link is, or tries to come to. */
  get current(): string {
    return this.#current.address;
  }

  /** Whether that was named by a server, and not by the person. */
  get isTold(): boolean {
    return !this.#current.isGiven;
  }

  /** Where the link is, for a person who has named several, or one of whom that is none. */
  get shown(): { server?: string } {
    const isPlain = !this.isTold && this.#known.filter((each) => each.isGiven).length === 1;
    return isPlain ? {} : { server: this.#current.address };
  }

  /** Whether there is no other. */
  get isOnly(): boolean {
    return this.#known.length === 1;
  }

  /** Whether there is another that was not tried since the last connection that held. */
  get hasOthers(): boolean {
    return this.#known.some((each) => each !== this.#current && !each.isTried);
  }

  /** Takes over which others a server has told of, in the place of those that were told before. */
  told(addresses: readonly string[]): void {
    const given = this.#known.filter((each) => each.isGiven);
    const names = new Set(given.map(({ address }) => address));
    const told = [...new Set(addresses)].flatMap((address) => {
      if (names.has(address) || this.#dropped.has(address)) return [];
      return this.#known.find((each) => each.address === address) ?? known(address, false);
    });
    const all = [...given, ...told];
    this.#known = all.includes(this.#current) ? all : [...all, this.#current];
  }

  /**
   * Goes to the current one no more, and to another next. False if the person has named no other: then
   * there is nothing left that they wanted.
   */
  drop(): boolean {
    const rest = this.#known.filter((each) => each !== this.#current);
    if (!rest.some(({ isGiven }) => isGiven)) return false;
    this.#known = rest;
    this.#dropped.add(this.#current.address);
    return true;
  }

  /**
   * Goes on to the server that is to be tried now. `isProven`: the connection that has ended has held;
   * `awayMs`: for how long its server wants us to stay away; `now` is in ms.
   */
  next(isProven: boolean, awayMs: number, now: number): NextServer {
    const last = this.#current;
    last.awayUntil = now + awayMs;
    if (isProven) {
      this.#forget();
      last.isLost = true;
    } else last.isTried = true;
    const fresh = this.#pick(this.#known.filter((each) => !each.isTried), last, now);
    if (fresh !== undefined && fresh.awayUntil <= now) {
      this.#current = fresh;
      return { waitMs: 0, isFresh: fresh !== last };
    }
    this.#forget();
    this.#current = this.#pick(this.#known, last, now) ?? last;
    return { waitMs: Math.max(0, this.#current.awayUntil - now), isFresh: false };
  }

  #forget(): void {
    for (const each of this.#known) each.isTried = each.isLost = false;
  }

  /**
   * The best of some: one that is to be tried now before one that is not yet, one of the person's before
   * one that a server has told of, another than was lost or failed last. By chance where several are as good.
   */
  #pick(some: readonly Known[], last: Known, now: number): Known | undefined {
    const rank = ({ awayUntil }: Known): number => Math.max(0, awayUntil - now);
    const weight = (each: Known): number =>
      (each.isGiven ? 0 : 2) + (each.isLost || each === last ? 1 : 0);
    const ranked = some.map((each) => ({ each, by: this.#random() }))
      .sort((a, b) =>
        rank(a.each) - rank(b.each) || weight(a.each) - weight(b.each) || a.by - b.by
      );
    return ranked[0]?.each;
  }
}

function known(address: string, isGiven: boolean): Known {
  return { address, isGiven, isTried: false, isLost: false, awayUntil: -Infinity };
}
