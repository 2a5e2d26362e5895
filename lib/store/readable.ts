/** Makes of messages as they were said what people read: with what has become of them, and what they answer. */

import type { DatabaseSync } from "node:sqlite";
import { withheld } from "../chat/messages/fits.ts";
import { asRead, type Become, emptied, withQuotes } from "../chat/messages/fold.ts";
import type { Reactor, Stored } from "../chat/messages/history.ts";
import type { Message } from "../wire/events.ts";
import { ANSWER, INBOX, PIN, REACT, REMOVE, REVISE, textOf } from "./columns.ts";
import type { LogRow } from "./log_rows.ts";
import { extraOf, isIntact, logSum, messageOf, ROOM_COLUMNS } from "./message_row.ts";
import { getRow, getRows, type SqlRow } from "./sql.ts";

/** The part of a log's row that is needed here. */
type Log = Pick<LogRow, "id" | "sum" | "kind" | "about">;

/** Messages whose numbers lie so far apart are looked up one by one. */
const FAR_APART = 1_000;

/** What people read of messages of one log. `asker` marks its own reactions; addresses are hidden. */
export function readable(
  db: DatabaseSync,
  log: Log,
  messages: readonly Stored[],
  asker?: string,
): readonly Stored[] {
  // An inbox has numbers of its own, and first clients that know of no life.
  if (log.kind === INBOX || messages.length === 0) return messages;
  const folded = log.about === 0 ? messages : foldIn(db, log, messages, asker);
  return withQuotes(folded, (seq) => newestAt(db, log, seq));
}

function foldIn(
  db: DatabaseSync,
  log: Log,
  messages: readonly Stored[],
  asker?: string,
): readonly Stored[] {
  const seqs = messages.map(({ message }) => message.seq);
  const [first, last] = [Math.min(...seqs), Math.max(...seqs)];
  const lives = last - first < FAR_APART
    ? lifeBetween(db, log, first, last, asker)
    : new Map(seqs.flatMap((seq) => [...lifeBetween(db, log, seq, seq, asker)]));
  return messages.map((stored) => {
    const life = lives.get(stored.message.seq);
    if (life === undefined || stored.message.withheld !== undefined) return stored;
    if (!life.isDamaged) return asRead(stored, life);
    return { ...stored, message: withheld(stored.message, "damaged") };
  });
}

/** A message with its newest text, without what it answers; `undefined` if there is none. */
export function newestAt(db: DatabaseSync, log: Log, seq: number): Message | undefined {
  const row = entryAt(db, log, seq);
  if (row === undefined || Number(row["action"]) >= REVISE) return undefined;
  const said = messageOf(row, log.sum, "");
  if (said.text === "") return emptied(said);
  return log.about === 0 ? said : foldIn(db, log, [{ message: said }])[0]?.message;
}

/** A message with the text of an edit, in a log whose checksums start from `sum`. */
export function editedBy(stored: Stored, edit: SqlRow | undefined, sum: number): Stored {
  const { message } = stored;
  if (edit === undefined || message.withheld !== undefined) return stored;
  if (!isIntact(edit, sum)) return { ...stored, message: withheld(message, "damaged") };
  return { ...stored, message: { ...message, text: textOf(edit["text"]), edited: timeOf(edit) } };
}

/** The message of a row of an inbox, as it reads where it was said; in other logs it is as it was said. */
export function newestInInbox(db: DatabaseSync, row: SqlRow, stored: Stored): Stored {
  const { newest, log, kind, key } = row;
  if (newest === undefined || newest === null) return stored;
  const edit = entryAt(db, { id: Number(log) }, Number(newest));
  return editedBy(stored, edit, logSum(Number(kind), String(key)));
}

/** The row of the entry with a number, with the columns for its checksum. */
export function entryAt(
  db: DatabaseSync,
  { id }: Pick<LogRow, "id">,
  seq: number,
): SqlRow | undefined {
  return getRow(
    db,
    `SELECT m.id, ${ROOM_COLUMNS}, m.session FROM message m JOIN name n ON n.id = m.sender ` +
      "WHERE m.room = ? AND m.seq = ?",
    ...[id, seq],
  );
}

