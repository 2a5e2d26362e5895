/** Inserts entries of logs, many at a time, since each call of SQLite costs more than a row. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { StoredNow } from "../chat/log/receipt.ts";
import { chatLog } from "../chat/messages/log_key.ts";
import { nameKey } from "../words/names.js";
import { addFile } from "./files.ts";
import { messageSum } from "./message_row.ts";
import { highestId } from "./meta.ts";
import type { Odd, PackedFile, Unpacked } from "./packing.ts";
import type { RoomRow, Rows } from "./rows.ts";
import { ANSWER, CHAT, INBOX, REVISE, ROOM } from "./columns.ts";

/** An account that says something. */
export interface Author {
  readonly account: string;
  /** The id of its row. */
  readonly id: number;
}

/** A message, or an entry about one, with the rows that it points to. */
export interface EntryToInsert {
  /** Its index in the parcel. */
  readonly index: number;
  readonly room: RoomRow;
  /** `action` is its kind, see columns.ts. */
  readonly message: Pick<Unpacked, "id" | "text"> & { readonly action: number };
  readonly name: number;
  readonly from: string;
  /** The account that says it, and the id of its row. */
  readonly author: Author | undefined;
  /** The inbox that counts it. */
  readonly inbox: RoomRow | undefined;
  /** The accounts that are mentioned in it. */
  readonly mentions: readonly string[] | undefined;
  /** The file that it brings. */
  readonly brought: PackedFile | undefined;
  /** The name of the room, or of the person whom the message is for. */
  readonly title: string;
  readonly session: number | null;
  /** The seq of what it answers or is about, and what else there is to it, as JSON. */
  readonly re: number | undefined;
  readonly extra?: string;
}

/** The results of storing a parcel, filled in while its messages are inserted. */
export interface Outcomes {
  /** When the parcel is stored, in ms since 1970. */
  readonly at: number;
  /** The seq of each message; 0 for one that was not inserted. */
  readonly seqs: Float64Array<ArrayBuffer>;
  /** The number of each in its inbox; 0 for one that has none. */
  readonly ns: Float64Array<ArrayBuffer>;
  readonly odd: Odd[];
  readonly told: Map<number, Omit<StoredNow, "seq" | "n">>;
}

/** How many rows each prepared statement inserts, the largest first. */
const CHUNKS = [64, 8, 1] as const;

/** SQLite's codes for errors that concern the file and not a row: IOERR, CORRUPT, FULL … */
const OF_THE_FILE: ReadonlySet<number> = new Set([3, 5, 6, 7, 8, 9, 10, 11, 13, 14, 23, 26]);

/** Whether an error from SQLite concerns the file and not a row. */
export function isOfFile(error: unknown): boolean {
  const { errcode = 0 } = error as { errcode?: number };
  return OF_THE_FILE.has(errcode & 0xff);
}

/** Inserts messages, in the caller's transaction. */
export class Inserts {
  readonly #db: DatabaseSync;
  readonly #rows: Rows;
  readonly #inserts: ReadonlyArray<{ readonly size: number; readonly statement: StatementSync }>;
  readonly #setLast: StatementSync;
  readonly #sent: StatementSync;
  readonly #mentions: StatementSync;
  #waiting: EntryToInsert[] = [];
  #nextId: number;
  #lastId: number;
  #failure: Error | undefined;

