/** What is read from the database: pages, searches, sessions. Synchronous; for any connection. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Page, Range, Search, Stored } from "../chat/history.ts";
import { keyOf, type RoomLog, roomLog } from "../chat/log_key.ts";
import { nameKey } from "../chat/name.ts";
import { dateMs, parseQuery, type SearchQuery } from "../chat/query.ts";
import { wantedTerms } from "../chat/terms.ts";
import { DamageError, isDamage } from "./faults.ts";
import { MESSAGE_COLUMNS, messageOf, type MessageRow } from "./message_row.ts";
import { prepared } from "./prepared.ts";
import { toMatch } from "./query.ts";
import { textColumn, textOf } from "./text.ts";
import { hashOf, INBOX, inboxKey, ROOM, rowOf, type StoredLog } from "./stored_log.ts";

/** A room as the server knows it from the start. */
export interface RoomState {
  readonly log: RoomLog;
  readonly name: string;
  readonly topic: string;
  readonly opener: string;
  first: number;
  last: number;
}

/** A page may hold texts of so many UTF-16 code units, and one message at least. */
const PAGE_LENGTH = 262_144;

/** Matches that are ranked at most: counting the words of more takes longer than anybody waits. */
const MOST_RANKED = 1_000;

const COLUMNS = `${MESSAGE_COLUMNS}, m.session, ${textColumn("m.request", "request")}`;
const WORDS = "message_words w CROSS JOIN message m ON m.id = w.rowid";
const FROM = "message m JOIN name n ON n.id = m.sender JOIN room r ON r.id = m.room";

const NOTHING: Page = { entries: [], more: false };

type Value = string | number;

