/** Limits the messages of each room by age and by number. The oldest go first. */

import type { DatabaseSync } from "node:sqlite";
import type { Cut } from "../chat/log/fact.ts";
import { GONE, INBOX, type Kind, logOf, rowOf } from "./columns.ts";
import { dropLife, emptyEdits, goesAlong } from "./emptying.ts";
import { dropFiles } from "./files.ts";
import { logSum } from "./message_row.ts";
import { highestId, keepHighestId, metaOf, setMeta } from "./meta.ts";
import { nthAt } from "./nth.ts";
import { getRow, getRows, runSql, type SqlRow } from "./sql.ts";
import { removalCost, stepLength, unindex } from "./unindex.ts";
import { indexedUpTo } from "./word_index.ts";

/** How much to keep. Without a limit, everything. */
export interface RetentionRules {
  /** How long to keep messages, in ms. */
  readonly keepMs?: number;
  /** How many messages to keep in each room. */
  readonly keepMessages?: number;
}

interface Room extends SqlRow {
  readonly id: number;
  readonly kind: Kind;
  readonly key: string;
  readonly first: number;
  readonly last: number;
}

/** The columns of an entry that say how old it is, its place among the messages, and its size in bytes. */
interface Aged {
  readonly id: number;
  readonly seq: number;
  readonly at: number;
  readonly nth: number;
  readonly size: number;
}

/** What is left of a log: its first entry, as a {@linkcode Cut} has it, and whether that is to stay. */
interface Pruned extends Required<Pick<Cut, "first" | "others">> {
  readonly isDone: boolean;
  /** What that took, as {@linkcode removalCost} counts it. */
  readonly cost: number;
}

/**
 * A clock that was set forward by more than a day (in ms) may be wrong. For an hour (in ms) after that,
 * no message is removed because of its age, so that nothing is lost if somebody corrects the clock in
 * time.
 */
export const LARGE_LEAP_MS = 86_400_000;
export const HELD_MS = 3_600_000;

/**
 * For each message that a room keeps, so many entries: a reaction that is given and taken back all the time
 * would otherwise fill the disk.
 */
const ENTRIES_PER_MESSAGE = 100;

/** How many rooms one step looks at. */
const STEP_ROOMS = 50;

/** Says that all messages up to an id existed at a time, in ms since 1970. */
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

/** Goes through all rooms, a few in each step. */
export class Retention {
  readonly #db: DatabaseSync;
  readonly #rules: RetentionRules;
  #now = 0;
  /** Messages up to this id are too old, whatever their times say. */
  #oldId = 0;
  /** Until this time, in ms since 1970, no message is removed because of its age. */
  #heldUntil = -Infinity;
  /** The id of the room that was looked at last; `undefined` between rounds. */
  #at: number | undefined;

  constructor(db: DatabaseSync, rules: RetentionRules) {
    this.#db = db;
    this.#rules = rules;
  }

  /** Whether there is something to do. */
  get due(): boolean {
    return this.#at !== undefined;
  }

  /** Whether the clock may be wrong at the time `now`, in ms since 1970, so that nothing goes for its age. */
  isHeld(now: number): boolean {
    return now < this.#heldUntil;
  }

  /** Begins a round at the time `now`, in ms since 1970. */
  begin(now: number): void {
    const { keepMs, keepMessages } = this.#rules;
    if (keepMs === undefined && keepMessages === undefined) return;
    this.#now = now;
    this.#at ??= 0;
    if (keepMs !== undefined) this.#oldId = this.#mark(now, keepMs);
  }

  /** The rules have changed: what was found by others counts no more, and the next round begins anew. */
  changed(): void {
    this.#oldId = 0;
    this.#at = undefined;
  }

