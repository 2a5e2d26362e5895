/** What a node has stored, in short, so that nodes can be compared while they run. */

import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import type { Incarnation } from "../../lib/cluster/incarnations.ts";
import { type LogPlace, notedIn } from "../../lib/store/applied_notes.ts";
import { CHAT, ROOM } from "../../lib/store/columns.ts";

/**
 * What is a node's own: what it remembers of the house and where it stands, how far it has indexed words, and
 * what it still has to remove of what is gone.
 */
const OWN = /^(noted|journal|meta|let_go|sqlite_.*|message_words.*)$/;

/**
 * Tables of which not all is to be compared. A session that is forgotten, and what was sent under it, is removed
 * by each node in its own time, and the numbers of rows that were removed last are used again.
 */
const COMPARED: Readonly<Record<string, (columns: (...without: string[]) => string) => string>> = {
  session: (columns) => `SELECT ${columns("id")} FROM session WHERE used > 0 ORDER BY hash`,
  room: (columns) =>
    `SELECT ${columns("id")} FROM room WHERE kind IN (${ROOM}, ${CHAT}) ORDER BY kind, key`,
  message: (columns) =>
    `SELECT ${columns("room", "session", "request", "inbox", "inbox_n")}, ${LOG}, ` +
    `s.hash, iif(s.hash IS NULL, NULL, m.request) FROM message m ` +
    "LEFT JOIN session s ON s.id = m.session AND s.used > 0 ORDER BY m.id",
  mention: (columns) => `SELECT ${columns("room")}, ${LOG} FROM mention m ORDER BY author, message`,
  file: (columns) => `SELECT ${columns("room")}, ${LOG} FROM file m ORDER BY m.id`,
};

/** The log that a row of `m` is of. */
const LOG = "(SELECT kind || ' ' || key FROM room WHERE id = m.room)";

/** What a node has stored at one moment. */
export interface StoreDigest {
  readonly place: LogPlace;
  /** A hash of the rows of each table. */
  readonly tables: Readonly<Record<string, string>>;
}

/** Reads the store of a node, which may be running. */
export function digestOf(dir: string): StoreDigest {
  using db = new DatabaseSync(`${dir}/chatroom.db`, { readOnly: true });
  db.exec("PRAGMA busy_timeout = 10000; BEGIN");
  const place = db.prepare("SELECT value FROM meta WHERE key = 'place'").get()?.["value"];
  const names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map(({ name }) => String(name)).filter((name) => !OWN.test(name));
  const tables: Record<string, string> = {};
  for (const name of names) {
    const hash = createHash("sha256");
    for (const row of db.prepare(queryOf(db, name)).iterate()) {
      hash.update(JSON.stringify(Object.values(row), bytesAsHex));
    }
    tables[name] = hash.digest("hex").slice(0, 16);
  }
  return { place: JSON.parse(String(place ?? '{"seq":0,"at":0,"hash":""}')), tables };
}

function queryOf(db: DatabaseSync, table: string): string {
  const all = db.prepare(`SELECT name FROM pragma_table_info('${table}')`).all();
  const columns = (...without: string[]): string =>
    all.map(({ name }) => String(name)).filter((name) => !without.includes(name))
      .map((name) => table === "room" || table === "session" ? name : `m."${name}"`).join(", ");
  return COMPARED[table]?.(columns) ?? `SELECT * FROM "${table}" ORDER BY 1, 2`;
}

function bytesAsHex(_: string, value: unknown): unknown {
  return value instanceof Uint8Array ? value.toHex() : value;
}

/** The tables in which stores differ. */
export function differing(digests: readonly StoreDigest[]): string[] {
  const names = new Set(digests.flatMap(({ tables }) => Object.keys(tables)));
  return [...names].filter((name) => new Set(digests.map(({ tables }) => tables[name])).size > 1);
}

/** The names of the nodes that live, as a node has read it in the log. */
export function aliveIn(dir: string): string[] {
  const nodes: Incarnation[] = JSON.parse(notedIn(dir, "nodes") ?? "[]");
  return nodes.filter(({ isDead }) => !isDead).map(({ node }) => node);
}
