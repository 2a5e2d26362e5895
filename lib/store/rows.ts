/** Finds, makes and remembers the rows that messages point to: rooms, names and sessions. */

import type { DatabaseSync } from "node:sqlite";
import { directLog, type LogKey } from "../chat/messages/log_key.ts";
import type { Hash } from "../chat/sessions/session.ts";
import { DEFAULT_ROOM } from "../wire/names.ts";
import { nameKey } from "../words/names.js";
import { logSum } from "./message_row.ts";
import { roomFloor } from "./rooms.ts";
import { getNumber, getRow, insertRow, runSql } from "./sql.ts";
import { bytesOf, CHAT, type Kind, ROOM, rowOf } from "./columns.ts";

/** The part of a room's row that storing needs. */
export interface RoomRow {
  readonly id: number;
  /** What kind of log it is, as {@linkcode rowOf} has it. */
  readonly kind: Kind;
  /** The {@linkcode logSum}, which the checksums of its messages start from. */
  readonly sum: number;
  name: string;
  last: number;
  /** How many of its entries are about others. */
  about: number;
}

/** A session's row. */
export interface SessionRow {
  readonly id: number;
  /** The stored time of its last use, in ms since 1970; 0 once the session is forgotten. */
  used: number;
}

/** The most rows of each kind to remember from one parcel to the next. */
const REMEMBERED = 20_000;

/**
 * The most rooms on disk by default, besides the default room: each takes memory for as long as the server
 * runs.
 */
export const MAX_KEPT_ROOMS = 100_000;

/** How many rows there may be. */
interface RowRules {
  /** The most rooms to keep. */
  readonly maxRooms?: number | undefined;
}

/** The rows of one database, for its writer. */
export class Rows {
  readonly #rooms = new Map<LogKey, RoomRow>();
  /** Those that were made for what may not be stored after all, and the last number of each then. */
  readonly #made = new Map<LogKey, number>();
  readonly #names = new Map<string, number>();
  readonly #sessions = new Map<Hash, SessionRow>();
  readonly #authors = new Map<string, number>();
  readonly #db: DatabaseSync;
  readonly #rules: RowRules;
  /** `undefined` if the rooms must be counted again. */
  #roomCount: number | undefined;

  /** The rules are looked at each time, since they may change. */
  constructor(db: DatabaseSync, rules: RowRules = {}) {
    this.#rules = rules;
    this.#db = db;
  }

  /** Forgets all rows: after a rollback, or after other code has changed them. */
  clear(): void {
    this.#rooms.clear();
    this.#made.clear();
    this.#names.clear();
    this.#sessions.clear();
    this.#authors.clear();
    this.#roomCount = undefined;
  }

