/**
 * Takes what was removed, or has another text now, out of the index of words. That keeps no texts, so the
 * terms have to be told, and each of them takes time: those of a long text wait in the table `leaving`,
 * where upkeep takes them out a few at a time. Meanwhile no search finds the message.
 */

import type { DatabaseSync } from "node:sqlite";
import { messageTerms } from "../chat/messages/message_terms.ts";
import { REVISE, textColumn, textOf } from "./columns.ts";
import { isDamage } from "./faults.ts";
import { setMeta } from "./meta.ts";
import { getRow, getRows, runSql, type SqlRow } from "./sql.ts";
import { indexedUpTo, markedTerms, putTerms } from "./word_index.ts";

/** A message with the text that it was said with. */
export interface SaidRow {
  readonly id: number;
  /** The id of its log's row. */
  readonly room: number;
  readonly seq: number;
  readonly text: string;
}

/** The columns of a {@linkcode SaidRow}. */
export const SAID_COLUMNS = `id, room, seq, ${textColumn("text", "text")}`;

/** The message in such a row. */
export function saidOf({ id, room, seq, text }: SqlRow): SaidRow {
  return { id: Number(id), room: Number(room), seq: Number(seq), text: textOf(text ?? "") };
}

/**
 * What has become of the terms of a message: they are out; they wait; or the index was wrong, and all that
 * is stored is indexed anew.
 */
export type TermsTaken = "out" | "waits" | "anew";

/** A text with more terms than this waits; each takes about a tenth of a millisecond. */
const MOST_AT_ONCE = 64;

/** A text counts as an entry for each so many bytes of it, up to where its terms wait. */
const ENTRY_BYTES = 4;
const MOST_BYTES = 1_000;

/** What an entry takes that is removed: as much as so many that have no text, which is so many bytes here. */
export function removalCost(size: number): number {
  return 1 + Math.min(size, MOST_BYTES) / ENTRY_BYTES;
}

/** How many entries that take so much a step removes that may take `limit`: at least one. */
export function stepLength(costs: readonly number[], limit: number): number {
  let left = limit;
  const end = costs.findIndex((cost) => (left -= cost) <= 0);
  return end < 0 ? costs.length : end + 1;
}

/**
 * Takes the messages of a log from one number to another out of the index, in the caller's transaction and
 * while their texts are still there.
 */
export function unindex(
  db: DatabaseSync,
  room: number,
  first = 0,
  last: number = Number.MAX_SAFE_INTEGER,
): void {
  const upTo = indexedUpTo(db);
  const rows = getRows(
    db,
    `SELECT ${SAID_COLUMNS} FROM message WHERE room = ? AND seq BETWEEN ? AND ? AND id <= ? ` +
      `AND kind < ${REVISE}`,
    ...[room, first, last, upTo],
  );
  for (const row of rows) takeOut(db, saidOf(row), upTo);
}

/**
 * Takes a message out of the index, of all that was indexed up to an id. Where its terms wait, the text of the
 * `edit` with this id is put in once they are out.
 */
export function takeOut(
  db: DatabaseSync,
  message: SaidRow,
  upTo: number,
  edit: number | null = null,
): TermsTaken {
  const { id, room } = message;
  // If they are on their way out already, only what follows is another.
  if (runSql(db, "UPDATE leaving SET edit = ? WHERE id = ?", edit, id) > 0) return "waits";
  const text = indexedText(db, message, upTo);
  const terms = messageTerms(text);
  if (terms.length <= MOST_AT_ONCE) return deleteTerms(db, id, room, terms);
  runSql(db, "INSERT INTO leaving VALUES (?, ?, ?, 0, ?)", id, room, text, edit);
  return "waits";
}

/** Has an emptied message be in the index without terms, as all messages are in it. */
export function indexEmpty(db: DatabaseSync, id: number): void {
  if (id > indexedUpTo(db) || getRow(db, "SELECT 1 FROM leaving WHERE id = ?", id)) return;
  putTerms(db, id, 0, "");
}

/** Takes out at most `limit` of the terms that wait, in the caller's transaction; false: none wait. */
export function takeOutMore(db: DatabaseSync, limit: number): boolean {
  const columns = `id, room, ${textColumn("text", "text")}, done, edit`;
  const row = getRow(db, `SELECT ${columns} FROM leaving ORDER BY id LIMIT 1`);
  if (row === undefined) return false;
  const { id, room } = saidOf(row);
  const terms = messageTerms(textOf(row["text"]));
  const done = Number(row["done"]) + limit;
  if (deleteTerms(db, id, room, terms.slice(done - limit, done)) === "anew") return true;
  if (done < terms.length) {
    // The index counts its messages, and goes on counting this one.
    putTerms(db, id, room, "");
    runSql(db, "UPDATE leaving SET done = ? WHERE id = ?", done, id);
    return true;
  }
  runSql(db, "DELETE FROM leaving WHERE id = ?", id);
  const edit = row["edit"] === null ? undefined : Number(row["edit"]);
  const text = edit === undefined ? "" : textAt(db, edit);
  // It may have gone meanwhile.
  if (getRow(db, "SELECT 1 FROM message WHERE id = ?", id)) putTerms(db, id, room, text);
  return true;
}

/** What the index has of a message. */
function indexedText(db: DatabaseSync, { room, seq, text }: SaidRow, upTo: number): string {
  const edit = getRow(
    db,
    `SELECT ${textColumn("text", "text")} FROM message ` +
      `WHERE room = ? AND re = ? AND kind = ${REVISE} AND id <= ? AND text <> '' ` +
      "ORDER BY id DESC LIMIT 1",
    ...[room, seq, upTo],
  );
  return edit === undefined ? text : textOf(edit["text"]);
}

function textAt(db: DatabaseSync, id: number): string {
  const row = getRow(db, `SELECT ${textColumn("text", "text")} FROM message WHERE id = ?`, id);
  return row === undefined ? "" : textOf(row["text"]);
}

/**
 * Takes terms of a message out, and the message. Where what is said to be in the index is not, because a
 * text was changed on the disk, SQLite may refuse: then all that is stored is indexed anew.
 */
function deleteTerms(
  db: DatabaseSync,
  id: number,
  room: number,
  terms: readonly string[],
): TermsTaken {
  const sql = "INSERT INTO message_words (message_words, rowid, terms) VALUES ('delete', ?, ?)";
  try {
    runSql(db, sql, id, markedTerms(room, terms));
    return "out";
  } catch (error) {
    if (!isDamage(error)) throw error;
    db.exec("INSERT INTO message_words (message_words) VALUES ('delete-all')");
    db.exec("DELETE FROM leaving");
    setMeta(db, "indexed", 0);
    return "anew";
  }
}
