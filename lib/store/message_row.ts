/** A message as a query finds it, and whether it is still what was stored. */

import type { SQLOutputValue } from "node:sqlite";
import { withheld } from "../chat/withheld.ts";
import type { Message } from "../wire/event.ts";
import { checksum } from "./checksum.ts";
import { textColumn, textOf } from "./text.ts";
import { MAX_TIME } from "./time.ts";

/** A row of {@linkcode MESSAGE_COLUMNS}. */
export type MessageRow = Record<string, SQLOutputValue>;

/**
 * What a query selects of `message m`, its log `room r` and its sender `name n`. A time that is none
 * may be too large a number for ours.
 */
export const MESSAGE_COLUMNS =
  `m.seq, iif(m.at BETWEEN -${MAX_TIME} AND ${MAX_TIME}, m.at, NULL) AS at,
  m.action, n.name AS sender, r.kind, r.key, m.sum, ${textColumn("m.text", "text")},
  ifnull((SELECT name FROM name WHERE id = m.addressee), r.name) AS room`;

/** Whether a row is what was stored. */
export function isIntact(row: MessageRow): boolean {
  return row["at"] !== null && row["sum"] === checksum({
        kind: Number(row["kind"]),
        key: String(row["key"]),
        seq: Number(row["seq"]),
        at: Number(row["at"]),
        action: Number(row["action"]),
        sender: String(row["sender"]),
        text: textOf(row["text"]),
      });
}

/** The message in a row, or what is told in its place when it is damaged. */
export function messageOf(row: MessageRow): Message {
  const message: Message = {
    room: String(row["room"]),
    seq: Number(row["seq"]),
    from: String(row["sender"]),
    at: new Date(Number(row["at"] ?? 0)).toISOString(),
    text: textOf(row["text"]),
    ...(row["action"] === 1 ? { action: true } : {}),
  };
  return isIntact(row) ? message : withheld(message, "damaged");
}
