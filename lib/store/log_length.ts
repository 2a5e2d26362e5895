/**
 * Whether the log beside the database is as long as what SQLite has in it. SQLite itself makes it
 * shorter at times, when all of it is in the database; somebody else who does takes messages.
 */

import type { DatabaseSync } from "node:sqlite";

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** The version from which on SQLite tells how much is in its log without doing anything to it. */
const TELLS_FROM = "3.51.0";
/** Before it: SQLite never makes a log shorter than this, our `journal_size_limit`. */
const LEAST_BYTES = 67_108_864;

/** Whether a log of so many bytes has all that it should. */
export function hasWholeLog(db: DatabaseSync, bytes: number): boolean {
  const version = String(db.prepare("SELECT sqlite_version() AS v").get()?.["v"]);
  // An earlier one would take the word for another, and write what is left into the database.
  if (version.localeCompare(TELLS_FROM, "en", { numeric: true }) < 0) return bytes >= LEAST_BYTES;
  const frames = Number(db.prepare("PRAGMA wal_checkpoint(NOOP)").get()?.["log"]);
  const page = Number(db.prepare("PRAGMA page_size").get()?.["page_size"]);
  return frames <= 0 || bytes >= HEADER_BYTES + frames * (FRAME_HEADER_BYTES + page);
}
