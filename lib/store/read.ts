/** What is read from the database: pages, searches, sessions. Synchronous; for any connection. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Page, Range, Search, Stored } from "../chat/history.ts";
import { nameKey } from "../chat/name.ts";
import { dateMs, parseQuery } from "../chat/query.ts";
import type { Message } from "../wire/event.ts";
import { prepared } from "./prepared.ts";
import { toMatch } from "./query.ts";
import { hashOf, storedKey } from "./rows.ts";

/** A room as the server knows it from the start. */
export interface RoomState {
  readonly key: string;
  readonly topic: string;
  first: number;
  last: number;
}

/** A page may hold texts of so many UTF-16 code units, and one message at least. */
const PAGE_LENGTH = 262_144;

/** Matches that are ranked at most: counting the words of more takes longer than anybody waits. */
const MOST_RANKED = 1_000;

// A text with a NUL in it is cut short by the driver unless it is read as bytes.
const COLUMNS = "m.seq, m.at, m.action, n.name AS sender, r.name AS room, m.session, " +
  "iif(instr(m.request, char(0)), CAST(m.request AS BLOB), m.request) AS request, " +
  "iif(instr(m.text, char(0)), CAST(m.text AS BLOB), m.text) AS text";
const FROM = "message m JOIN name n ON n.id = m.sender JOIN room r ON r.id = m.room";

/** Reads one database. */
export class Reader {
  readonly #db: DatabaseSync;
  readonly #room: StatementSync;
  readonly #session: StatementSync;
  readonly #after: StatementSync;
  readonly #before: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#room = db.prepare("SELECT id, first, last FROM room WHERE key = ?");
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
    return prepared(this.#db, "SELECT key, topic, first, last FROM room WHERE kind = 0")
      .all() as unknown as RoomState[];
  }

  /** The value under a key of the meta table. */
  meta(key: string): string | undefined {
    const row = prepared(this.#db, "SELECT value FROM meta WHERE key = ?").get(key);
    return row?.["value"] as string | undefined;
  }

  page(key: string, { after, before = Number.MAX_SAFE_INTEGER, limit, session }: Range): Page {
    const room = this.#room.get(storedKey(key));
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
    if (after === undefined) entries.reverse();
    return { entries, more };
  }

  /** Whether a session was used at `since` or later, and how many direct messages it has had. */
  recall(secret: string, since: number): { readonly directs: number } | undefined {
    const session = this.#session.get(hashOf(secret));
    if (session === undefined || Number(session["used"]) < since) return undefined;
    return { directs: Number(this.#room.get(storedKey(`@ ${secret}`))?.["last"] ?? 0) };
  }

  /**
   * The matches in rooms: the best first, and of equals the newest; where they are more than
   * {@linkcode MOST_RANKED}, the newest first. Throws a `Refusal`.
   */
  search({ query: text, rooms, from, before, skip = 0, limit }: Search): Page {
    const query = parseQuery(text);
    const match = toMatch(query);
    const wanted = query.room === undefined ? undefined : nameKey(query.room);
    const within = wanted === undefined ? rooms : rooms.filter((room) => room === wanted);
    const where = ["r.key IN (SELECT value FROM json_each(?))"];
    const values: Array<string | number> = [JSON.stringify(within)];
    const add = (condition: string, value: string | number | undefined): void => {
      if (value === undefined) return;
      where.push(condition);
      values.push(value);
    };
    add("n.id IN (SELECT value FROM json_each(?))", this.#senders(from ?? query.from));
    add("m.seq < ?", before);
    add("m.at < ?", query.before === undefined ? undefined : dateMs(query.before));
    add("m.at >= ?", query.after === undefined ? undefined : dateMs(query.after));
    if (match === undefined && where.length === 1) return { entries: [], more: false };
    add("message_words MATCH ?", match);
    const words = match === undefined ? "" : "message_words w JOIN ";
    const matches = `FROM ${words}message m JOIN name n ON n.id = m.sender ` +
      `JOIN room r ON r.id = m.room WHERE ${where.join(" AND ")}` +
      (match === undefined ? "" : " AND m.id = w.rowid");
    const ranked = match !== undefined && this.#isFew(matches, values);
    const order = ranked
      ? "bm25(message_words), m.id DESC"
      : match === undefined
      ? "m.id DESC"
      : "w.rowid DESC";
    const rows = prepared(
      this.#db,
      `SELECT ${COLUMNS} ${matches} ORDER BY ${order} LIMIT ? OFFSET ?`,
    )
      .all(...values, limit + 1, skip);
    const entries = rows.slice(0, limit).map((row) => storedOf(row, undefined, undefined));
    return { entries, more: rows.length > limit };
  }

  /** Whether there are so few matches that ranking them takes no time worth mentioning. */
  #isFew(matches: string, values: ReadonlyArray<string | number>): boolean {
    const rows = prepared(this.#db, `SELECT 1 ${matches} ORDER BY w.rowid DESC LIMIT ?`)
      .all(...values, MOST_RANKED + 1);
    return rows.length <= MOST_RANKED;
  }

  /** The ids of all spellings of a name, as JSON. */
  #senders(name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    const key = nameKey(name);
    const ids: unknown[] = [];
    for (const row of prepared(this.#db, "SELECT id, name FROM name").iterate()) {
      if (nameKey(String(row["name"])) === key) ids.push(row["id"]);
    }
    return JSON.stringify(ids);
  }

  #sessionId(secret: string): number | undefined {
    const id = this.#session.get(hashOf(secret))?.["id"];
    return id === undefined ? undefined : Number(id);
  }
}

function storedOf(
  row: Record<string, unknown>,
  secret: string | undefined,
  asker: number | undefined,
): Stored {
  const message: Message = {
    room: String(row["room"]),
    seq: Number(row["seq"]),
    from: String(row["sender"]),
    at: new Date(Number(row["at"])).toISOString(),
    text: textOf(row["text"]),
    ...(row["action"] === 1 ? { action: true } : {}),
  };
  const own = secret !== undefined && asker !== undefined && row["session"] === asker;
  return own && row["request"] !== null
    ? { message, session: secret, id: textOf(row["request"]) }
    : { message };
}

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
}