/** Reads one database. */
export class Reader {
  readonly #db: DatabaseSync;
  readonly #room: StatementSync;
  readonly #session: StatementSync;
  readonly #after: StatementSync;
  readonly #before: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#room = db.prepare("SELECT id, first, last FROM room WHERE kind = ? AND key = ?");
    this.#session = db.prepare("SELECT id, used FROM session WHERE hash = ?");
    this.#after = db.prepare(
      `SELECT ${COLUMNS} FROM ${FROM} WHERE m.room = ? AND m.seq > ? ORDER BY m.seq LIMIT ?`,
    );
    this.#before = db.prepare(
      `SELECT ${COLUMNS} FROM ${FROM} WHERE m.room = ? AND m.seq < ? ORDER BY m.seq DESC LIMIT ?`,
    );
  }

  /** Every room, but for the logs of direct messages. */
  rooms(): RoomState[] {
    return prepared(
      this.#db,
      "SELECT key, name, topic, first, last, opener FROM room WHERE kind = ?",
    )
      .all(ROOM).map(({ key, name, topic, first, last, opener }) => ({
        log: roomLog(String(key)),
        name: String(name),
        topic: String(topic),
        opener: String(opener),
        first: Number(first),
        last: Number(last),
      }));
  }

  /** The value under a key of the meta table. */
  meta(key: string): string | undefined {
    const row = prepared(this.#db, "SELECT value FROM meta WHERE key = ?").get(key);
    return row?.["value"] as string | undefined;
  }

  page(log: StoredLog, { after, before = Number.MAX_SAFE_INTEGER, limit, session }: Range): Page {
    const { kind, key } = rowOf(log);
    const room = this.#room.get(kind, key);
    if (room === undefined) return { entries: [], more: false };
    const asker = session === undefined ? undefined : this.#sessionId(session);
    const rows = after === undefined
      ? this.#before.iterate(Number(room["id"]), before, limit + 1)
      : this.#after.iterate(Number(room["id"]), after, limit + 1);
    const entries: Stored[] = [];
    let length = 0;
    let more = false;
    for (const row of rows) {
      const entry = storedOf(row, session, asker);
      length += entry.message.text.length;
      more = entries.length === limit || (length > PAGE_LENGTH && entries.length > 0);
      if (more) break;
      entries.push(entry);
    }
    // Up to what was the last before: more may have been stored meanwhile.
    const end = Math.min(before, Number(room["last"]) + 1);
    if (!more) this.#checkEnd(Number(room["id"]), after ?? 0, end, entries.length);
    if (after === undefined) entries.reverse();
    return { entries, more };
  }

  /**
   * Those of the messages from one number to another that can be read: each is looked for by itself.
   * Throws when not even the row of the log can be read.
   */
  salvage(log: StoredLog, from: number, to: number, session?: string): Stored[] {
    const { kind, key } = rowOf(log);
    const room = this.#room.get(kind, key);
    if (room === undefined) return [];
    const found: Stored[] = [];
    const attempt = <T>(look: () => T): T | undefined => {
      try {
        return look();
      } catch (error) {
        if (isDamage(error)) return undefined;
        throw error;
      }
    };
    const asker = session === undefined ? undefined : attempt(() => this.#sessionId(session));
    for (let seq = from; seq <= to; seq++) {
      const row = attempt(() => this.#after.get(Number(room["id"]), seq - 1, 1));
      if (row?.["seq"] === seq) found.push(storedOf(row, session, asker));
    }
    return found;
  }

  /** Going through rows ends at a damaged page as it does at the last row. Throws where it was not the last. */
  #checkEnd(room: number, after: number, before: number, found: number): void {
    const row = prepared(
      this.#db,
      "SELECT count(*) AS n FROM (SELECT 1 FROM message INDEXED BY message_by_seq " +
        "WHERE room = ? AND seq > ? AND seq < ? LIMIT ?)",
    ).get(room, after, before, found + 1);
    if (Number(row?.["n"]) > found) throw new DamageError("the database is damaged");
  }

  /** Whether a session was used at `since` or later, and how many direct messages it has had. */
  recall(secret: string, since: number): { readonly directs: number } | undefined {
    const hash = hashOf(secret);
    const session = this.#session.get(hash);
    if (session === undefined || Number(session["used"]) < since) return undefined;
    return { directs: Number(this.#room.get(INBOX, inboxKey(hash))?.["last"] ?? 0) };
  }

  /**
   * The matches in rooms: the best first, and of equals the newest; where they are more than
   * {@linkcode MOST_RANKED}, the newest first. Throws a `Refusal`.
   */
  search(search: Search): Page {
    const { skip = 0, limit } = search;
    const query = parseQuery(search.query);
    const { wanted: terms } = wantedTerms(query.words, query.phrases);
    const match = terms.length === 0 ? undefined : toMatch(terms);
    const wanted = this.#conditions(search, query);
    if (wanted === undefined || match === undefined && wanted.where.length === 1) return NOTHING;
    const { where, values } = wanted;
    if (match === undefined) return this.#found("m.id", where, values, "m.id DESC", skip, limit);
    const matches = ["message_words MATCH ?", ...where];
    const newest = this.#newest(matches, [match, ...values]);
    if (newest.length === 0) return NOTHING;
    if (newest.length > MOST_RANKED) {
      if (skip + limit >= newest.length) {
        return this.#found("w.rowid", matches, [match, ...values], "w.rowid DESC", skip, limit);
      }
      const page = JSON.stringify(newest.slice(skip, skip + limit + 1));
      const these = ["m.id IN (SELECT value FROM json_each(?))"];
      return this.#found("m.id", these, [page], "m.id DESC", 0, limit);
    }
    const few = ["message_words MATCH ?", "w.rowid IN (SELECT value FROM json_each(?))"];
    const order = "bm25(message_words), m.id DESC";
    return this.#found("w.rowid", few, [match, JSON.stringify(newest)], order, skip, limit);
  }

  /** What a message must be besides having the words; `undefined` when none can. */
  #conditions(
    { rooms, from, before }: Search,
    query: SearchQuery,
  ): { readonly where: readonly string[]; readonly values: readonly Value[] } | undefined {
    const only = query.room === undefined ? undefined : roomLog(nameKey(query.room));
    const within = only === undefined ? rooms : rooms.filter((room) => room === only);
    const ids = within.flatMap((log) => this.#room.get(ROOM, keyOf(log))?.["id"] ?? []);
    const senders = this.#senders(from ?? query.from);
    if (ids.length === 0 || senders?.length === 0) return undefined;
    const where: string[] = [];
    const values: Value[] = [];
    const add = (condition: string, value: Value | undefined): void => {
      if (value === undefined) return;
      where.push(condition);
      values.push(value);
    };
    add("m.room IN (SELECT value FROM json_each(?))", JSON.stringify(ids));
    add("m.sender IN (SELECT value FROM json_each(?))", senders && JSON.stringify(senders));
    add("m.seq < ?", before);
    add("m.at < ?", query.before === undefined ? undefined : dateMs(query.before));
    add("m.at >= ?", query.after === undefined ? undefined : dateMs(query.after));
    return { where, values };
  }

  /** The ids of the newest matches, one more than are ranked at most. */
  #newest(where: readonly string[], values: readonly Value[]): unknown[] {
    const rows = prepared(
      this.#db,
      `SELECT w.rowid AS id FROM ${WORDS} WHERE ${
        where.join(" AND ")
      } ORDER BY w.rowid DESC LIMIT ?`,
    ).all(...values, MOST_RANKED + 1);
    return rows.map(({ id }) => id);
  }

  #found(
    by: "m.id" | "w.rowid",
    where: readonly string[],
    values: readonly Value[],
    order: string,
    skip: number,
    limit: number,
  ): Page {
    const from = `${by === "m.id" ? "message m" : WORDS} JOIN name n ON n.id = m.sender ` +
      "JOIN room r ON r.id = m.room";
    const rows = prepared(
      this.#db,
      `SELECT ${COLUMNS} FROM ${from} WHERE ${
        where.join(" AND ")
      } ORDER BY ${order} LIMIT ? OFFSET ?`,
    ).all(...values, limit + 1, skip);
    const entries = rows.slice(0, limit).map((row) => storedOf(row, undefined, undefined));
    return { entries, more: rows.length > limit };
  }

  /** The ids of all spellings of a name. */
  #senders(name: string | undefined): unknown[] | undefined {
    if (name === undefined) return undefined;
    return prepared(this.#db, "SELECT id FROM name WHERE key = ?").all(nameKey(name))
      .map(({ id }) => id);
  }

  #sessionId(secret: string): number | undefined {
    const id = this.#session.get(hashOf(secret))?.["id"];
    return id === undefined ? undefined : Number(id);
  }
}

function storedOf(
  row: MessageRow,
  secret: string | undefined,
  asker: number | undefined,
): Stored {
  const message = messageOf(row);
  const own = secret !== undefined && asker !== undefined && row["session"] === asker;
  return own && row["request"] !== null
    ? { message, session: secret, id: textOf(row["request"]) }
    : { message };
}
