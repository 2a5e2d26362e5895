/**
 * Where the nodes of a cluster are reached, as each has said of itself: what clients are told, so that they
 * find another when theirs is lost.
 */

import { LATE_NODE_MS } from "./lag.ts";

/** A node that was not heard for so long is not told of, in ms: it may be lost. */
const FRESH_MS = 3_000;
/** Whose page was open so lately may chat with the others, though its node is lost, in ms. */
const PAGE_MS = 86_400_000;
/** The most pages that are remembered: more than a cluster has nodes, however they are renamed. */
const MOST_PAGES = 256;

/** What a node says of where it is. */
interface Whereabouts {
  /** Where it takes frames, as `HOST:PORT`. */
  readonly address?: string;
  /** Where its page is, as a URL with a slash at its end. */
  readonly page?: string;
  /** For how long it has been behind, in ms; 0: it is not. */
  readonly lag: number;
}

/** A node's last beat, and when it came, by a clock that never leaps, in ms. */
export interface Heard<B extends Whereabouts> {
  readonly beat: B;
  readonly at: number;
}

/** What the beats of a cluster say of where its nodes are. */
export class Reach {
  readonly #now: () => number;
  readonly #heard: () => Iterable<Heard<Whereabouts>>;
  /** When each page was told of last, the one that was told of longest ago first. */
  readonly #pages = new Map<string, number>();

  /** `heard`: what the nodes said last, with this one. */
  constructor(now: () => number, heard: () => Iterable<Heard<Whereabouts>>) {
    this.#now = now;
    this.#heard = heard;
  }

  /** A node has told of a page. */
  saw(page: string): void {
    this.#pages.delete(page);
    this.#pages.set(page, this.#now());
    const [oldest = ""] = this.#pages.keys();
    if (this.#pages.size > MOST_PAGES) this.#pages.delete(oldest);
  }

  /** Where the nodes that live take frames, as `HOST:PORT`. */
  get addresses(): string[] {
    return this.#live.flatMap(({ address }) => address ?? []).sort();
  }

  /** Where the pages of the nodes that live are, each with a slash at its end. */
  get pages(): string[] {
    return this.#live.flatMap(({ page }) => page ?? []).sort();
  }

  /** The same, with those of nodes that were there in the last day: somebody may still look at one. */
  get latePages(): string[] {
    const since = this.#now() - PAGE_MS;
    const late = [...this.#pages].flatMap(([page, at]) => at < since ? [] : [page]);
    return [...new Set([...late, ...this.pages])].sort();
  }

  get #live(): Whereabouts[] {
    const since = this.#now() - FRESH_MS;
    return [...this.#heard()].flatMap(({ beat, at }) =>
      at < since || beat.lag > LATE_NODE_MS ? [] : [beat]
    );
  }
}
