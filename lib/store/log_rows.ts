/** Reads the rows of logs and of what was said in them, each as it was stored. */

import type { DatabaseSync } from "node:sqlite";
import { emptied } from "../chat/messages/fold.ts";
import type { Stored } from "../chat/messages/history.ts";
import type { LogKey } from "../chat/messages/log_key.ts";
import type { Hash } from "../chat/sessions/session.ts";
import {
  bytesOf,
  CHAT,
  INBOX,
  type Kind,
  REVISE,
  ROOM,
  rowOf,
  textColumn,
  textOf,
} from "./columns.ts";
import { INBOX_COLUMNS, logSum, MESSAGE_COLUMNS, messageOf, ROOM_COLUMNS } from "./message_row.ts";
import { getRow, type SqlRow } from "./sql.ts";

/** The row of a log. */
export interface LogRow {
  readonly id: number;
  readonly kind: Kind;
  /** What the checksums of its entries start from. */
  readonly sum: number;
  /** What a room is called. */
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** How many of its entries are no messages; 0: none is. */
  readonly about: number;
}

/** The row of a log; `undefined` if nothing of it is stored. */
export function findLog(db: DatabaseSync, log: LogKey): LogRow | undefined {
  const { kind, key } = rowOf(log);
  const sql = "SELECT id, name, first, last, about FROM room WHERE kind = ? AND key = ?";
  const row = getRow(db, sql, kind, key);
  if (row === undefined) return undefined;
  return {
    id: Number(row["id"]),
    kind,
    sum: logSum(kind, key),
    name: String(row["name"]),
    first: Number(row["first"]),
    last: Number(row["last"]),
    about: Number(row["about"]),
  };
}

const FROM = "message m JOIN name n ON n.id = m.sender";

/** All messages of a room have the name of that room. The others say themselves whom they are for. */
const OF_ANY = `${FROM} JOIN room r ON r.id = m.room`;

/** In an inbox a message reads as where it was said: that is `log`, and the number of its last edit there. */
const NEWEST = `m.room AS log, iif(r.about = 0, NULL, (SELECT l.seq FROM life l
  WHERE l.room = m.room AND l.kind = ${REVISE} AND l.re = m.seq)) AS newest`;

/** What to select from for a kind of log, and which columns, for {@linkcode storedOf}. */
export interface LogSelection {
  readonly kind: Kind;
  readonly from: string;
  readonly columns: string;
}

const ASKED = `m.session, ${textColumn("m.request", "request")}`;

/** For each kind of log. */
export const SELECTIONS: readonly LogSelection[] = [
  { kind: ROOM, from: FROM, columns: `${ROOM_COLUMNS}, ${ASKED}` },
  { kind: INBOX, from: OF_ANY, columns: `${MESSAGE_COLUMNS}, ${ASKED}, ${NEWEST}` },
  { kind: CHAT, from: OF_ANY, columns: `${INBOX_COLUMNS}, ${ASKED}` },
];

/** What the rows of a log have in common. */
export interface InCommon {
  /** The sum that the checksums start from; none for an inbox, whose messages are of several logs. */
  readonly sum: number | undefined;
  /** The room's name; none for direct messages, since each row has the name that it is for. */
  readonly room: string | undefined;
  /** The session that asks: what it has sent comes with the ids that it was sent under. */
  readonly session: Hash | undefined;
  /** The id of that session's row. */
  readonly asker: number | undefined;
}

/** What the rows of a log have in common, for a session that asks. */
export function knownOf(db: DatabaseSync, { kind, sum, name }: LogRow, session?: Hash): InCommon {
  return {
    sum: kind === INBOX ? undefined : sum,
    room: kind === ROOM ? name : undefined,
    session,
    asker: session === undefined ? undefined : sessionId(db, session),
  };
}

function sessionId(db: DatabaseSync, hash: Hash): number | undefined {
  const id = getRow(db, "SELECT id FROM session WHERE hash = ?", bytesOf(hash))?.["id"];
  return id === undefined ? undefined : Number(id);
}

/** The message in a row of {@linkcode SELECTIONS}, as it was said; `number` is its own in an inbox. */
export function storedOf(row: SqlRow, known: InCommon): Stored {
  const said = messageOf(row, known.sum, known.room);
  const message = said.text === "" ? emptied(said) : said;
  const once = onceOf(row, known);
  if (row["number"] === undefined) return { message, ...once };
  // Numbers of the log that it was said in mean nothing in an inbox.
  const { re: _, ...plain } = message;
  return { message: { ...plain, seq: Number(row["number"]) }, ...once };
}

/** What the session that asks had sent it under. */
export function onceOf(
  row: SqlRow,
  { session, asker }: InCommon,
): { readonly session?: Hash; readonly id?: string } {
  const isOwn = session !== undefined && asker !== undefined && row["session"] === asker;
  return isOwn && row["request"] !== null ? { session, id: textOf(row["request"]) } : {};
}
