/** Names that no message has any more: they go some time after the messages, a few rows at a step. */

import type { DatabaseSync } from "node:sqlite";
import { getNumber, getRows, runSql } from "./sql.ts";

/** How long a round is put off after the one before, in ms: it looks at every message. */
const ROUND_MS = 600_000;

/** Names that one round removes at most: some milliseconds' worth. */
const MOST_REMOVED = 2_000;

/** A round that is under way. */
interface Round {
  /** The id of the message that was looked at last. */
  at: number;
  /** The newest name when the round began: those that came later are not looked at. */
  readonly last: number;
  readonly used: Set<unknown>;
}

/** Goes through all messages now and then, once some are gone. */
export class UnusedNames {
  readonly #db: DatabaseSync;
  #isDirty = true;
  #nextAt = -Infinity;
  #round: Round | undefined;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Notes that messages are gone. */
  note(): void {
    this.#isDirty = true;
  }

  /** Whether there is something to do at the time `now` of a clock that can't be set, in ms. */
  isDue(now: number): boolean {
    return this.#round !== undefined || this.#isDirty && now >= this.#nextAt;
  }

  /** Looks at the next messages, in the caller's transaction; whether names have been removed. */
  step(limit: number, now: number): boolean {
    const round = this.#round ??= this.#begin(now);
    const sql = "SELECT id, sender, addressee FROM message WHERE id > ? ORDER BY id LIMIT ?";
    const rows = getRows(this.#db, sql, round.at, limit);
    for (const { id, sender, addressee } of rows) {
      round.at = Number(id);
      round.used.add(sender);
      if (addressee !== null) round.used.add(addressee);
    }
    if (rows.length === limit) return false;
    this.#round = undefined;
    return this.#remove(round);
  }

  #begin(now: number): Round {
    this.#isDirty = false;
    this.#nextAt = now + ROUND_MS;
    return { at: 0, last: getNumber(this.#db, "SELECT max(id) AS n FROM name"), used: new Set() };
  }

  #remove({ used, last }: Round): boolean {
    const names = getRows(this.#db, "SELECT id FROM name WHERE id <= ?", last);
    const unused = names.map(({ id }) => Number(id)).filter((id) => !used.has(id));
    for (const id of unused.slice(0, MOST_REMOVED)) {
      runSql(this.#db, "DELETE FROM name WHERE id = ?", id);
    }
    if (unused.length > MOST_REMOVED) this.#isDirty = true;
    return unused.length > 0;
  }
}