  /**
   * Forgets the rows of a kind if there are too many. To be called between parcels: within one, a log has
   * one row, which counts the messages that are about to be inserted.
   */
  trim(): void {
    for (const rows of [this.#rooms, this.#names, this.#sessions, this.#authors]) {
      if (rows.size > REMEMBERED) rows.clear();
    }
  }

  /**
   * Finds or makes the row of a log, and gives it its current name, `title`. A new room counts in
   * the share of `opener`. Returns `undefined` if there are too many rooms for a new one.
   */
  room(log: LogKey, title: string, opener = ""): RoomRow | undefined {
    let row = this.find(log);
    if (row === undefined) {
      row = this.#makeRoom(log, title, opener);
      if (row === undefined) return undefined;
      this.#rooms.set(log, row);
      this.#made.set(log, row.last);
    }
    // A message of a conversation says itself whom it is for.
    if (row.name !== title && row.kind !== CHAT) {
      runSql(this.#db, "UPDATE room SET name = ? WHERE id = ?", title, row.id);
      row.name = title;
    }
    return row;
  }

  /** Something is stored of a log, though no message is. */
  settle(log: LogKey): void {
    this.#made.delete(log);
  }

  /**
   * Removes the rows of logs that were made since the last call and of which nothing is stored: otherwise a room
   * would have been there before in which something was only refused. Call it when no message waits.
   */
  dropUnused(): void {
    for (const [log, last] of this.#made) {
      const row = this.#rooms.get(log);
      if (row === undefined || row.last !== last) continue;
      runSql(this.#db, "DELETE FROM room WHERE id = ?", row.id);
      this.#rooms.delete(log);
      this.#roomCount = undefined;
    }
    this.#made.clear();
  }

  /** The row of a log, if there is one. */
  find(log: LogKey): RoomRow | undefined {
    const row = this.#rooms.get(log) ?? this.#findRoom(log);
    if (row !== undefined) this.#rooms.set(log, row);
    return row;
  }

  #findRoom(log: LogKey): RoomRow | undefined {
    const { kind, key } = rowOf(log);
    const sql = "SELECT id, name, last, about FROM room WHERE kind = ? AND key = ?";
    const row = getRow(this.#db, sql, kind, key);
    if (row === undefined) return undefined;
    const { id, name, last, about } = row;
    return {
      id: Number(id),
      kind,
      sum: logSum(kind, key),
      name: String(name),
      last: Number(last),
      about: Number(about),
    };
  }

  #makeRoom(log: LogKey, title: string, opener: string): RoomRow | undefined {
    const { kind, key } = rowOf(log);
    // The default room is always open, so there is always a place for what is said in it.
    if (kind === ROOM && key !== DEFAULT_ROOM && !this.#countRoom()) return undefined;
    const last = kind === ROOM ? roomFloor(this.#db) : 0;
    const sql = "INSERT INTO room (kind, key, name, first, last, opener) VALUES (?, ?, ?, ?, ?, ?)";
    const name = kind === CHAT ? "" : title;
    const id = insertRow(this.#db, sql, kind, key, name, last + 1, last, opener);
    return { id, kind, sum: logSum(kind, key), name, last, about: 0 };
  }

  /** Counts one more room; false if there are too many already. */
  #countRoom(): boolean {
    const sql = "SELECT count(*) AS n FROM room WHERE kind = ? AND key <> ?";
    this.#roomCount ??= getNumber(this.#db, sql, ROOM, DEFAULT_ROOM);
    if (this.#roomCount >= (this.#rules.maxRooms ?? MAX_KEPT_ROOMS)) return false;
    this.#roomCount++;
    return true;
  }

  /** The id of a name, which is stored if it is new. */
  name(name: string): number {
    let id = this.#names.get(name);
    if (id === undefined) {
      const row = getRow(this.#db, "SELECT id FROM name WHERE name = ?", name);
      const sql = "INSERT INTO name (name, key) VALUES (?, ?)";
      id = Number(row?.["id"] ?? insertRow(this.#db, sql, name, nameKey(name)));
      this.#names.set(name, id);
    }
    return id;
  }

  /** The id of the row of an account that says something or is mentioned, which is made if it is new. */
  author(account: string): number {
    let id = this.#authors.get(account);
    if (id === undefined) {
      const row = getRow(this.#db, "SELECT id FROM author WHERE account = ?", account);
      const sql = "INSERT INTO author (account) VALUES (?)";
      id = Number(row?.["id"] ?? insertRow(this.#db, sql, account));
      this.#authors.set(account, id);
    }
    return id;
  }

  /** The row of a session, if there is one. */
  findSession(hash: Hash): SessionRow | undefined {
    let row = this.#sessions.get(hash);
    if (row !== undefined) return row;
    const sql = "SELECT id, used FROM session WHERE hash = ?";
    row = getRow(this.#db, sql, bytesOf(hash)) as unknown as SessionRow | undefined;
    if (row !== undefined) this.#sessions.set(hash, row);
    return row;
  }

  /** Makes a row for a session, used `now` (in ms since 1970). */
  makeSession(hash: Hash, now: number): SessionRow {
    const id = insertRow(
      this.#db,
      "INSERT INTO session (hash, used) VALUES (?, ?)",
      bytesOf(hash),
      now,
    );
    const row = { id, used: now };
    this.#sessions.set(hash, row);
    return row;
  }

  /** Forgets the rows of a session and of its direct messages. */
  dropSession(hash: Hash): void {
    this.#sessions.delete(hash);
    this.#rooms.delete(directLog(hash));
  }
}