  constructor(db: DatabaseSync, rows: Rows) {
    this.#db = db;
    this.#rows = rows;
    this.#inserts = CHUNKS.map((size) => ({ size, statement: db.prepare(insertOf(size)) }));
    this.#setLast = db.prepare("UPDATE room SET last = ?, about = ? WHERE id = ?");
    this.#sent = db.prepare(
      "SELECT m.seq, m.at, m.kind AS action, m.room AS id, r.kind, r.key, ifnull(a.name, r.name) AS name, " +
        "a.key AS addressee, m.extra, m.re IS ? AND (m.text = ? COLLATE BINARY AND f.blob IS ? OR " +
        // Of what was emptied nobody knows any more what it said.
        `m.text = '' AND m.kind <= ${REVISE}) AS same, m.text = '' AS empty FROM message m ` +
        "JOIN room r ON r.id = m.room LEFT JOIN name a ON a.id = m.addressee " +
        "LEFT JOIN file f ON f.id = m.file " +
        "WHERE m.session = ? AND m.request = ?",
    );
    this.#mentions = db.prepare(
      "INSERT OR IGNORE INTO mention (author, room, seq, message) VALUES (?, ?, ?, ?)",
    );
    this.#lastId = highestId(db);
    this.#nextId = this.#lastId + 1;
  }

  /** The id of the message that was inserted last. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Adds an entry for the next {@linkcode flush} to insert. */
  add(row: EntryToInsert): void {
    this.#waiting.push(row);
  }

  /** Inserts the entries that wait. */
  flush(outcomes: Outcomes): void {
    const rows = this.#waiting;
    if (rows.length === 0) return;
    this.#waiting = [];
    const touched = new Set<RoomRow>();
    for (let next = 0; next < rows.length;) {
      const left = rows.length - next;
      const { size, statement } = this.#inserts.find(({ size }) => size <= left) as {
        size: number;
        statement: StatementSync;
      };
      const chunk = rows.slice(next, next + size);
      next += size;
      if (this.#insert(statement, chunk, outcomes)) {
        for (const row of chunk) touch(touched, row);
      } else for (const row of chunk) this.#insertAlone(row, outcomes, touched);
    }
    for (const room of touched) this.#setLast.run(room.last, room.about, room.id);
  }

  /** Call after a rollback: forgets the messages that wait or were inserted after `lastId`. */
  rolledBack(lastId: number): void {
    this.#waiting = [];
    this.#lastId = lastId;
  }

  /** The result of an entry whose session has used its id before; `undefined` if the id is new. */
  repeated(row: EntryToInsert): Odd | undefined {
    const { index, room, message, title, session, brought, re = null } = row;
    if (session === null) return undefined;
    const blob = brought?.file.sha256 ?? null;
    const found = this.#sent.get(re, message.text, blob, session, message.id);
    if (found === undefined) return undefined;
    // A direct message is for a name, even if somebody else has it when the message is sent again, or in a
    // conversation, whatever the other is called then.
    // Earlier versions did not store the name, so without one the name counts as the same.
    const toSame = found["id"] === room.id && room.kind !== INBOX ||
      room.kind !== ROOM && found["kind"] !== ROOM &&
        (found["addressee"] ?? nameKey(title)) === nameKey(title);
    // Nor what it asked, or what an answer to that said.
    const isEmptied = found["extra"] === null &&
      (found["action"] === ANSWER || Number(found["action"]) < REVISE && found["empty"] === 1);
    const isSame = found["same"] === 1 && (isEmptied || isSameRest(row, found["extra"]));
    if (!isSame || found["action"] !== message.action || !toSame) return { index, kind: "reused" };
    const receipt = {
      room: String(found["name"]),
      seq: Number(found["seq"]),
      at: new Date(Number(found["at"])).toISOString(),
      ...(found["kind"] === CHAT ? { log: chatLog(String(found["key"])) } : {}),
    };
    return { index, kind: "again", receipt };
  }

  /** Inserts rows with one statement; false, with nothing inserted, if one of them can't be. */
  #insert(
    statement: StatementSync,
    rows: readonly EntryToInsert[],
    { at, seqs, ns }: Outcomes,
  ): boolean {
    const values: Array<string | number | null> = [];
    const firstId = this.#nextId;
    for (const row of rows) {
      const { index, room, inbox, message } = row;
      const seq = seqs[index] = ++room.last;
      if (message.action >= REVISE) room.about++;
      if (inbox !== undefined) ns[index] = ++inbox.last;
      values.push(this.#nextId++, ...this.#valuesOf(row, seq, at));
    }
    try {
      statement.run(...values);
      this.#lastId = this.#nextId - 1;
      this.#insertParts(rows, seqs, firstId);
      return true;
    } catch (error) {
      if (isOfFile(error)) throw error;
      for (const { index, room, inbox, message } of rows) {
        seqs[index] = ns[index] = 0;
        room.last--;
        if (message.action >= REVISE) room.about--;
        if (inbox !== undefined) inbox.last--;
      }
      if (rows.length === 1) this.#failure = error as Error;
      return false;
    }
  }

  /** The values of a row, but for its id. */
  #valuesOf(row: EntryToInsert, seq: number, at: number): Array<string | number | null> {
    const { room, message, name, from, title, session, author, inbox, brought, re, extra } = row;
    const { action, text } = message;
    const account = author?.account;
    const file = brought?.file;
    const said = { seq, at, action, sender: from, text, author: account, file, re, extra };
    return [
      room.id,
      seq,
      at,
      name,
      session,
      message.id,
      action,
      text,
      messageSum(room.sum, said),
      room.kind === ROOM ? null : this.#rows.name(title),
      author === undefined ? null : author.id,
      inbox === undefined ? null : inbox.id,
      inbox === undefined ? null : inbox.last,
      file === undefined ? null : file.id,
      room.about === 0 ? null : seq - room.about,
      re ?? null,
      extra ?? null,
    ];
  }

  /** Inserts what belongs to messages and has rows of its own. */
  #insertParts(
    rows: readonly EntryToInsert[],
    seqs: Outcomes["seqs"],
    firstId: number,
  ): void {
    for (let i = 0; i < rows.length; i++) {
      const { index, room, mentions = [], brought } = rows[i] as EntryToInsert;
      const seq = seqs[index] ?? 0;
      for (const account of mentions) {
        this.#mentions.run(this.#rows.author(account), room.id, seq, firstId + i);
      }
      if (brought !== undefined) addFile(this.#db, { ...brought, room: room.id, seq });
    }
  }

  /** Inserts one row, or notes why it can't be inserted: usually it was stored before. */
  #insertAlone(row: EntryToInsert, outcomes: Outcomes, touched: Set<RoomRow>): void {
    const earlier = this.repeated(row);
    if (earlier !== undefined) return void outcomes.odd.push(earlier);
    const single = this.#inserts.at(-1) as { statement: StatementSync };
    if (this.#insert(single.statement, [row], outcomes)) return touch(touched, row);
    outcomes.odd.push({ index: row.index, kind: "failed", why: this.#failure?.message ?? "" });
  }
}

function touch(touched: Set<RoomRow>, { room, inbox }: EntryToInsert): void {
  touched.add(room);
  if (inbox !== undefined) touched.add(inbox);
}

/** Whether it says the same besides its text as one that is stored; by whom does not count. */
function isSameRest({ extra }: EntryToInsert, stored: unknown): boolean {
  const plain = (text: unknown): unknown => ({ ...JSON.parse(String(text)), who: undefined });
  if (extra === undefined || stored === null) return extra === (stored ?? undefined);
  return JSON.stringify(plain(extra)) === JSON.stringify(plain(stored));
}

function insertOf(size: number): string {
  const row = `(${Array(18).fill("?").join(", ")})`;
  return "INSERT INTO message (id, room, seq, at, sender, session, request, kind, text, sum, " +
    "addressee, author, inbox, inbox_n, file, nth, re, extra) VALUES " +
    Array(size).fill(row).join(", ");
}
