/** The log of all messages, for the one who writes it: parcels in, receipts out. Synchronous. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { noteSessionsMs } from "../chat/history.ts";
import { nameKey } from "../chat/name.ts";
import { messageSum } from "./checksum.ts";
import { highestId } from "./ids.ts";
import {
  type Odd,
  type Packed,
  type Receipts,
  ROOM_STRINGS,
  TOPIC_STRINGS,
  unpack,
  type Unpacked,
} from "./packing.ts";
import { type RoomRow, Rows, type SessionRow } from "./rows.ts";
import { FORGOTTEN, purgeSession } from "./sessions.ts";
import { INBOX, type StoredLog } from "./stored_log.ts";

/** How a {@linkcode Log} goes about it. */
export interface LogOptions {
  /** The clock, in ms since 1970. */
  readonly now?: () => number;
  /** How long a session is kept after its last use, in ms; for ever unless told. */
  readonly sessionMs?: number;
  /** Rooms that are kept at most. */
  readonly maxRooms?: number | undefined;
}

/** A draft with the rows that it points to. */
interface Row {
  readonly index: number;
  readonly room: RoomRow;
  readonly draft: Unpacked;
  readonly name: number;
  readonly from: string;
  /** The name of the room, or of whom it is for. */
  readonly title: string;
  readonly session: number | null;
}

/** How many rows one statement inserts; the most first. Calls cost more than rows. */
const CHUNKS = [64, 8, 1] as const;

/** Messages that are let go of at a time when a forgotten session is used anew. */
const PURGED_AT_ONCE = 10_000;

/** SQLite's codes for what concerns the file and not a row: IOERR, CORRUPT, FULL … */
const OF_THE_FILE: ReadonlySet<number> = new Set([3, 5, 6, 7, 8, 9, 10, 11, 13, 14, 23, 26]);

/** Stores parcels, each in one transaction. */
export class Log {
  readonly #db: DatabaseSync;
  readonly #now: () => number;
  readonly #usedGrainMs: number;
  readonly #rows: Rows;
  readonly #inserts: ReadonlyArray<{ readonly size: number; readonly statement: StatementSync }>;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #setLast: StatementSync;
  readonly #setTopic: StatementSync;
  readonly #setUsed: StatementSync;
  readonly #sent: StatementSync;
  #nextId: number;
  #lastId: number;
  /** Of the parcel that is being stored. */
  #insertedId = 0;

