/** What can still be read of a damaged database, and how much can't. */

import { isDamage } from "./faults.ts";
import type { MessageRow } from "./message_row.ts";

/** Numbers of messages, over all rooms, that could not be read: pairs of the first and the last. */
export class Lost {
  readonly #runs: Array<[first: number, last: number]> = [];

  /** Takes the next number. */
  add(id: number): void {
    const run = this.#runs.at(-1);
    if (run !== undefined && run[1] === id - 1) run[1] = id;
    else this.#runs.push([id, id]);
  }

  get count(): number {
    return this.#runs.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  }

  /** The first runs, as a person reads them. */
  describe(most = 20): string {
    const shown = this.#runs.slice(0, most).map(([first, last]) =>
      first === last ? `${first}` : `${first} to ${last}`
    );
    const more = this.#runs.length - shown.length;
    return shown.join(", ") + (more > 0 ? ` and ${more} more runs` : "");
  }
}

/** Reads the rows of messages after one number and up to another. */
export type ReadRows = (after: number, upTo: number) => MessageRow[];

/**
 * The rows between two numbers; a run that can't be read is halved until what is left of it is what is
 * lost. Throws what is no damage.
 */
export function* salvageRows(
  read: ReadRows,
  after: number,
  upTo: number,
  lost: Lost,
): Generator<MessageRow> {
  let rows: MessageRow[];
  try {
    rows = read(after, upTo);
  } catch (error) {
    if (!isDamage(error)) throw error;
    if (upTo - after <= 1) return lost.add(upTo);
    const middle = Math.floor((after + upTo) / 2);
    yield* salvageRows(read, after, middle, lost);
    yield* salvageRows(read, middle, upTo, lost);
    return;
  }
  yield* rows;
}
