/** Looks for messages that are not what was stored. */

import type { DatabaseSync } from "node:sqlite";
import { isIntact, MESSAGE_COLUMNS, type MessageRow } from "./message_row.ts";
import { ROOM } from "./stored_log.ts";
import { MAX_TIME } from "./time.ts";

/** Messages that are looked at at once. */
const PAGE_ROWS = 1_000;

/** Messages whose checksum is another one, `limit` of them at most; a time that is none is told elsewhere. */
export function badSums(db: DatabaseSync, limit: number): string[] {
  const page = db.prepare(`SELECT m.id, ${MESSAGE_COLUMNS}
    FROM message m CROSS JOIN room r ON r.id = m.room CROSS JOIN name n ON n.id = m.sender
    WHERE m.id > ? AND m.at BETWEEN -${MAX_TIME} AND ${MAX_TIME} ORDER BY m.id LIMIT ${PAGE_ROWS}`);
  const found: string[] = [];
  for (let id = 0;;) {
    const rows = page.all(id);
    for (const row of rows) if (!isIntact(row)) found.push(changed(row));
    if (rows.length < PAGE_ROWS || found.length >= limit) return found.slice(0, limit);
    id = Number(rows.at(-1)?.["id"]);
  }
}

function changed({ id, kind, seq, room }: MessageRow): string {
  const where = kind === ROOM ? "in" : "of the direct messages to";
  return `message ${id}, number ${seq} ${where} ${JSON.stringify(room)}, was changed on the disk ` +
    "after it was stored";
}