  constructor(
    db: DatabaseSync,
    { now = Date.now, sessionMs = Infinity, maxRooms }: LogOptions = {},
  ) {
    this.#usedGrainMs = noteSessionsMs(sessionMs);
    this.#db = db;
    this.#now = now;
    this.#rows = new Rows(db, maxRooms);
    this.#inserts = CHUNKS.map((size) => ({ size, statement: db.prepare(insertOf(size)) }));
    this.#begin = db.prepare("BEGIN IMMEDIATE");
    this.#commit = db.prepare("COMMIT");
    this.#setLast = db.prepare("UPDATE room SET last = ? WHERE id = ?");
    this.#setTopic = db.prepare("UPDATE room SET topic = ? WHERE id = ?");
    this.#setUsed = db.prepare("UPDATE session SET used = ? WHERE id = ?");
    this.#lastId = highestId(db);
    this.#nextId = this.#lastId + 1;
    this.#sent = db.prepare(
      "SELECT m.seq, m.at, m.action, m.room AS id, r.kind, ifnull(a.name, r.name) AS name, " +
        "a.key AS addressee, m.text = ? COLLATE BINARY AS same FROM message m " +
        "JOIN room r ON r.id = m.room LEFT JOIN name a ON a.id = m.addressee " +
        "WHERE m.session = ? AND m.request = ?",
    );
  }

  /** The id of the last message that was stored. */
  get lastId(): number {
    return this.#lastId;
  }

  /**
   * Stores a parcel: all of it, but for what is odd. Throws, with nothing changed, when the file
   * can't take it; the next parcel may fare better.
   */
  append(packed: Packed): Receipts {
    try {
      this.#insertedId = this.#lastId;
      this.#begin.run();
      const receipts = this.#store(packed);
      this.#commit.run();
      this.#lastId = this.#insertedId;
      return receipts;
    } catch (error) {
      // Some failures have rolled back by themselves.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      this.#rows.clear();
      throw error;
    }
  }

  /** Looks all rows up anew, after others have changed them. */
  refresh(): void {
    this.#rows.clear();
  }

  #store(packed: Packed): Receipts {
    const at = this.#now();
    for (const secret of packed.forgotten) this.#forget(secret);
    for (const secret of packed.kept) this.#session(secret, at);
    const topicsLeft = this.#storeTopics(packed);
    const drafts = unpack(packed);
    const seqs = new Float64Array(drafts.length);
    const odd: Odd[] = [];
    const touched = new Set<RoomRow>();
    const all = this.#prepare(packed, drafts, at, odd);
    const rows = all.filter(({ draft }) => !draft.repeatOnly);
    for (let next = 0; next < rows.length;) {
      const left = rows.length - next;
      const { size, statement } = this.#inserts.find(({ size }) => size <= left) as {
        size: number;
        statement: StatementSync;
      };
      const chunk = rows.slice(next, next + size);
      next += size;
      if (this.#insert(statement, chunk, at, seqs)) {
        for (const { room } of chunk) touched.add(room);
      } else for (const row of chunk) this.#insertAlone(row, at, seqs, odd, touched);
    }
    for (const room of touched) this.#setLast.run(room.last, room.id);
    for (const row of all.length === rows.length ? [] : all) {
      if (!row.draft.repeatOnly) continue;
      odd.push(this.#repeated(row) ?? { index: row.index, kind: "absent" });
    }
    return { at, seqs, odd, topicsLeft };
  }

  /** Stores what is to be stored of topics; the places of those whose room is one too many. */
  #storeTopics({ topics }: Packed): number[] {
    const left: number[] = [];
    for (let i = 0; i < topics.length; i += TOPIC_STRINGS) {
      const [log = "", title = "", text = "", opener] = topics.slice(i, i + TOPIC_STRINGS);
      const room = this.#rows.room(log as StoredLog, title, opener);
      if (room === undefined) left.push(i / TOPIC_STRINGS);
      else this.#setTopic.run(text, room.id);
    }
    return left;
  }

  /** Finds or makes the rows that the drafts point to. */
  #prepare(packed: Packed, drafts: readonly Unpacked[], at: number, odd: Odd[]): Row[] {
    const names = packed.names.map((name) => this.#rows.name(name));
    const sessions = packed.sessions.map((secret) => this.#session(secret, at).id);
    const rooms: Array<RoomRow | undefined> = [];
    for (let i = 0; i < packed.rooms.length; i += ROOM_STRINGS) {
      const [log = "", title = "", opener] = packed.rooms.slice(i, i + ROOM_STRINGS);
      rooms.push(this.#rows.room(log as StoredLog, title, opener));
    }
    const rows: Row[] = [];
    drafts.forEach((draft, index) => {
      const room = rooms[draft.room];
      if (room === undefined) return odd.push({ index, kind: "full" });
      const session = draft.session < 0 ? null : sessions[draft.session] as number;
      const from = packed.names[draft.name] as string;
      const title = packed.rooms[draft.room * ROOM_STRINGS + 1] as string;
      const name = names[draft.name] as number;
      return rows.push({ index, room, draft, name, from, title, session });
    });
    return rows;
  }

  /** Inserts rows at once; false, with nothing changed, when one of them can't be inserted. */
  #insert(
    statement: StatementSync,
    rows: readonly Row[],
    at: number,
    seqs: Float64Array,
  ): boolean {
    const values: Array<string | number | null> = [];
    for (const { index, room, draft, name, from, title, session } of rows) {
      const seq = seqs[index] = ++room.last;
      values.push(
        this.#nextId++,
        room.id,
        seq,
        at,
        name,
        session,
        draft.id,
        draft.action,
        draft.text,
        messageSum(room.sum, { seq, at, action: draft.action, sender: from, text: draft.text }),
        room.kind === INBOX ? this.#rows.name(title) : null,
      );
    }
    try {
      statement.run(...values);
      this.#insertedId = this.#nextId - 1;
      return true;
    } catch (error) {
      const { errcode = 0 } = error as { errcode?: number };
      if (OF_THE_FILE.has(errcode & 0xff)) throw error;
      for (const { index, room } of rows) {
        seqs[index] = 0;
        room.last--;
      }
      if (rows.length === 1) this.#failure = error as Error;
      return false;
    }
  }

  #failure: Error | undefined;

  /** Inserts one row, or finds out why not: mostly because it was stored before. */
  #insertAlone(
    row: Row,
    at: number,
    seqs: Float64Array,
    odd: Odd[],
    touched: Set<RoomRow>,
  ): void {
    const earlier = this.#repeated(row);
    if (earlier !== undefined) return void odd.push(earlier);
    const single = this.#inserts.at(-1) as { statement: StatementSync };
    if (this.#insert(single.statement, [row], at, seqs)) return void touched.add(row.room);
    odd.push({ index: row.index, kind: "failed", why: this.#failure?.message ?? "" });
  }

  /** What to say of a draft whose id was used before. */
  #repeated({ index, room, draft, title, session }: Row): Odd | undefined {
    if (session === null) return undefined;
    const found = this.#sent.get(draft.text, session, draft.id);
    if (found === undefined) return undefined;
    // A direct message is to a name, whoever goes by it when it is sent again. Earlier versions did not
    // store the name.
    const toSame = room.kind === INBOX
      ? found["kind"] === INBOX && (found["addressee"] ?? nameKey(title)) === nameKey(title)
      : found["id"] === room.id;
    if (found["same"] !== 1 || found["action"] !== draft.action || !toSame) {
      return { index, kind: "reused" };
    }
    const receipt = {
      room: String(found["name"]),
      seq: Number(found["seq"]),
      at: new Date(Number(found["at"])).toISOString(),
    };
    return { index, kind: "again", receipt };
  }

  /** The row of a session that is in use. */
  #session(secret: string, now: number): SessionRow {
    let row = this.#rows.findSession(secret);
    if (row?.used === FORGOTTEN) {
      while (!purgeSession(this.#db, row.id, PURGED_AT_ONCE));
      this.#rows.dropSession(secret);
      row = undefined;
    }
    if (row === undefined) return this.#rows.makeSession(secret, now);
    // The clock may have been set back: any other time than about now is out of date.
    if (Math.abs(now - row.used) > this.#usedGrainMs) {
      this.#setUsed.run(now, row.id);
      row.used = now;
    }
    return row;
  }

  /** Marks a session; it is removed bit by bit when there is time. */
  #forget(secret: string): void {
    const row = this.#rows.findSession(secret);
    if (row === undefined) return;
    this.#setUsed.run(FORGOTTEN, row.id);
    row.used = FORGOTTEN;
  }
}

function insertOf(size: number): string {
  const row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  return "INSERT INTO message (id, room, seq, at, sender, session, request, action, text, sum, addressee) " +
    "VALUES " + Array(size).fill(row).join(", ");
}
