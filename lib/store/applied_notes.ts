/**
 * What a node of a cluster keeps beside what is stored: where it stands, and what the house knew then. It is
 * written in the transactions of what it belongs to, so one file is always of one moment.
 */

import { DatabaseSync } from "node:sqlite";
import { databasePath } from "./directory.ts";
import { metaOf, setMeta } from "./meta.ts";
import { clusterOf, joinCluster, type Shared } from "./of_cluster.ts";
import { StoreError } from "./faults.ts";
import { statIfThere } from "./private.ts";
import { getRow, getRows, runSql } from "./sql.ts";

/** A place in the order of facts. */
export interface LogPlace {
  /** That of a message of the stream: 1, 2, 3 … */
  readonly seq: number;
  /** Its time, in ms since 1970. */
  readonly at: number;
  /** The hash of all that came up to it, see the chain of the cluster. */
  readonly hash: string;
  /** How many batches of each incarnation that lives have counted up to it. */
  readonly counts?: Readonly<Record<string, number>>;
}

/** Rows of the caller's, each under the seq of its message. */
const JOURNAL = "CREATE TABLE IF NOT EXISTS journal (seq INTEGER PRIMARY KEY, row TEXT NOT NULL)";

/** Values of the caller's, each under a name. */
const NOTED = "CREATE TABLE IF NOT EXISTS noted (name TEXT PRIMARY KEY, value TEXT NOT NULL)";

/** Where the store stands, in `meta`. */
export const PLACE = "place";

/** The notes of one store. */
export class AppliedNotes {
  readonly #db: DatabaseSync;

  /** Makes the store one of the cluster's. Throws a `StoreError` if it is another's, or held messages before. */
  constructor(db: DatabaseSync, shared: Shared) {
    const { cluster } = shared;
    this.#db = db;
    const known = clusterOf(db);
    if (known !== undefined && known !== cluster) {
      throw new StoreError(
        `its data are of the cluster ${known}, and this one is ${cluster}: name another directory with ` +
          "--data, or move this one away, and the node gets all that there is from the others",
      );
    }
    if (known === undefined) checkEmpty(db);
    db.exec(JOURNAL);
    db.exec(NOTED);
    joinCluster(db, shared);
  }

  /** Where the store stands; `undefined`: at the beginning. */
  place(): LogPlace | undefined {
    const text = metaOf(this.#db, PLACE);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** Notes where it stands. */
  stand(place: LogPlace): void {
    setMeta(this.#db, PLACE, JSON.stringify(place));
  }

  /** What was noted under a name. */
  noted(name: string): string | undefined {
    const row = getRow(this.#db, "SELECT value FROM noted WHERE name = ?", name);
    return row === undefined ? undefined : String(row["value"]);
  }

  /** Notes a value under a name, in the place of the one before. */
  note(name: string, value: string): void {
    runSql(this.#db, "INSERT OR REPLACE INTO noted VALUES (?, ?)", name, value);
  }

  /** Adds a row for the message with a seq. */
  enter(seq: number, row: string): void {
    runSql(this.#db, "INSERT OR REPLACE INTO journal VALUES (?, ?)", seq, row);
  }

  /** The rows after a seq, in their order. */
  journal(after: number): string[] {
    return getRows(this.#db, "SELECT row FROM journal WHERE seq > ? ORDER BY seq", after)
      .map(({ row }) => String(row));
  }

  /** Forgets all that was noted and entered. */
  clear(): void {
    runSql(this.#db, "DELETE FROM noted");
    runSql(this.#db, "DELETE FROM journal");
  }

  /** Drops the rows up to a seq. */
  drop(upTo: number): void {
    runSql(this.#db, "DELETE FROM journal WHERE seq <= ?", upTo);
  }
}

/** Throws a `StoreError` where there are messages: those of a store of no cluster are of a server by itself. */
function checkEmpty(db: DatabaseSync): void {
  if (getRow(db, "SELECT 1 FROM message LIMIT 1") === undefined) return;
  throw new StoreError(
    "its messages are of a server that ran by itself: name an empty directory with --data, or make a cluster " +
      "that begins with them, by chatroom cluster init --data",
  );
}

/** The same for a directory that is not open, and whose store may be replaced. */
export function checkReplaceable(dir: string): void {
  const path = databasePath(dir);
  if (!statIfThere(path)?.size) return;
  using db = new DatabaseSync(path, { readOnly: true });
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE name IN ('meta', 'message')")
    .all();
  if (tables.length === 2 && clusterOf(db) === undefined) checkEmpty(db);
}

/** What a store in a directory that is not open has under a name; `undefined`: nothing, or there is no store. */
export function notedIn(dir: string, name: string): string | undefined {
  const path = databasePath(dir);
  if (!statIfThere(path)?.size) return undefined;
  using db = new DatabaseSync(path, { readOnly: true });
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE name = 'noted'").all();
  if (tables.length === 0) return undefined;
  const row = db.prepare("SELECT value FROM noted WHERE name = ?").get(name);
  return row === undefined ? undefined : String(row["value"]);
}

/** Where a store in a directory that is not open stands; `undefined`: at the beginning. */
export function placeIn(dir: string): LogPlace | undefined {
  const path = databasePath(dir);
  if (!statIfThere(path)?.size) return undefined;
  using db = new DatabaseSync(path, { readOnly: true });
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE name = 'meta'").all();
  const text = tables.length === 0 ? undefined : metaOf(db, PLACE);
  return text === undefined ? undefined : JSON.parse(text);
}
