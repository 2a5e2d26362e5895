/** Looks for messages that are not what was stored. */

import type { DatabaseSync } from "node:sqlite";
import { eachRow } from "./each_row.ts";
import { isIntact, MESSAGE_COLUMNS, type MessageRow } from "./message_row.ts";
import { ROOM } from "./stored_log.ts";
import { MAX_TIME } from "./time.ts";

/** Messages whose checksum is another one, `limit` of them at most; a time that is none is told elsewhere. */
export function badSums(db: DatabaseSync, limit: number): string[] {
  const query = `SELECT m.id, ${MESSAGE_COLUMNS}
    FROM message m CROSS JOIN room r ON r.id = m.room CROSS JOIN name n ON n.id = m.sender
    WHERE m.id > ? AND m.at BETWEEN -${MAX_TIME} AND ${MAX_TIME} ORDER BY m.id`;
  const found: string[] = [];
  for (const row of eachRow(db, query)) {
    if (found.length >= limit) break;
    if (!isIntact(row)) found.push(changed(row));
  }
  return found;
}

function changed({ id, kind, seq, room }: MessageRow): string {
  const where = kind === ROOM ? "in" : "of the direct messages to";
  return `message ${id}, number ${seq} ${where} ${JSON.stringify(room)}, was changed on the disk ` +
    "after it was stored";
}
