/**
 * Whether the data is what was there when the server stopped. A counter in the database and one in
 * a file beside it go up together; when they differ, the one or the other was put back, and numbers
 * that clients have seen may come to stand for other messages: a new epoch begins.
 */

import type { DatabaseSync } from "node:sqlite";

import { FORGOTTEN } from "./sessions.ts";

const FILE = "boot";

/** The epoch to go on with; counts up, in the database first. */
export function openEpoch(db: DatabaseSync, dir: string): string {
  const stored = { epoch: meta(db, "epoch"), boot: Number(meta(db, "boot") ?? 0) };
  const [epoch = "", boot = ""] = readFile(`${dir}/${FILE}`).trim().split(" ");
  const behind = stored.boot - Number(boot || NaN);
  // One behind: the process ended between the two writes.
  const same = epoch !== "" && epoch === stored.epoch && (behind === 0 || behind === 1);
  const next = same ? epoch : crypto.randomUUID();
  // Sessions count their direct messages, and those numbers would be used anew as well.
  if (!same) db.prepare("UPDATE session SET used = ?").run(FORGOTTEN);
  count(db, dir, next, stored.boot + 1);
  return next;
}

/** Counts up once more, so that a copy from while the server ran is told from what it left. */
export function closeEpoch(db: DatabaseSync, dir: string): void {
  count(db, dir, meta(db, "epoch") ?? "", Number(meta(db, "boot") ?? 0) + 1);
}

function count(db: DatabaseSync, dir: string, epoch: string, boot: number): void {
  db.exec("BEGIN IMMEDIATE");
  const set = db.prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)");
  set.run("epoch", epoch);
  set.run("boot", String(boot));
  db.exec("COMMIT");
  // In one step: a half of it would begin a new epoch.
  const path = `${dir}/${FILE}`;
  Deno.writeTextFileSync(`${path}.new`, `${epoch} ${boot}\n`);
  Deno.renameSync(`${path}.new`, path);
}

function meta(db: DatabaseSync, key: string): string | undefined {
  return db.prepare("SELECT value FROM meta WHERE key = ?").get(key)?.["value"] as
    | string
    | undefined;
}

function readFile(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
