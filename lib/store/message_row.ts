/** A message as a query finds it, and whether it is still what was stored. */

import type { SQLOutputValue } from "node:sqlite";
import { withheld } from "../chat/withheld.ts";
import type { Message } from "../wire/events.ts";
import { logSum, messageSum } from "./checksum.ts";
import { textColumn, textOf } from "./text.ts";
import { MAX_TIME } from "./time.ts";

/** A row of {@linkcode MESSAGE_COLUMNS}. */
export type MessageRow = Record<string, SQLOutputValue>;

/** What a query selects of `message m` and its sender `name n`. A time that is none may be too large a number. */
const OWN_COLUMNS = `m.seq, iif(m.at BETWEEN -${MAX_TIME} AND ${MAX_TIME}, m.at, NULL) AS at,
  m.action, n.name AS sender, m.sum, ${textColumn("m.text", "text")}`;

const ADDRESSEE = "ifnull((SELECT name FROM name WHERE id = m.addressee), r.name)";

/** What is selected of direct messages of one log, `room r`, whose {@linkcode logSum} is known. */
export const INBOX_COLUMNS = `${OWN_COLUMNS}, ${ADDRESSEE} AS room`;

/** What is selected of messages of one room, whose {@linkcode logSum} and name are known. */
export const ROOM_COLUMNS = OWN_COLUMNS;

/** What is selected of messages of any log. */
export const MESSAGE_COLUMNS = `${OWN_COLUMNS}, r.kind, r.key, ${ADDRESSEE} AS room`;

/** Whether a row is what was stored, in the log with this sum. */
export function isIntact(row: MessageRow, log: number = sumOf(row)): boolean {
  return row["at"] !== null && row["sum"] === messageSum(log, {
        seq: Number(row["seq"]),
        at: Number(row["at"]),
        action: Number(row["action"]),
        sender: String(row["sender"]),
        text: textOf(row["text"]),
      });
}

/** The message in a row, or what is told in its place when it is damaged. */
export function messageOf(
  row: MessageRow,
  log: number = sumOf(row),
  room: string = String(row["room"]),
): Message {
  const message: Message = {
    room,
    seq: Number(row["seq"]),
    from: String(row["sender"]),
    at: new Date(Number(row["at"] ?? 0)).toISOString(),
    text: textOf(row["text"]),
    ...(row["action"] === 1 ? { action: true } : {}),
  };
  return isIntact(row, log) ? message : withheld(message, "damaged");
}

function sumOf(row: MessageRow): number {
  return logSum(Number(row["kind"]), String(row["key"]));
}
