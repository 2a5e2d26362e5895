/** Reads the entries of logs one by one: messages, and what was done about them. */

import type { DatabaseSync } from "node:sqlite";
import {
  type EntryRange,
  type HistoryEntry,
  isMessage,
  type LifeEntry,
  saidIn,
  seqOf,
} from "../chat/messages/entries.ts";
import { asNow, untilStanding } from "../chat/messages/as_now.ts";
import { withQuotes } from "../chat/messages/fold.ts";
import type { LogKey, ReadLog } from "../chat/messages/log_key.ts";
import { MOST_NAMED, type Reaction } from "../chat/log/fact_log.ts";
import type { Hash } from "../chat/sessions/session.ts";
import {
  ANSWER,
  INBOX,
  OFF_PIN,
  OFF_REACT,
  PIN,
  REACT,
  REMOVE,
  REVISE,
  textOf,
} from "./columns.ts";
import { unlessDamaged } from "./faults.ts";
import { findLog, type InCommon, knownOf, type LogRow, onceOf, storedOf } from "./log_rows.ts";
import { authorOf, fileOf, isIntact, reOf } from "./message_row.ts";
import { AFTER, checkEnd, PAGE_LENGTH, rowsBeyond } from "./pages.ts";
import { editedBy, entryAt, newestAt, newestInInbox, restOf, timeOf } from "./readable.ts";
import { getNumber, getRow, getRows, prepared, type SqlRow } from "./sql.ts";

/** How many of those who react now had done so by an entry. */
const BY_THEN =
  "SELECT count(*) AS n FROM life WHERE room = ? AND kind = ? AND re = ? AND key = ? " +
  "AND seq <= ?";

/** Entries after a number, in order, as they stand now. Throws if the database is damaged. */
export function readEntries(
  db: DatabaseSync,
  log: LogKey,
  range: EntryRange,
): readonly HistoryEntry[] {
  const row = findLog(db, log);
  if (row === undefined) return [];
  const known = knownOf(db, row, range.session);
  let length = 0;
  const found = untilStanding(range, (after) => {
    if (length > PAGE_LENGTH) return [];
    const part = entriesAfter(db, row, known, { ...range, after });
    length = part.reduce((sum, entry) => sum + saidIn(entry).length, length);
    return part;
  });
  return found ?? [];
}

/** So many entries after a number, or fewer if their texts are long. */
function entriesAfter(
  db: DatabaseSync,
  row: LogRow,
  known: InCommon,
  { after, limit }: EntryRange,
): readonly HistoryEntry[] {
  const found: HistoryEntry[] = [];
  let length = 0;
  const query = AFTER[row.kind] as string;
  for (const each of rowsBeyond(db, query, { id: row.id, beyond: after, limit })) {
    length += String(each["text"]).length;
    if (length > PAGE_LENGTH && found.length > 0) return asTheyRead(db, row, known, found);
    found.push(entryOf(db, each, known));
  }
  if (found.length < limit) checkEnd(db, row.kind, row.id, after, row.last + 1, found.length);
  return asTheyRead(db, row, known, found);
}

/**
 * The entries numbered `from` to `to` that can be read; each is looked up on its own, so that damage to one
 * does not hide the others. Throws when even the row of the log can't be read.
 */
export function salvageEntries(
  db: DatabaseSync,
  log: LogKey,
  { from, to, session }: { readonly from: number; readonly to: number; readonly session?: Hash },
): HistoryEntry[] {
  const row = findLog(db, log);
  if (row === undefined) return [];
  const known = unlessDamaged(() => knownOf(db, row, session)) ?? knownOf(db, row);
  const one = prepared(db, AFTER[row.kind] as string);
  const found: HistoryEntry[] = [];
  for (let seq = from; seq <= to; seq++) {
    const each = unlessDamaged(() => one.get(row.id, seq - 1, 1));
    const entry = each && unlessDamaged(() => entryOf(db, each, known));
    const read = entry && unlessDamaged(() => newest(db, row, known, [entry])[0]);
    if (read !== undefined && seqOf(read) === seq) found.push(read);
  }
  return found;
}

/** Entries with the newest texts, as many as are no longer than a page; answers with what they answer. */
function asTheyRead(
  db: DatabaseSync,
  log: LogRow,
  known: InCommon,
  written: readonly HistoryEntry[],
): readonly HistoryEntry[] {
  const all = newest(db, log, known, written);
  let length = 0;
  const end = all.findIndex((entry, n) => (length += saidIn(entry).length) > PAGE_LENGTH && n > 0);
  const entries = end < 0 ? all : all.slice(0, end);
  return entries.map((entry) =>
    isMessage(entry) && entry.message.re !== undefined
      ? withQuotes([entry], (seq) => newestAt(db, log, seq))[0] as HistoryEntry
      : entry
  );
}

