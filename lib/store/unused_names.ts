/** Removes names that no message uses any more, some time after the messages are gone, in small steps. */

import type { DatabaseSync } from "node:sqlite";
import { getNumber, getRows, runSql } from "./sql.ts";

/** The least time from one round to the next, in ms (10 min), since a round reads every message. */
const ROUND_MS = 600_000;

/** How many names one round removes at most, which takes a few milliseconds. */
const MOST_REMOVED = 2_000;

/** A round that is under way. */
interface Round {
  /** The id of the last message that the round has read. */
  at: number;
  /** The id of the newest name when the round began. Later names stay. */
  readonly last: number;
  readonly used: Set<unknown>;
}

/** Reads through all messages now and then, if some have been removed since the last time. */
export class UnusedNames {
  readonly #db: DatabaseSync;
  #isDirty = true;
  #nextAt = -Infinity;
  #round: Round | undefined;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** To be called when messages have been removed. */
  note(): void {
    this.#isDirty = true;
  }

  /** Whether there is something to do. `now` is in ms, from a clock that nobody can set. */
  isDue(now: number): boolean {
    return this.#round !== undefined || this.#isDirty && now >= this.#nextAt;
  }

  /** Reads the next messages, in the caller's transaction. Returns whether it has removed names. */
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
