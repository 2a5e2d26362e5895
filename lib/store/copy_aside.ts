/** A copy of the database that is kept aside before it is upgraded, since there is no way back. */

import { backup, DatabaseSync } from "node:sqlite";
import { statIfThere } from "./private.ts";
import { isNoRoom, reasonOf, StoreError } from "./faults.ts";

/** A copy that was made, or was there already. */
export interface Copy {
  readonly path: string;
  readonly bytes: number;
}

/** How many copies of one version there may be beside each other. */
const MOST_COPIES = 100;

/**
 * Keeps a copy of the database at `path` beside it, as `chatroom-before-v3.db` for an upgrade `to`
 * version 3. One that an upgrade has left that did not come to its end is not made again. Rejects with
 * a {@linkcode StoreError}, with nothing left behind, where there is no room for it.
 *
 * Not by VACUUM INTO: that attaches the copy, for which the runtime wants all permissions.
 */
export async function copyAside(path: string, to: number): Promise<Copy> {
  using db = new DatabaseSync(path);
  db.exec("PRAGMA busy_timeout = 5000");
  const start = `${path.replace(/\.db$/, "")}-before-v${to}`;
  for (let n = 1; n <= MOST_COPIES; n++) {
    const copy = `${start}${n === 1 ? "" : `-${n}`}.db`;
    const there = statIfThere(copy);
    if (there === undefined) return await make(db, copy);
    if (signatureOf(copy) === signature(db)) return { path: copy, bytes: there.size };
  }
  throw new StoreError(`There are ${MOST_COPIES} files such as ${start}.db; move them away`);
}

async function make(db: DatabaseSync, path: string): Promise<Copy> {
  const part = `${path}.part`;
  try {
    // What an attempt has left that was cut short.
    await removeIfThere(part);
    (await Deno.open(part, { createNew: true, write: true, mode: 0o600 })).close();
    await backup(db, part);
    settle(part);
    const file = await Deno.open(part, { write: true });
    await file.sync();
    file.close();
    await Deno.rename(part, path);
  } catch (error) {
    await removeIfThere(part);
    const what = isNoRoom(error) ? "there is no room for it" : "it can't be written";
    throw new StoreError(
      `The database is to be upgraded, and a copy of it is kept first as ${path}, but ${what} ` +
        `(${reasonOf(error)}); make as much room as the database takes, and start again`,
    );
  }
  return { path, bytes: (await Deno.stat(path)).size };
}

/** Makes it one file that is complete without others beside it. */
function settle(path: string): void {
  using db = new DatabaseSync(path);
  db.exec("PRAGMA journal_mode = DELETE");
}

/** What tells the contents of one database from those of another: counters that go up with every use. */
function signature(db: DatabaseSync): string {
  const version = db.prepare("PRAGMA user_version").get();
  const last = db.prepare("SELECT max(id) AS id FROM message").get();
  const meta = db.prepare("SELECT key, value FROM meta ORDER BY key").all();
  return JSON.stringify([version, last, meta]);
}

function signatureOf(path: string): string | undefined {
  try {
    using db = new DatabaseSync(path, { readOnly: true });
    return signature(db);
  } catch {
    // It is none of ours, and stays.
    return undefined;
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
