/** Makes pages of messages that were found in several logs, as they are to be read. */

import type { DatabaseSync } from "node:sqlite";
import type { Stored } from "../chat/messages/history.ts";
import { type Kind, logOf } from "./columns.ts";
import { logSum, MESSAGE_COLUMNS, messageOf } from "./message_row.ts";
import { readable } from "./readable.ts";
import type { SqlRow } from "./sql.ts";

/** The columns, of `message m`, `name n` and `room r`, that {@linkcode foundIn} needs. */
export const FOUND_COLUMNS = `${MESSAGE_COLUMNS}, m.room AS log, r.about`;

/** The messages in rows, each with its log, as `asker`, whose address is hidden, reads them. */
export function foundIn(
  db: DatabaseSync,
  rows: readonly SqlRow[],
  asker: string | undefined,
): Stored[] {
  return rows.flatMap((row) => {
    const [kind, key] = [Number(row["kind"]) as Kind, String(row["key"])];
    const sum = logSum(kind, key);
    const log = { id: Number(row["log"]), sum, kind, about: Number(row["about"]) };
    const stored = { message: messageOf(row, sum), log: logOf(kind, key) };
    return readable(db, log, [stored], asker);
  });
}
