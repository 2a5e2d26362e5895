/** The rows that messages point to: rooms, names and sessions, found or made, and remembered. */

import { createHash } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { directLog, isDirectLog } from "../chat/history.ts";

/** A room's row, as far as storing needs it. */
export interface RoomRow {
  readonly id: number;
  /** 0: a room; 1: the direct messages of a session. */
  readonly kind: number;
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

/** Rooms on disk at most: each has a row in memory, for as long as the server runs. */
const MAX_ROOMS = 100_000;

/** The rows of one database, for the one who writes it. */
export class Rows {
  readonly #rooms = new Map<string, RoomRow>();
  readonly #names = new Map<string, number>();
  readonly #sessions = new Map<string, SessionRow>();
  readonly #statements: Record<
    "findRoom" | "makeRoom" | "nameRoom" | "findName" | "makeName" | "findSession" | "makeSession",
    StatementSync
  >;
  readonly #countRooms: StatementSync;
  /** `undefined`: they are to be counted anew. */
  #roomCount: number | undefined;

  constructor(db: DatabaseSync) {
    this.#statements = {
      findRoom: db.prepare("SELECT id, kind, name, last FROM room WHERE key = ?"),
      makeRoom: db.prepare("INSERT INTO room (kind, key, name) VALUES (?, ?, ?)"),
      nameRoom: db.prepare("UPDATE room SET name = ? WHERE id = ?"),
      findName: db.prepare("SELECT id FROM name WHERE name = ?"),
      makeName: db.prepare("INSERT INTO name (name) VALUES (?)"),
      findSession: db.prepare("SELECT id, used FROM session WHERE hash = ?"),
      makeSession: db.prepare("INSERT INTO session (hash, used) VALUES (?, ?)"),
    };
    this.#countRooms = db.prepare("SELECT count(*) AS n FROM room WHERE kind = 0");
  }

  /** Forgets what it knows, after a transaction that was rolled back. */
  clear(): void {
    this.#rooms.clear();
    this.#names.clear();
    this.#sessions.clear();
    this.#roomCount = undefined;
  }

  /** The row of a room, under the name that it goes by now; `undefined`: there are too many. */
  room(key: string, title: string): RoomRow | undefined {
    let row = this.#rooms.get(key);
    if (row === undefined) {
      const stored = storedKey(key);
      row = this.#statements.findRoom.get(stored) as RoomRow | undefined;
      if (row === undefined) {
        const kind = isDirectLog(key) ? 1 : 0;
        if (kind === 0 && !this.#countRoom()) return undefined;
        const { lastInsertRowid } = this.#statements.makeRoom.run(kind, stored, title);
        row = { id: Number(lastInsertRowid), kind, name: title, last: 0 };
      }
      remember(this.#rooms, key, row);
    }
    if (row.name !== title) {
      this.#statements.nameRoom.run(title, row.id);
      row.name = title;
    }
    return row;
  }

  /** Counts one room more; false: there are too many. */
  #countRoom(): boolean {
    this.#roomCount ??= Number(this.#countRooms.get()?.["n"]);
    if (this.#roomCount >= MAX_ROOMS) return false;
    this.#roomCount++;
    return true;
  }

  /** The id of who goes by a name. */
  name(name: string): number {
    let id = this.#names.get(name);
    if (id === undefined) {
      const row = this.#statements.findName.get(name);
      id = Number(row?.["id"] ?? this.#statements.makeName.run(name).lastInsertRowid);
      remember(this.#names, name, id);
    }
    return id;
  }

  /** The row of a session that is there. */
  findSession(secret: string): SessionRow | undefined {
    let row = this.#sessions.get(secret);
    if (row !== undefined) return row;
    row = this.#statements.findSession.get(hashOf(secret)) as SessionRow | undefined;
    if (row !== undefined) remember(this.#sessions, secret, row);
    return row;
  }

  /** A new row for a session. */
  makeSession(secret: string, now: number): SessionRow {
    const { lastInsertRowid } = this.#statements.makeSession.run(hashOf(secret), now);
    const row = { id: Number(lastInsertRowid), used: now };
    remember(this.#sessions, secret, row);
    return row;
  }

  /** Forgets what it knows of a session. */
  dropSession(secret: string): void {
    this.#sessions.delete(secret);
    this.#rooms.delete(directLog(secret));
  }
}

/** A room's key as it is stored: the secret of a session never is. */
export function storedKey(key: string): string {
  if (!isDirectLog(key)) return key;
  const secret = key.slice(2);
  return secret === "" ? "@" : `@${hex(hashOf(secret))}`;
}

/** The key of the direct messages of the session with this hash. */
export function directKey(hash: Uint8Array): string {
  return `@${hex(hash)}`;
}

/** The SHA-256 of a session's secret. */
export function hashOf(secret: string): Uint8Array {
  return createHash("sha256").update(secret).digest();
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function remember<V>(rows: Map<string, V>, key: string, row: V): void {
  if (rows.size >= REMEMBERED) rows.clear();
  rows.set(key, row);
}
