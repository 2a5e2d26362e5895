/** What is kept of each room: the messages of some time, and so many. The oldest go first. */

import type { DatabaseSync } from "node:sqlite";
import { keepHighestId } from "./ids.ts";
import { prepared } from "./prepared.ts";
import { logOf, ROOM, type StoredLog } from "./stored_log.ts";

/** How much is kept; everything unless said. */
export interface RetentionRules {
  /** How long, in ms. */
  readonly keepMs?: number;
  /** Messages in each room. */
  readonly keepMessages?: number;
}

/** A room that has lost its oldest messages. */
export interface Pruned {
  readonly log: StoredLog;
  /** The seq of the oldest message that is kept. */
  readonly first: number;
}

interface Room {
  readonly id: number;
  readonly kind: number;
  readonly key: string;
  first: number;
  readonly last: number;
}

/** Rooms that one step looks at. */
const STEP_ROOMS = 50;

/** Goes through all rooms, a few at a step. */
export class Retention {
  readonly #db: DatabaseSync;
  readonly #rules: RetentionRules;
  #now = 0;
  /** The id of the room that was looked at last; `undefined`: all have been. */
  #at: number | undefined;

  constructor(db: DatabaseSync, rules: RetentionRules) {
    this.#db = db;
    this.#rules = rules;
  }

  /** Whether there is something to do. */
  get due(): boolean {
    return this.#at !== undefined;
  }

  /** Begins a round at the time `now`, in ms since 1970. */
  begin(now: number): void {
    const { keepMs, keepMessages } = this.#rules;
    if (keepMs === undefined && keepMessages === undefined) return;
    this.#now = now;
    this.#at ??= 0;
  }

  /** Looks at the next rooms and removes at most `limit` messages, in the caller's transaction. */
  step(limit: number): Pruned[] {
    const rooms = prepared(
      this.#db,
      "SELECT id, kind, key, first, last FROM room WHERE id > ? ORDER BY id LIMIT ?",
    ).all(this.#at ?? 0, STEP_ROOMS) as unknown as Room[];
    const pruned: Pruned[] = [];
    let left = limit;
    for (const room of rooms) {
      const first = this.#prune(room, left);
      left -= first - room.first;
      if (first > room.first) pruned.push({ log: logOf(room.kind, room.key), first });
      // The room that took all that a step may is looked at again.
      if (left <= 0) return pruned;
      this.#at = room.id;
    }
    if (rooms.length < STEP_ROOMS) this.#at = undefined;
    return pruned;
  }

  /** Removes a room's oldest messages; the seq of the first one that stays. */
  #prune({ id, kind, first, last }: Room, limit: number): number {
    const { keepMs = Infinity } = this.#rules;
    // The direct messages of a session are no room's, and go with their session.
    const keepMessages = kind === ROOM ? this.#rules.keepMessages ?? Infinity : Infinity;
    const rows = prepared(
      this.#db,
      "SELECT id, seq, at FROM message WHERE room = ? AND seq >= ? ORDER BY seq LIMIT ?",
    ).all(id, first, limit) as Array<{ id: number; seq: number; at: number }>;
    // Times may go back where a clock was set, so what is young keeps what came before it from going
    // no longer than itself: the oldest go first, one after the other.
    const kept = rows.findIndex(({ seq, at }) =>
      seq > last - keepMessages && at >= this.#now - keepMs
    );
    const gone = kept < 0 ? rows : rows.slice(0, kept);
    const newest = gone.at(-1);
    if (newest === undefined) return first;
    keepHighestId(this.#db);
    if (kind === ROOM) this.#forgetWords(id, first, newest.seq);
    prepared(this.#db, "DELETE FROM message WHERE room = ? AND seq BETWEEN ? AND ?")
      .run(id, first, newest.seq);
    prepared(this.#db, "UPDATE room SET first = ? WHERE id = ?").run(newest.seq + 1, id);
    return newest.seq + 1;
  }

  /** Lets go of them in the index of words. */
  #forgetWords(room: number, first: number, last: number): void {
    prepared(
      this.#db,
      "DELETE FROM message_words WHERE rowid IN " +
        "(SELECT id FROM message WHERE room = ? AND seq BETWEEN ? AND ?)",
    ).run(room, first, last);
  }
}
