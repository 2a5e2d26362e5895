/** A copy of the database that is kept aside before it is upgraded, since there is no way back. */

import type { DatabaseSync } from "node:sqlite";
import { isNoRoom, reasonOf } from "./faults.ts";

/** A copy that was made, or was there already. */
export interface Copy {
  readonly path: string;
  readonly bytes: number;
}

/** Thrown when there can be no copy; the message says why and what to do. */
export class CopyError extends Error {
  override readonly name = "CopyError";
}

/** How many copies of one version there may be beside each other. */
const MOST_COPIES = 100;

/**
 * Keeps a copy of the database at `path` beside it, as `chatroom-before-v3.db` for an upgrade `to`
 * version 3. One that an upgrade has left that did not come to its end is not made again. Throws a
 * {@linkcode CopyError}, with nothing left behind, where there is no room for it.
 */
export function copyAside(db: DatabaseSync, path: string, to: number): Copy {
  const start = `${path.replace(/\.db$/, "")}-before-v${to}`;
  for (let n = 1; n <= MOST_COPIES; n++) {
    const copy = `${start}${n === 1 ? "" : `-${n}`}.db`;
    const there = sizeOf(copy);
    if (there === undefined) return make(db, copy);
    if (isOf(db, copy)) return { path: copy, bytes: there };
  }
  throw new CopyError(`There are ${MOST_COPIES} files such as ${start}.db; move them away`);
}

function make(db: DatabaseSync, path: string): Copy {
  const part = `${path}.part`;
  try {
    // What an attempt has left that was cut short.
    removeIfThere(part);
    Deno.openSync(part, { createNew: true, write: true, mode: 0o600 }).close();
    db.prepare("VACUUM INTO ?").run(part);
    const file = Deno.openSync(part, { write: true });
    file.syncSync();
    file.close();
    Deno.renameSync(part, path);
  } catch (error) {
    removeIfThere(part);
    const what = isNoRoom(error) ? "there is no room for it" : "it can't be written";
    throw new CopyError(
      `The database is to be upgraded, and a copy of it is kept first as ${path}, but ${what} ` +
        `(${reasonOf(error)}); make as much room as the database takes, and start again`,
    );
  }
  return { path, bytes: Deno.statSync(path).size };
}

/** Whether a file is a copy of the database as it is. */
function isOf(db: DatabaseSync, path: string): boolean {
  try {
    db.prepare("ATTACH ? AS copy").run(path);
  } catch {
    return false;
  }
  try {
    return db.prepare(
          "SELECT (SELECT max(id) FROM message) IS (SELECT max(id) FROM copy.message) AND " +
            "NOT EXISTS (SELECT key, value FROM main.meta EXCEPT SELECT key, value FROM copy.meta) AS same",
        ).get()?.["same"] === 1 && versionOf(db, "copy") === versionOf(db, "main");
  } catch {
    return false;
  } finally {
    db.exec("DETACH copy");
  }
}

function versionOf(db: DatabaseSync, schema: string): unknown {
  return db.prepare(`PRAGMA ${schema}.user_version`).get()?.["user_version"];
}

function sizeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
