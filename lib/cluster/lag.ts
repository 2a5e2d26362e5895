/**
 * How far a node is behind the others: by when it has applied what another one says that it has applied. What
 * others say may be a second old, and so is the answer.
 */

/** The most places of others that are remembered: of more, every second one is, which tells well enough. */
const MOST = 1_000;

/** A node that has been behind for so long takes nobody new, and clients are not told of it; in ms. */
export const LATE_NODE_MS = 2_000;

interface Ahead {
  /** The seq of a message that another node had applied. */
  readonly seq: number;
  /** When that was heard, in ms of a clock that never leaps. */
  readonly at: number;
}

/** The lag of one node. */
export class Lag {
  #ahead: Ahead[] = [];

  /**
   * Notes at `now`, in ms of a clock that never leaps, that this node has applied all up to `applied`, and
   * another one all up to `others`. Returns for how long it has been behind, in ms; 0: it is not. What nobody
   * says any more counts no longer: it may have been a node of another log, or none.
   */
  note(applied: number, others: number, now: number): number {
    while ((this.#ahead.at(-1)?.seq ?? 0) > others) this.#ahead.pop();
    if (others > (this.#ahead.at(-1)?.seq ?? applied)) {
      if (this.#ahead.length === MOST) this.#ahead = this.#ahead.filter((_, n) => n % 2 === 0);
      this.#ahead.push({ seq: others, at: now });
    }
    const behind = this.#ahead.findIndex(({ seq }) => seq > applied);
    this.#ahead.splice(0, behind < 0 ? this.#ahead.length : behind);
    const [oldest] = this.#ahead;
    return oldest === undefined ? 0 : now - oldest.at;
  }
}
