/** What is kept of each room: the messages of some time, and so many. The oldest go first. */

import type { DatabaseSync } from "node:sqlite";
import type { Cut } from "../chat/log/fact.ts";
import { highestId, keepHighestId, metaOf, setMeta } from "./meta.ts";
import { getRow, getRows, runSql, type SqlRow } from "./sql.ts";
import { logOf, ROOM, rowOf } from "./columns.ts";

/** How much is kept; everything unless said. */
export interface RetentionRules {
  /** How long, in ms. */
  readonly keepMs?: number;
  /** Messages in each room. */
  readonly keepMessages?: number;
}

interface Room extends SqlRow {
  readonly id: number;
  readonly kind: number;
  readonly key: string;
  readonly first: number;
  readonly last: number;
}

/** A message, as far as it matters for its age. */
interface Aged {
  readonly id: number;
  readonly seq: number;
  readonly at: number;
}

/**
 * A clock that was set forward by more than a day may be wrong. For an hour after that no message goes
 * because of its age, so that nothing is lost if somebody sets the clock right by then. In ms.
 */
const LARGE_LEAP_MS = 86_400_000;
const HELD_MS = 3_600_000;

/** Rooms that one step looks at. */
const STEP_ROOMS = 50;

/** All messages up to an id were there at a time. */
interface Mark {
  readonly id: number;
  readonly at: number;
}

function readMark(db: DatabaseSync): Mark | undefined {
  const mark = metaOf(db, "mark");
  if (mark === undefined) return undefined;
  const [id = 0, at = 0] = mark.split(" ").map(Number);
  return { id, at };
}

function writeMark(db: DatabaseSync, { id, at }: Mark): void {
  setMeta(db, "mark", `${id} ${at}`);
}

/** Goes through all rooms, a few at a step. */
export class Retention {
  readonly #db: DatabaseSync;
  readonly #rules: RetentionRules;
  #now = 0;
  /** Messages up to this id are old, whatever their times say. */
  #oldId = 0;
  /** Until then nothing goes for its age. */
  #heldUntil = -Infinity;
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
    if (keepMs !== undefined) this.#oldId = this.#mark(now, keepMs);
  }

  /** To be called in the caller's transaction when the clock was set by `leap` ms, and is `now`. */
  leapt(leap: number, now: number): void {
    this.#heldUntil = leap > LARGE_LEAP_MS ? now + HELD_MS : this.#heldUntil + leap;
    const mark = readMark(this.#db);
    if (mark !== undefined) writeMark(this.#db, { id: mark.id, at: Math.min(mark.at + leap, now) });
  }

  /**
   * Up to which id all messages are older than is kept, whatever their times say. Notes how far ids
   * have come, to know it later.
   */
  #mark(now: number, keepMs: number): number {
    const mark = readMark(this.#db);
    if (mark !== undefined && mark.at >= now - keepMs) return this.#oldId;
    writeMark(this.#db, { id: highestId(this.#db), at: now });
    return mark?.id ?? 0;
  }

  /** Looks at the next rooms and removes at most `limit` messages, in the caller's transaction. */
  step(limit: number): Cut[] {
    const sql = "SELECT id, kind, key, first, last FROM room WHERE id > ? ORDER BY id LIMIT ?";
    const rooms = getRows(this.#db, sql, this.#at ?? 0, STEP_ROOMS) as unknown as Room[];
    const pruned: Cut[] = [];
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
  #prune(room: Room, limit: number): number {
    const { id, kind, first, last } = room;
    const isHeld = this.#now < this.#heldUntil;
    const keepMs = isHeld ? Infinity : this.#rules.keepMs ?? Infinity;
    const oldId = isHeld ? 0 : this.#oldId;
    // The direct messages of a session are no room's, and go with their session.
    const keepMessages = kind === ROOM ? this.#rules.keepMessages ?? Infinity : Infinity;
    const sql = "SELECT id, seq, at FROM message WHERE room = ? AND seq >= ? ORDER BY seq LIMIT ?";
    const rows = getRows(this.#db, sql, id, first, limit) as unknown as Aged[];
    // Messages go in the order of their numbers, though times go back where a clock was set: up to the
    // last one that is too old, and no further than the first one that is young. One with a time in the
    // future holds up none that came after it.
    const since = this.#now - keepMs;
    let newest: Aged | undefined;
    for (const row of rows) {
      if (row.seq <= last - keepMessages || row.at < since || row.id <= oldId) newest = row;
      else if (row.at <= this.#now) break;
    }
    if (newest === undefined) return first;
    removeBefore(this.#db, room, newest.seq + 1);
    return newest.seq + 1;
  }
}

/** Removes the messages of a log before a number, in the caller's transaction. */
export function cutLog(db: DatabaseSync, { log, first }: Cut): void {
  const { kind, key } = rowOf(log);
  const sql = "SELECT * FROM room WHERE kind = ? AND key = ?";
  const row = getRow(db, sql, kind, key) as Room | undefined;
  if (row === undefined || row.first >= first) return;
  removeBefore(db, row, Math.min(first, row.last + 1));
}

function removeBefore(db: DatabaseSync, { id, kind, first }: Room, end: number): void {
  keepHighestId(db);
  if (kind === ROOM) {
    runSql(
      db,
      "DELETE FROM message_words WHERE rowid IN " +
        "(SELECT id FROM message WHERE room = ? AND seq BETWEEN ? AND ?)",
      ...[id, first, end - 1],
    );
  }
  runSql(db, "DELETE FROM message WHERE room = ? AND seq BETWEEN ? AND ?", id, first, end - 1);
  runSql(db, "UPDATE room SET first = ? WHERE id = ?", end, id);
}
