/**
 * Stores which message has brought which file: names and sizes, and where the bytes are meant. The bytes
 * lie in a folder beside the database, by their SHA-256, and are no matter of this one.
 */

import type { DatabaseSync } from "node:sqlite";
import type { FileUsage } from "../chat/files/file_store.ts";
import type { StoredFile } from "../chat/log/fact_log.ts";
import type { SentFile } from "../wire/events.ts";
import { GONE, logOf, ROOM, textColumn, textOf } from "./columns.ts";
import { getRow, getRows, runSql, type SqlRow } from "./sql.ts";

/** A file that a message has brought. */
export interface FileToStore {
  readonly file: SentFile;
  /** In whose quota it counts; addresses are hidden, see kept_logs.ts. */
  readonly owner: string;
  /** The row of the log, and the number of the message in it. */
  readonly room: number;
  readonly seq: number;
}

/** Rows of `file_usage` that are no owner's: those of all guests, and of all. */
const GUESTS = "guests";
const ALL = "all";

/** Stores a file, in the caller's transaction. Does nothing if there is one with its id. */
export function addFile(db: DatabaseSync, { file, owner, room, seq }: FileToStore): void {
  const { id, name, size, type, sha256, width = null, height = null } = file;
  runSql(db, "INSERT OR IGNORE INTO blob VALUES (?, ?, ?, ?)", sha256, size, width, height);
  const sql = "INSERT OR IGNORE INTO file VALUES (?, ?, ?, ?, ?, ?, ?)";
  if (runSql(db, sql, id, sha256, name, type, owner, room, seq) > 0) count(db, owner, size);
}

/** Adds bytes to what is counted for an owner. */
function count(db: DatabaseSync, owner: string, bytes: number): void {
  for (const whose of owner.startsWith("address ") ? [owner, GUESTS, ALL] : [owner, ALL]) {
    runSql(
      db,
      "INSERT INTO file_usage VALUES (?, ?) ON CONFLICT (owner) DO UPDATE SET bytes = bytes + excluded.bytes",
      ...[whose, bytes],
    );
  }
  runSql(db, "DELETE FROM file_usage WHERE owner = ? AND bytes = 0", owner);
}

/**
 * Removes the files of a log that its messages from one number to another have brought, in the caller's
 * transaction. Blobs that were brought by no other message wait in `let_go`; see {@linkcode takeLetGo}.
 */
export function dropFiles(
  db: DatabaseSync,
  room: number,
  first = 0,
  last: number = Number.MAX_SAFE_INTEGER,
): void {
  const which = "room = ? AND seq BETWEEN ? AND ?";
  const files = getRows(
    db,
    `SELECT blob, owner, size FROM file JOIN blob ON sha = blob WHERE ${which}`,
    ...[room, first, last],
  );
  if (files.length === 0) return;
  runSql(db, `DELETE FROM file WHERE ${which}`, room, first, last);
  for (const { owner, size } of files) count(db, String(owner), -Number(size));
  for (const blob of new Set(files.map(({ blob }) => String(blob)))) {
    const isGone = "sha = ?1 AND NOT EXISTS (SELECT 1 FROM file WHERE blob = ?1)";
    if (runSql(db, `DELETE FROM blob WHERE ${isGone}`, blob) > 0) {
      runSql(db, "INSERT OR IGNORE INTO let_go VALUES (?)", blob);
    }
  }
}

/**
 * Takes out blobs that no message brings any more, at most `limit`, in the caller's transaction. Whoever
 * removes them has to ask once more: a message may have brought one of them again.
 */
export function takeLetGo(db: DatabaseSync, limit: number): string[] {
  const blobs = getRows(db, "SELECT sha FROM let_go LIMIT ?", limit).map(({ sha }) => String(sha));
  for (const sha of blobs) runSql(db, "DELETE FROM let_go WHERE sha = ?", sha);
  return blobs;
}

