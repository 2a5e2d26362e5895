/** Copies the database before it is upgraded, since an upgrade can't be undone. */

import { backup, DatabaseSync } from "node:sqlite";
import { statIfThere } from "./private.ts";
import { isNoRoom, StoreError } from "./faults.ts";
import { reasonOf } from "../wire/text.ts";

/** A copy of the database. */
export interface Copy {
  readonly path: string;
  readonly bytes: number;
}

/** How many copies for one version may be in the directory. */
const MOST_COPIES = 100;

/**
 * Copies the database at `path` into the same directory, as `chatroom-before-v6.db` for an upgrade
 * `to` version 6. If an upgrade that failed has already left a copy of the same data, it uses that one.
 * If there is no room for a copy, it leaves nothing behind and rejects with a {@linkcode StoreError}.
 *
 * It does not use VACUUM INTO, because that attaches the copy, for which Deno asks for all permissions.
 */
export async function copyAside(path: string, to: number): Promise<Copy> {
  using db = new DatabaseSync(path);
  db.exec("PRAGMA busy_timeout = 5000");
  const start = `${path.replace(/\.db$/, "")}-before-v${to}`;
  for (let n = 1; n <= MOST_COPIES; n++) {
    const copy = `${start}${n === 1 ? "" : `-${n}`}.db`;
    const there = statIfThere(copy);
    if (there === undefined) return await make(db, copy);
    if (signatureOf(copy) !== signature(db)) continue;
    // It is kept from now on, and not from when an upgrade was first tried.
    const now = new Date();
    await Deno.utime(copy, now, now);
    return { path: copy, bytes: there.size };
  }
  throw new StoreError(`There are ${MOST_COPIES} files such as ${start}.db; move them away`);
}

/** How long a copy is kept, in ms: 30 days. It has what was removed since. */
const COPY_MS = 30 * 86_400_000;

/** Removes the copies that are older at the time `now`, in ms since 1970, and returns their paths. */
export function removeOldCopies(path: string, now: number): string[] {
  return copiesOf(path).filter((copy) => {
    const made = statIfThere(copy)?.mtime?.getTime();
    if (made === undefined || now - made <= COPY_MS) return false;
    Deno.removeSync(copy);
    return true;
  });
}

/** The copies that were made of the database at `path` before upgrades. */
export function copiesOf(path: string): string[] {
  const [, dir = ".", name = ""] = /^(?:(.*)[\\/])?(.*)\.db$/.exec(path) ?? [];
  const isCopy = new RegExp(`^${name}-before-v\\d+(-\\d+)?\\.db$`);
  return [...Deno.readDirSync(dir)].filter((file) => file.isFile && isCopy.test(file.name))
    .map((file) => `${dir}/${file.name}`).sort();
}

async function make(db: DatabaseSync, path: string): Promise<Copy> {
  const part = `${path}.part`;
  try {
    // An earlier attempt may have been interrupted.
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

/** Turns off the log, so that the copy is complete without other files beside it. */
function settle(path: string): void {
  using db = new DatabaseSync(path);
  db.exec("PRAGMA journal_mode = DELETE");
}

/** Counters that go up with every use, so that databases with other contents differ in them. */
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
    // The file is not ours, so leave it alone.
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
