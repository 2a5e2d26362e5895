/** The rooms of a database with what is kept of each, for whoever decides which may go. */

import type { DatabaseSync } from "node:sqlite";
import { prepared } from "./prepared.ts";
import { ROOM } from "./stored_log.ts";

/** A room as it is kept. */
export interface KeptRoom {
  readonly key: string;
  readonly name: string;
  readonly topic: string;
  readonly messages: number;
  /** What the texts take, in bytes. */
  readonly bytes: number;
  /** When the first and the last of its messages were said, in ms since 1970; `null`: there are none. */
  readonly first: number | null;
  readonly last: number | null;
  /** Accounts that are its operators. */
  readonly hosts: readonly string[];
}

/** Every room, by name. */
export function listRooms(db: DatabaseSync): KeptRoom[] {
  const hosts = new Map<string, string[]>();
  for (const { room, account } of prepared(db, "SELECT room, account FROM host").all()) {
    hosts.set(String(room), [...hosts.get(String(room)) ?? [], String(account)]);
  }
  const rows = prepared(
    db,
    "SELECT r.key, r.name, r.topic, count(m.id) AS messages, " +
      "ifnull(sum(length(CAST(m.text AS BLOB))), 0) AS bytes, min(m.at) AS first, max(m.at) AS last " +
      "FROM room r LEFT JOIN message m ON m.room = r.id WHERE r.kind = ? GROUP BY r.id ORDER BY r.key",
  ).all(ROOM) as unknown as Array<Omit<KeptRoom, "hosts">>;
  return rows.map((row) => ({ ...row, hosts: hosts.get(row.key) ?? [] }));
}