/** The file with an id; `undefined` if there is none, or its log is gone. */
export function findFile(db: DatabaseSync, id: string): StoredFile | undefined {
  const row = getRow(
    db,
    `SELECT f.id, ${textColumn("f.name", "name")}, f.type, f.blob, f.owner, f.seq, r.kind, r.key,
        b.size, b.width, b.height
      FROM file f JOIN blob b ON b.sha = f.blob JOIN room r ON r.id = f.room
      WHERE f.id = ? AND r.kind <> ${GONE}`,
    id,
  );
  return row === undefined ? undefined : fileOf(row);
}

function fileOf(row: SqlRow): StoredFile {
  const { id, name, type, blob, owner, seq, kind, key, size, width, height } = row;
  return {
    id: String(id),
    name: textOf(name),
    size: Number(size),
    type: String(type),
    sha256: String(blob),
    ...(width === null ? {} : { width: Number(width) }),
    ...(height === null ? {} : { height: Number(height) }),
    log: logOf(Number(kind), String(key)),
    seq: Number(seq),
    owner: String(owner) as StoredFile["owner"],
  };
}

/** How many bytes of files are stored: of an owner, of all guests, and of all. */
export function usageOf(db: DatabaseSync, owner: string): FileUsage {
  const rows = getRows(db, "SELECT * FROM file_usage WHERE owner IN (?, ?, ?)", owner, GUESTS, ALL);
  const bytes = new Map(rows.map(({ owner, bytes }) => [String(owner), Number(bytes)]));
  const of = (whose: string): number => bytes.get(whose) ?? 0;
  return { own: of(owner), guests: of(GUESTS), all: of(ALL) };
}

/** Which of these blobs messages have brought. */
export function blobsKept(db: DatabaseSync, sha256s: readonly string[]): Set<string> {
  const sql = "SELECT sha FROM blob WHERE sha IN (SELECT value FROM json_each(?))";
  return new Set(getRows(db, sql, JSON.stringify(sha256s)).map(({ sha }) => String(sha)));
}

/** Which message has brought a file, as the database tells somebody who looks for it. */
export interface FileBringer {
  readonly name: string;
  readonly from: string;
  /** The name of the room; `undefined` for a conversation. */
  readonly room?: string;
  /** In ms since 1970. */
  readonly at: number;
}

/** The messages that have brought a blob, the first one first, at most `limit`. */
export function bringersOf(db: DatabaseSync, sha256: string, limit: number): FileBringer[] {
  const rows = getRows(
    db,
    `SELECT ${textColumn("f.name", "name")}, n.name AS sender, r.kind, r.name AS room, m.at
      FROM file f JOIN room r ON r.id = f.room JOIN message m ON m.room = f.room AND m.seq = f.seq
        JOIN name n ON n.id = m.sender
      WHERE f.blob = ? ORDER BY m.id LIMIT ?`,
    ...[sha256, limit],
  );
  return rows.map(({ name, sender, kind, room, at }) => ({
    name: textOf(name),
    from: String(sender),
    ...(Number(kind) === ROOM ? { room: String(room) } : {}),
    at: Number(at),
  }));
}

/** A blob that messages have brought, as the database knows it. */
export interface KnownBlob {
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
}

/** All blobs that messages have brought, by their hashes; none in tables of a version without files. */
export function* eachBlob(db: DatabaseSync): Generator<KnownBlob> {
  if (getRow(db, "SELECT 1 FROM sqlite_schema WHERE name = 'blob'") === undefined) return;
  const page = db.prepare("SELECT sha, size FROM blob WHERE sha > ? ORDER BY sha LIMIT 1000");
  for (let last = "";;) {
    const rows = page.all(last);
    for (const { sha, size } of rows) yield { sha256: String(sha), size: Number(size) };
    if (rows.length === 0) return;
    last = String(rows.at(-1)?.["sha"]);
  }
}
