/**
 * The sessions whose clients have gone and may come back. When there are too many, the addresses with the
 * most sessions lose theirs first: nobody can push out others by coming and going often.
 */

import type { Session } from "./session.ts";

/** Who a waiting session counts for: its address, or its account. */
export interface Share {
  readonly of: "address" | "account";
  readonly key: string;
}

/** The sessions that wait, each as a thing of some kind, such as a number. */
export interface WaitingDump<Of> {
  /** In order, with the share of each. */
  readonly shares: ReadonlyArray<readonly [session: Of, of: Share["of"], key: string]>;
  /** Some account may have one session too many. */
  readonly hasNewOfAccount?: true;
}

/** The most sessions of one account that are kept; hardly anybody has more devices. */
const MAX_PER_ACCOUNT = 32;

/** A session, and how many of the same share came after it. */
interface Ranked {
  readonly session: Session;
  readonly share: Share;
  readonly rank: number;
}

/** Sessions without a peer. */
export class Waiting {
  /** In the order in which they lost their peers. */
  readonly #shares = new Map<Session, Share>();
  /** Some account may have one session too many. */
  #hasNewOfAccount = false;

  /** Those that wait, as `nameOf` calls them. */
  dump<Of>(nameOf: (session: Session) => Of): WaitingDump<Of> {
    const shares = [...this.#shares].map(([session, { of, key }]) =>
      [nameOf(session), of, key] as const
    );
    return this.#hasNewOfAccount ? { shares, hasNewOfAccount: true } : { shares };
  }

  /** Lets these wait, where none does. */
  load<Of>({ shares, hasNewOfAccount }: WaitingDump<Of>, of: (each: Of) => Session): void {
    for (const [each, kind, key] of shares) this.#shares.set(of(each), { of: kind, key });
    this.#hasNewOfAccount = hasNewOfAccount ?? false;
  }

  /** Lets a session wait. */
  add(session: Session, share: Share): void {
    this.#shares.delete(session);
    this.#shares.set(session, share);
    this.#hasNewOfAccount ||= share.of === "account";
  }

  /** Its client is back, or it is forgotten. */
  delete(session: Session): void {
    this.#shares.delete(session);
  }

  /**
   * The sessions whose time is over at `now`, and as many others as are over `most`: the oldest of the
   * address with the most sessions first, those of accounts last.
   */
  overdue(now: number, most: number): Session[] {
    const over = [...this.#shares.keys()].filter(({ forgetAt }) => forgetAt <= now);
    if (this.#shares.size - over.length <= most && !this.#hasNewOfAccount) return over;
    this.#hasNewOfAccount = false;
    return [...over, ...this.#surplus(now, most)];
  }

  /** The sessions that are too many, apart from those whose time is over. */
  #surplus(now: number, most: number): Session[] {
    const ranked = this.#ranked(now);
    const isOneTooMany = ({ share, rank }: Ranked): boolean =>
      share.of === "account" && rank >= MAX_PER_ACCOUNT;
    const many = ranked.filter(isOneTooMany);
    const excess = ranked.length - many.length - most;
    if (excess <= 0) return many.map(({ session }) => session);
    const rest = ranked
      .filter((each) => !isOneTooMany(each))
      // Sorting is stable: of equals the oldest stays in front.
      .sort((a, b) =>
        Number(a.share.of === "account") - Number(b.share.of === "account") || b.rank - a.rank
      );
    return [...many, ...rest.slice(0, excess)].map(({ session }) => session);
  }

  /** All whose time is not over, the oldest first. */
  #ranked(now: number): Ranked[] {
    const counts = new Map<string, number>();
    const ranked: Ranked[] = [];
    for (const [session, share] of [...this.#shares].reverse()) {
      if (session.forgetAt <= now) continue;
      const key = `${share.of} ${share.key}`;
      const rank = counts.get(key) ?? 0;
      counts.set(key, rank + 1);
      ranked.push({ session, share, rank });
    }
    return ranked.reverse();
  }
}