/** What has become of a message, as it is stored. */
interface StoredLife extends Become {
  /** Its newest text can't be read. */
  readonly isDamaged: boolean;
}

/** What has become of the messages from one number to another, of those of which something has. */
function lifeBetween(
  db: DatabaseSync,
  log: Log,
  first: number,
  last: number,
  asker: string | undefined,
): Map<number, StoredLife> {
  const rows = getRows(
    db,
    "SELECT re, kind, key, seq, count(*) AS count, min(n) AS since, max(who = ?) AS mine FROM life " +
      `WHERE room = ? AND kind IN (${REVISE}, ${REMOVE}, ${REACT}, ${PIN}, ${ANSWER}) AND re BETWEEN ? AND ? ` +
      "GROUP BY kind, re, key",
    ...[asker ?? "", log.id, first, last],
  );
  const about = Map.groupBy(rows, ({ re }) => Number(re));
  return new Map([...about].map(([re, rows]) => [re, lifeOf(db, log, re, rows)]));
}

function lifeOf(db: DatabaseSync, log: Log, re: number, rows: readonly SqlRow[]): StoredLife {
  const entryOf = (kind: number): SqlRow | undefined => {
    const row = rows.find((row) => row["kind"] === kind);
    return row && entryAt(db, log, Number(row["seq"]));
  };
  const removal = entryOf(REMOVE);
  const edit = entryOf(REVISE);
  return {
    ...(removal === undefined ? {} : { removed: removalOf(removal, log.sum) }),
    ...(edit === undefined ? {} : { edit: { text: textOf(edit["text"]), at: timeOf(edit) } }),
    reactions: rows.filter(({ kind }) => kind === REACT)
      .sort((a, b) => Number(a["since"]) - Number(b["since"])).map(reactionOf),
    isPinned: rows.some(({ kind }) => kind === PIN),
    ...(rows.some(({ kind }) => kind === ANSWER) ? { answers: answersTo(db, log, re) } : {}),
    isDamaged: edit !== undefined && !isIntact(edit, log.sum),
  };
}

/** Who has answered what to the question of a message, in order. */
function answersTo(db: DatabaseSync, log: Log, re: number): NonNullable<Become["answers"]> {
  const sql = "SELECT seq FROM life WHERE room = ? AND kind = ? AND re = ? ORDER BY seq";
  return getRows(db, sql, log.id, ANSWER, re).flatMap(({ seq }) => {
    const row = entryAt(db, log, Number(seq));
    if (row === undefined || !isIntact(row, log.sum)) return [];
    const { choice } = restOf(row);
    return choice === undefined ? [] : [{ from: String(row["sender"]), choice, at: timeOf(row) }];
  });
}

function reactionOf({ key, count, mine }: SqlRow): Become["reactions"][number] {
  return { key: String(key), count: Number(count), ...(mine === 1 ? { mine: true } : {}) };
}

function removalOf(row: SqlRow, sum: number): NonNullable<Message["removed"]> {
  const removal = { by: String(row["sender"]), at: timeOf(row) };
  const { reason } = isIntact(row, sum) ? restOf(row) : {};
  return reason === undefined ? removal : { ...removal, reason };
}

/** What else there is to an entry about a message. */
export interface EntryRest {
  /** Of a removal. */
  readonly reason?: string;
  /** Of a reaction: which, and of whom. */
  readonly key?: string;
  readonly who?: Reactor;
  /** Of a reaction or a pin: it was taken back. */
  readonly off?: true;
  /** Of an answer. */
  readonly choice?: string;
}

/** What else there is to an intact entry. */
export function restOf(row: SqlRow): EntryRest {
  return JSON.parse(extraOf(row) ?? "{}") as EntryRest;
}

/** The time of an entry, as events have it. */
export function timeOf({ at }: SqlRow): string {
  return new Date(Number(at ?? 0)).toISOString();
}
