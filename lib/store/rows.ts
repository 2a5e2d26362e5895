/** The rows that messages point to: rooms, names and sessions, found or made, and remembered. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { directLog, type LogKey } from "../chat/messages/log_key.ts";
import type { Hash } from "../chat/sessions/session.ts";
import { nameKey } from "../words/names.js";
import { bytesOf, ROOM, rowOf } from "./columns.ts";
import { logSum } from "./message_row.ts";
import { roomFloor } from "./rooms.ts";

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
  readonly #statements: Record<
    "findRoom" | "makeRoom" | "nameRoom" | "findName" | "makeName" | "findSession" | "makeSession",
    StatementSync
  >;
  readonly #db: DatabaseSync;
  readonly #maxRooms: number;
  readonly #countRooms: StatementSync;
  /** `undefined`: they are to be counted anew. */
  #roomCount: number | undefined;

  constructor(db: DatabaseSync, maxRooms = MAX_ROOMS) {
    this.#maxRooms = maxRooms;
    this.#db = db;
    this.#statements = {
      findRoom: db.prepare("SELECT id, name, last FROM room WHERE kind = ? AND key = ?"),
      makeRoom: db.prepare(
        "INSERT INTO room (kind, key, name, first, last, opener) VALUES (?, ?, ?, ?, ?, ?)",
      ),
      nameRoom: db.prepare("UPDATE room SET name = ? WHERE id = ?"),
      findName: db.prepare("SELECT id FROM name WHERE name = ?"),
      makeName: db.prepare("INSERT INTO name (name, key) VALUES (?, ?)"),
      findSession: db.prepare("SELECT id, used FROM session WHERE hash = ?"),
      makeSession: db.prepare("INSERT INTO session (hash, used) VALUES (?, ?)"),
    };
    this.#countRooms = db.prepare(`SELECT count(*) AS n FROM room WHERE kind = ${ROOM}`);
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
      this.#statements.nameRoom.run(title, row.id);
      row.name = title;
    }
    return row;
  }

  #findRoom(log: LogKey): RoomRow | undefined {
    const { kind, key } = rowOf(log);
    const row = this.#statements.findRoom.get(kind, key);
    if (row === undefined) return undefined;
    const { id, name, last } = row;
    return { id: Number(id), kind, sum: logSum(kind, key), name: String(name), last: Number(last) };
  }

  #makeRoom(log: LogKey, title: string, opener: string): RoomRow | undefined {
    const { kind, key } = rowOf(log);
    if (kind === ROOM && !this.#countRoom()) return undefined;
    const last = kind === ROOM ? roomFloor(this.#db) : 0;
    const { lastInsertRowid } = this.#statements.makeRoom.run(
      kind,
      key,
      title,
      last + 1,
      last,
      opener,
    );
    return { id: Number(lastInsertRowid), kind, sum: logSum(kind, key), name: title, last };
  }

  /** Counts one room more; false: there are too many. */
  #countRoom(): boolean {
    this.#roomCount ??= Number(this.#countRooms.get()?.["n"]);
    if (this.#roomCount >= this.#maxRooms) return false;
    this.#roomCount++;
    return true;
  }

  /** The id of who goes by a name. */
  name(name: string): number {
    let id = this.#names.get(name);
    if (id === undefined) {
      const row = this.#statements.findName.get(name);
      id = Number(
        row?.["id"] ?? this.#statements.makeName.run(name, nameKey(name)).lastInsertRowid,
      );
      remember(this.#names, name, id);
    }
    return id;
  }

  /** The row of a session that is there. */
  findSession(hash: Hash): SessionRow | undefined {
    let row = this.#sessions.get(hash);
    if (row !== undefined) return row;
    row = this.#statements.findSession.get(bytesOf(hash)) as SessionRow | undefined;
    if (row !== undefined) remember(this.#sessions, hash, row);
    return row;
  }

  /** A new row for a session. */
  makeSession(hash: Hash, now: number): SessionRow {
    const { lastInsertRowid } = this.#statements.makeSession.run(bytesOf(hash), now);
    const row = { id: Number(lastInsertRowid), used: now };
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
