/** Copies the database of a running server into a file, as of one moment. */

import { backup, DatabaseSync } from "node:sqlite";
import type { LogPlace } from "./applied_notes.ts";
import { databasePath } from "./directory.ts";
import { statIfThere } from "./private.ts";

/** A copy of a node's database. */
export interface CopiedOut {
  readonly bytes: number;
  /** Where the node stood then: all that is in the copy is of that moment. */
  readonly place: LogPlace;
}

/**
 * Copies the database in a directory into the file `to`, which must not be there. Commits go on meanwhile,
 * and don't come into the copy. Rejects when there is no room for it.
 */
export async function copyStore(dir: string, to: string): Promise<CopiedOut> {
  using db = new DatabaseSync(databasePath(dir), { readOnly: true });
  db.exec("PRAGMA busy_timeout = 5000");
  // What is read within one transaction is of one moment; otherwise each commit would have the copy begin anew.
  db.exec("BEGIN");
  const row = db.prepare("SELECT value FROM meta WHERE key = 'place'").get();
  try {
    (await Deno.open(to, { createNew: true, write: true, mode: 0o600 })).close();
    await backup(db, to);
    using copy = new DatabaseSync(to);
    copy.exec("PRAGMA journal_mode = DELETE");
  } catch (error) {
    await Deno.remove(to).catch(() => {});
    throw error;
  }
  const place = JSON.parse(String(row?.["value"] ?? "null")) ?? { seq: 0, at: 0, hash: "" };
  return { bytes: statIfThere(to)?.size ?? 0, place };
}

/**
 * Puts a copy in the place of the database in a directory that no server uses. What was there before is kept
 * beside it, as `chatroom.db.before-copy`; returns its path if there was something.
 */
export async function takeCopy(dir: string, copy: string): Promise<string | undefined> {
  const path = databasePath(dir);
  const kept = statIfThere(path) === undefined ? undefined : `${path}.before-copy`;
  if (kept !== undefined) {
    // What a crash has left in its log belongs to it.
    for (const suffix of ["", "-wal", "-shm"]) {
      if (statIfThere(path + suffix) !== undefined) await Deno.rename(path + suffix, kept + suffix);
    }
  }
  const file = await Deno.open(copy, { write: true });
  await file.sync();
  file.close();
  await Deno.rename(copy, path);
  return kept;
}
