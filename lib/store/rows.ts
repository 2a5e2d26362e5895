/** The rows that messages point to: rooms, names and sessions, found or made, and remembered. */

import type { DatabaseSync } from "node:sqlite";
import { directLog, type LogKey } from "../chat/messages/log_key.ts";
import type { Hash } from "../chat/sessions/session.ts";
import { nameKey } from "../words/names.js";
import { logSum } from "./message_row.ts";
import { roomFloor } from "./rooms.ts";
import { getNumber, getRow, insertRow, runSql } from "./sql.ts";
import { bytesOf, ROOM, rowOf } from "./columns.ts";

/** A room's row, as far as storing needs it. */
export interface RoomRow {
  readonly id: number;
  /** {@linkcode ROOM}, or that of direct messages. */
  readonly kind: number;
  /** What the checksums of its messages begin with. */
  readonly sum: number;
  name: string;
  last: number;
}

/** A session's row. */
export interface SessionRow {
  readonly id: number;
  /** When it was used last as the database has it, in ms since 1970; 0: it is to be forgotten. */
  used: number;
}

/** How many rows of a kind are remembered before all are looked up anew. */
const REMEMBERED = 20_000;

/** Rooms on disk at most unless told: each has a row in memory, for as long as the server runs. */
const MAX_ROOMS = 100_000;

/** The rows of one database, for the one who writes it. */
export class Rows {
  readonly #rooms = new Map<LogKey, RoomRow>();
  readonly #names = new Map<string, number>();
  readonly #sessions = new Map<Hash, SessionRow>();
  readonly #db: DatabaseSync;
  readonly #maxRooms: number;
  /** `undefined`: they are to be counted anew. */
  #roomCount: number | undefined;

  constructor(db: DatabaseSync, maxRooms = MAX_ROOMS) {
    this.#maxRooms = maxRooms;
    this.#db = db;
  }

  /** Forgets what it knows, after a transaction that was rolled back. */
  clear(): void {
    this.#rooms.clear();
    this.#names.clear();
    this.#sessions.clear();
    this.#roomCount = undefined;
  }

  /**
   * The row of a log, under the name that it goes by now; a new one counts in the share of `opener`.
   * `undefined`: there are too many rooms.
   */
  room(log: LogKey, title: string, opener = ""): RoomRow | undefined {
    let row = this.#rooms.get(log);
    if (row === undefined) {
      row = this.#findRoom(log) ?? this.#makeRoom(log, title, opener);
      if (row === undefined) return undefined;
      remember(this.#rooms, log, row);
    }
    if (row.name !== title) {
      runSql(this.#db, "UPDATE room SET name = ? WHERE id = ?", title, row.id);
      row.name = title;
    }
    return row;
  }

  #findRoom(log: LogKey): RoomRow | undefined {
    const { kind, key } = rowOf(log);
    const sql = "SELECT id, name, last FROM room WHERE kind = ? AND key = ?";
    const row = getRow(this.#db, sql, kind, key);
    if (row === undefined) return undefined;
    const { id, name, last } = row;
    return { id: Number(id), kind, sum: logSum(kind, key), name: String(name), last: Number(last) };
  }

  #makeRoom(log: LogKey, title: string, opener: string): RoomRow | undefined {
    const { kind, key } = rowOf(log);
    if (kind === ROOM && !this.#countRoom()) return undefined;
    const last = kind === ROOM ? roomFloor(this.#db) : 0;
    const sql = "INSERT INTO room (kind, key, name, first, last, opener) VALUES (?, ?, ?, ?, ?, ?)";
    const id = insertRow(this.#db, sql, kind, key, title, last + 1, last, opener);
    return { id, kind, sum: logSum(kind, key), name: title, last };
  }

  /** Counts one room more; false: there are too many. */
  #countRoom(): boolean {
    this.#roomCount ??= getNumber(this.#db, "SELECT count(*) AS n FROM room WHERE kind = ?", ROOM);
    if (this.#roomCount >= this.#maxRooms) return false;
    this.#roomCount++;
    return true;
  }

  /** The id of who goes by a name. */
  name(name: string): number {
    let id = this.#names.get(name);
    if (id === undefined) {
      const row = getRow(this.#db, "SELECT id FROM name WHERE name = ?", name);
      const sql = "INSERT INTO name (name, key) VALUES (?, ?)";
      id = Number(row?.["id"] ?? insertRow(this.#db, sql, name, nameKey(name)));
      remember(this.#names, name, id);
    }
    return id;
  }

  /** The row of a session that is there. */
  findSession(hash: Hash): SessionRow | undefined {
    let row = this.#sessions.get(hash);
    if (row !== undefined) return row;
    const sql = "SELECT id, used FROM session WHERE hash = ?";
    row = getRow(this.#db, sql, bytesOf(hash)) as unknown as SessionRow | undefined;
    if (row !== undefined) remember(this.#sessions, hash, row);
    return row;
  }

  /** A new row for a session. */
  makeSession(hash: Hash, now: number): SessionRow {
    const id = insertRow(
      this.#db,
      "INSERT INTO session (hash, used) VALUES (?, ?)",
      bytesOf(hash),
      now,
    );
    const row = { id, used: now };
    remember(this.#sessions, hash, row);
    return row;
  }

  /** Forgets what it knows of a session. */
  dropSession(hash: Hash): void {
    this.#sessions.delete(hash);
    this.#rooms.delete(directLog(hash));
  }
}

function remember<K, V>(rows: Map<K, V>, key: K, row: V): void {
  if (rows.size >= REMEMBERED) rows.clear();
  rows.set(key, row);
}
