/** What a node has stored, in short, so that nodes can be compared while they run. */

import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import type { Incarnation } from "../../lib/cluster/incarnations.ts";
import { type LogPlace, notedIn } from "../../lib/store/applied_notes.ts";

/**
 * What is a node's own: what it remembers of the house and where it stands, how far it has indexed words, and
 * what it still has to remove of what is gone.
 */
const OWN = /^(noted|journal|meta|let_go|sqlite_.*|message_words.*)$/;

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
    for (const row of db.prepare(`SELECT * FROM "${name}" ORDER BY 1, 2`).iterate()) {
      hash.update(JSON.stringify(Object.values(row), bytesAsHex));
    }
    tables[name] = hash.digest("hex").slice(0, 16);
  }
  return { place: JSON.parse(String(place ?? '{"seq":0,"at":0,"hash":""}')), tables };
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