  /** To be called, in the caller's transaction, when the clock was set by `leap` ms to `now`. */
  leapt(leap: number, now: number): void {
    this.#heldUntil = leap > LARGE_LEAP_MS ? now + HELD_MS : this.#heldUntil + leap;
    const mark = readMark(this.#db);
    if (mark !== undefined) writeMark(this.#db, { id: mark.id, at: Math.min(mark.at + leap, now) });
  }

  /**
   * The id up to which all messages are too old, whatever their times say. From time to time it notes
   * the highest id, from which it knows later how old messages are.
   */
  #mark(now: number, keepMs: number): number {
    const mark = readMark(this.#db);
    if (mark !== undefined && mark.at >= now - keepMs) return this.#oldId;
    writeMark(this.#db, { id: highestId(this.#db), at: now });
    return mark?.id ?? 0;
  }

  /**
   * Goes on with the next rooms, and removes at most `limit` entries, of long ones fewer, in the caller's
   * transaction.
   */
  step(limit: number): Cut[] {
    const sql = "SELECT id, kind, key, first, last FROM room WHERE id > ? AND kind <> ? " +
      "ORDER BY id LIMIT ?";
    const rooms = getRows(this.#db, sql, this.#at ?? 0, GONE, STEP_ROOMS) as unknown as Room[];
    const pruned: Cut[] = [];
    let left = limit;
    for (const room of rooms) {
      const { first, others, cost, isDone } = this.#find(room, left);
      if (first > room.first) removeBefore(this.#db, room, first);
      left -= cost;
      if (first > room.first) pruned.push({ log: logOf(room.kind, room.key), first, others });
      // This room may have more to remove, so the next step looks at it again.
      if (!isDone || left <= 0) return pruned;
      this.#at = room.id;
    }
    if (rooms.length < STEP_ROOMS) this.#at = undefined;
    return pruned;
  }

  /**
   * Goes through all rooms, and finds what is to go: of each room at most `limit` entries. Removes nothing.
   * Call {@linkcode begin} before.
   */
  find(limit: number): Cut[] {
    const sql = "SELECT id, kind, key, first, last FROM room WHERE kind <> ? AND first <= last";
    const rooms = this.due ? getRows(this.#db, sql, GONE) as unknown as Room[] : [];
    this.#at = undefined;
    return rooms.flatMap((room) => {
      const { first, others } = this.#find(room, limit);
      return first > room.first ? { log: logOf(room.kind, room.key), first, others } : [];
    });
  }

  /** The seq of the first of a room's entries that stays, as far as it looks, and whether that is to stay. */
  #find(room: Room, limit: number): Pruned {
    const { id, kind, first, last } = room;
    const isHeld = this.isHeld(this.#now);
    const keepMs = isHeld ? Infinity : this.#rules.keepMs ?? Infinity;
    const oldId = isHeld ? 0 : this.#oldId;
    // Direct messages to a session are removed with it, however many there are.
    const keepMessages = kind !== INBOX ? this.#rules.keepMessages ?? Infinity : Infinity;
    const isLimited = keepMessages !== Infinity;
    const lastGone = isLimited ? nthAt(this.#db, id, last) - keepMessages : -Infinity;
    const lastSeqGone = last - keepMessages * ENTRIES_PER_MESSAGE;
    const sql = "SELECT id, seq, at, ifnull(nth, seq) AS nth, octet_length(text) AS size " +
      "FROM message WHERE room = ? AND seq >= ? ORDER BY seq LIMIT ?";
    const rows = getRows(this.#db, sql, id, first, limit) as unknown as Aged[];
    // Messages are removed in the order of their numbers, although their times may go back where a
    // clock was set. Everything goes up to the last one that is too old before the first one that is
    // not. A message with a time in the future does not count as that first one.
    const since = this.#now - keepMs;
    let end = 0;
    for (const [index, row] of rows.entries()) {
      const isTooMany = row.nth <= lastGone || row.seq <= lastSeqGone;
      if (isTooMany || row.at < since || row.id <= oldId) end = index + 1;
      else if (row.at <= this.#now) break;
    }
    const costs = this.#costs(room, rows.slice(0, end), limit);
    const count = stepLength(costs, limit);
    const newest = rows[count - 1];
    if (newest === undefined) return { first, others: 0, cost: 0, isDone: true };
    const isDone = count === end && (end < rows.length || rows.length < limit);
    const cost = Math.ceil(costs.slice(0, count).reduce((sum, each) => sum + each, 0));
    return { first: newest.seq + 1, others: newest.seq - newest.nth, cost, isDone };
  }

  /**
   * What it takes to remove each entry: its text is taken out of the index of words, its edits are emptied, and
   * what holds of it goes. What was not looked at is too much for a step of `limit`.
   */
  #costs({ id: room, kind, first }: Room, rows: readonly Aged[], limit: number): number[] {
    if (kind === INBOX || rows.length === 0) return rows.map(() => 1);
    const indexed = indexedUpTo(this.#db);
    const last = rows.at(-1)?.seq ?? first;
    const { costs, upTo } = goesAlong(this.#db, room, first, last, limit);
    return rows.map(({ id, seq, size }) =>
      seq > upTo ? limit : removalCost(id > indexed ? 0 : size) + (costs.get(seq) ?? 0)
    );
  }
}

/** Removes the messages of a log before the number `first`, in the caller's transaction. */
export function cutLog(db: DatabaseSync, { log, first }: Cut): void {
  const { kind, key } = rowOf(log);
  const sql = "SELECT * FROM room WHERE kind = ? AND key = ?";
  const row = getRow(db, sql, kind, key) as Room | undefined;
  if (row === undefined || row.first >= first) return;
  removeBefore(db, row, Math.min(first, row.last + 1));
}

function removeBefore(db: DatabaseSync, { id, kind, key, first }: Room, end: number): void {
  keepHighestId(db);
  const last = end - 1;
  if (kind !== INBOX) {
    unindex(db, id, first, last);
    runSql(db, "DELETE FROM mention WHERE room = ? AND seq BETWEEN ? AND ?", id, first, last);
    // What is younger says nothing any more of what goes.
    emptyEdits(db, { id, sum: logSum(kind, key) }, first, last);
    dropLife(db, id, first, last);
  }
  dropFiles(db, id, first, last);
  runSql(db, "DELETE FROM message WHERE room = ? AND seq BETWEEN ? AND ?", id, first, last);
  runSql(db, "UPDATE room SET first = ? WHERE id = ?", end, id);
}
