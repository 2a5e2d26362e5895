/**
 * Reads messages from rows and checks their checksums, which tell whether text, time, sender, place, file
 * or what an entry is about were changed on the disk after they were stored. A checksum is FNV-1a, 32
 * bits, over UTF-16 code units. Each step is a bijection, so every change of a single character is
 * noticed, and all but one in four billion of the others. It finds damage; whoever can write the file
 * can also forge it.
 */

import { withheld } from "../chat/messages/fits.ts";
import { questionIn, questionTold } from "../chat/messages/question.ts";
import type { Message, SentFile } from "../wire/events.ts";
import { ACTION, MAX_TIME, NOTICE, textColumn, textOf } from "./columns.ts";
import type { SqlRow } from "./sql.ts";

/** A time out of range may be too large for a number in JavaScript, so it is selected as NULL. */
const COMMON_COLUMNS = `m.seq, iif(m.at BETWEEN -${MAX_TIME} AND ${MAX_TIME}, m.at, NULL) AS at,
  n.name AS sender, m.sum, ${textColumn("m.text", "text")}`;

const COLUMNS_4 = `${COMMON_COLUMNS}, m.kind AS action,
  (SELECT account FROM author WHERE id = m.author) AS author`;

/** Most messages have no file, and look for none. An array of JSON has no trouble with a NUL in a name. */
const COLUMNS_5 = `${COLUMNS_4}, iif(m.file IS NULL, NULL,
  (SELECT json_array(f.id, f.name, b.size, f.type, f.blob, b.width, b.height)
    FROM file f JOIN blob b ON b.sha = f.blob WHERE f.id = m.file)) AS file`;

const OWN_COLUMNS = `${COLUMNS_5}, m.re, m.extra`;

const ADDRESSEE = "ifnull((SELECT name FROM name WHERE id = m.addressee), r.name)";

/** The columns of `message m` and `name n` for one room whose name and {@linkcode logSum} are known. */
export const ROOM_COLUMNS = OWN_COLUMNS;

/** The columns, also of `room r`, for direct messages of one session whose {@linkcode logSum} is known. */
export const INBOX_COLUMNS = `${OWN_COLUMNS}, ${ADDRESSEE} AS room`;

const OF_LOG = `${ADDRESSEE} AS room, r.kind, r.key`;

/** The columns, also of `room r`, for messages of any log. */
export const MESSAGE_COLUMNS = `${OWN_COLUMNS}, ${OF_LOG}`;

/** The same in tables of version `schema`, from 3 on. */
export function messageColumns(schema: number): string {
  if (schema < 4) return `${COMMON_COLUMNS}, m.action, NULL AS author, ${OF_LOG}`;
  if (schema < 5) return `${COLUMNS_4}, ${OF_LOG}`;
  return schema < 6 ? `${COLUMNS_5}, ${OF_LOG}` : MESSAGE_COLUMNS;
}

/** The message in a row, as it was said, or a stub for it if it is damaged. */
export function messageOf(
  row: SqlRow,
  log: number = sumOfLog(row),
  room: string = String(row["room"]),
): Message {
  const by = authorOf(row);
  const file = fileOf(row);
  const re = reOf(row);
  const message: Message = {
    room,
    seq: Number(row["seq"]),
    from: String(row["sender"]),
    at: new Date(Number(row["at"] ?? 0)).toISOString(),
    text: textOf(row["text"]),
    ...(by === undefined ? {} : { by }),
    ...(row["action"] === ACTION ? { action: true } : {}),
    ...(row["action"] === NOTICE ? { notice: true } : {}),
    ...(file === undefined ? {} : { file }),
    ...(re === undefined ? {} : { re }),
  };
  if (!isIntact(row, log)) return withheld(message, "damaged");
  const question = questionIn(extraOf(row));
  return question === undefined
    ? message
    : { ...message, ask: questionTold(question, Number(row["at"])) };
}

/** Whether a row is as it was stored, in the log with this {@linkcode logSum}. */
export function isIntact(row: SqlRow, log: number = sumOfLog(row)): boolean {
  return row["at"] !== null && row["sum"] === sumOfRow(row, log);
}

/** The checksum that a row should have, in the log with this {@linkcode logSum}. */
export function sumOfRow(row: SqlRow, log: number = sumOfLog(row)): number {
  return messageSum(log, {
    seq: Number(row["seq"]),
    at: Number(row["at"]),
    action: Number(row["action"]),
    sender: String(row["sender"]),
    text: textOf(row["text"]),
    author: authorOf(row),
    file: fileOf(row),
    re: reOf(row),
    extra: extraOf(row),
  });
}

/** The seq of what an entry answers or is about. */
export function reOf({ re }: SqlRow): number | undefined {
  return re === undefined || re === null ? undefined : Number(re);
}

/** What else there is to an entry about a message, or the question of a message, as JSON. */
export function extraOf({ extra }: SqlRow): string | undefined {
  return extra === undefined || extra === null ? undefined : String(extra);
}

/** The file that a message has brought; a message that refers to one that is not there is not intact. */
export function fileOf({ file }: SqlRow): SentFile | undefined {
  if (file === undefined || file === null) return undefined;
  const [id, name, size, type, sha256, width, height] = JSON.parse(String(file));
  const known = { id, name, size, type, sha256 };
  return width === null || height === null ? known : { ...known, width, height };
}

/** The account that said it; a guest's messages, and those of before there were ids, have none. */
export function authorOf({ author }: SqlRow): string | undefined {
  return author === undefined || author === null ? undefined : String(author);
}

function sumOfLog(row: SqlRow): number {
  return logSum(Number(row["kind"]), String(row["key"]));
}

/** The parts of an entry that the checksum covers, besides its log. */
export interface Checked {
  readonly seq: number;
  readonly at: number;
  /** Its kind, see columns.ts. */
  readonly action: number;
  /** The sender's name. */
  readonly sender: string;
  readonly text: string;
  /** The id of the account that said it. Without one the sum is as before there were such ids. */
  readonly author?: string | undefined;
  /** The file that it has brought; without one the sum is as before there were any. */
  readonly file?: SentFile | undefined;
  /** The same for what it answers or is about, and what else there is to it. */
  readonly re?: number | undefined;
  readonly extra?: string | undefined;
}

const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;
const WORD = 0x1_0000_0000;

/** The part of the checksum that all messages of a log share. `kind` and `key` are those of its row. */
export function logSum(kind: number, key: string): number {
  return addText(Math.imul(BASIS ^ kind, PRIME), key);
}

/** The checksum, a signed 32-bit number, of a message in the log with this {@linkcode logSum}. */
export function messageSum(
  log: number,
  { seq, at, action, sender, text, author, file, re, extra }: Checked,
): number {
  const place = addNumber(addNumber(Math.imul(log ^ action, PRIME), seq), at);
  const said = addText(addText(place, sender), text);
  const signed = author === undefined ? said : addText(said, author);
  const brought = file === undefined ? signed : addFile(signed, file);
  const about = re === undefined ? brought : addNumber(brought, re);
  return extra === undefined ? about : addText(about, extra);
}

function addFile(hash: number, { id, name, size, type, sha256 }: SentFile): number {
  return addNumber([id, name, type, sha256].reduce(addText, hash), size);
}

/** Adds the length last, so that it notices text that has moved to the next field. */
function addText(hash: number, text: string): number {
  const { length } = text;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return Math.imul(hash ^ length, PRIME);
}

function addNumber(hash: number, value: number): number {
  return Math.imul(Math.imul(hash ^ value, PRIME) ^ Math.floor(value / WORD), PRIME);
}