function newest(
  db: DatabaseSync,
  log: LogRow,
  { session }: InCommon,
  entries: readonly HistoryEntry[],
): readonly HistoryEntry[] {
  if (log.about === 0 || log.kind === INBOX) return entries;
  const said = entries.filter(isMessage).map(seqOf);
  const edits = lastEdits(db, log, said[0] ?? 0, said.at(-1) ?? -1);
  const now = asNow(entries, {
    ofMessage: (stored) => {
      const seq = edits.get(stored.message.seq);
      return seq === undefined ? stored : editedBy(stored, entryAt(db, log, seq), log.sum);
    },
    stands: (entry) => standsNow(db, log, entry),
    session,
    count: ({ re, key, seq }) => getNumber(db, BY_THEN, log.id, REACT, re, key, seq),
  });
  return now.map((entry) => withFile(db, log, entry));
}

/** An edit with the file that its message brings: its text tells of one, if there is one. */
function withFile(db: DatabaseSync, log: LogRow, entry: HistoryEntry): HistoryEntry {
  if (isMessage(entry) || entry.kind !== "revised" || !entry.text.startsWith("sent ")) return entry;
  const said = entryAt(db, log, entry.re);
  const file = said && fileOf(said);
  return file === undefined ? entry : { ...entry, file };
}

/** Whether what holds now is by an entry. */
function standsNow(db: DatabaseSync, { id }: LogRow, entry: LifeEntry): boolean {
  const { re, seq } = entry;
  const { kind, key, who } = placeOf(entry);
  const sql = "SELECT seq FROM life WHERE room = ? AND kind = ? AND re = ? AND key = ? AND who = ?";
  return getRow(db, sql, id, kind, re, key, who)?.["seq"] === seq;
}

/** Where the table `life` has an entry while it stands. */
function placeOf(
  entry: LifeEntry,
): { readonly kind: number; readonly key: string; readonly who: string } {
  switch (entry.kind) {
    case "reacted":
      return { kind: entry.off ? OFF_REACT : REACT, key: entry.key, who: entry.who };
    case "pinned":
      return { kind: entry.off ? OFF_PIN : PIN, key: "", who: "" };
    case "answered":
      return { kind: ANSWER, key: "", who: entry.who };
    default:
      return { kind: entry.kind === "revised" ? REVISE : REMOVE, key: "", who: "" };
  }
}

/** The numbers of the last edits of the messages from one number to another, by these. */
function lastEdits(
  db: DatabaseSync,
  { id }: LogRow,
  first: number,
  last: number,
): ReadonlyMap<number, number> {
  const sql = `SELECT re, seq FROM life WHERE room = ? AND kind = ${REVISE} AND re BETWEEN ? AND ?`;
  const rows = getRows(db, sql, id, first, last);
  return new Map(rows.map(({ re, seq }) => [Number(re), Number(seq)]));
}

function entryOf(db: DatabaseSync, row: SqlRow, known: InCommon): HistoryEntry {
  const kind = Number(row["action"]);
  if (kind < REVISE) return newestInInbox(db, row, storedOf(row, known));
  const once = onceOf(row, known);
  const place = { seq: Number(row["seq"]), at: timeOf(row), ...once };
  const re = reOf(row);
  const text = textOf(row["text"] ?? "");
  // What can't be told, as what was changed on the disk, tells nothing.
  if (re === undefined || !isIntact(row, known.sum) || kind === REVISE && text === "") {
    return { kind: "emptied", ...place };
  }
  const by = authorOf(row);
  const entry = { ...place, re, from: String(row["sender"]), ...(by === undefined ? {} : { by }) };
  const { key = "", who = "account ", reason, off, choice } = restOf(row);
  const taken = off ? { off } : {};
  switch (kind) {
    case REVISE:
      return { kind: "revised", ...entry, text };
    case REMOVE:
      return { kind: "removed", ...entry, ...(reason === undefined ? {} : { reason }) };
    case REACT:
      return { kind: "reacted", ...entry, key, who, ...taken };
    case PIN:
      return { kind: "pinned", ...entry, ...taken };
    case ANSWER:
      return choice === undefined
        ? { kind: "emptied", ...place }
        : { kind: "answered", ...entry, choice, who };
    default:
      return { kind: "emptied", ...place };
  }
}

/** Who has reacted to a message, by key; `undefined` if there is no such message. */
export function readReactions(db: DatabaseSync, log: ReadLog, re: number): Reaction[] | undefined {
  const row = findLog(db, log);
  const said = row && newestAt(db, row, re);
  if (row === undefined || said === undefined || said.text === "") return undefined;
  const sql = "SELECT key, seq FROM life WHERE room = ? AND kind = ? AND re = ? ORDER BY n, seq";
  const keys = Map.groupBy(getRows(db, sql, row.id, REACT, re), ({ key }) => String(key));
  return [...keys].map(([key, rows]) => ({
    key,
    count: rows.length,
    people: rows.slice(0, MOST_NAMED).map(({ seq }) => {
      const entry = entryAt(db, row, Number(seq)) ?? {};
      const account = authorOf(entry);
      const name = String(entry["sender"] ?? "");
      return account === undefined ? { name } : { name, account };
    }),
  }));
}
