/** Stores the log of facts, for the writer: parcels in, receipts out. Synchronous. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ListFact, PeopleFact, RetainFact, TopicFact } from "../chat/log/fact.ts";
import { timeAfter } from "../chat/log/times.ts";
import { noteSessionsMs } from "../chat/messages/history.ts";
import type { LogKey } from "../chat/messages/log_key.ts";
import type { Change, Device } from "../chat/people/records.ts";
import type { Hash } from "../chat/sessions/session.ts";
import { MAX_TIME } from "./columns.ts";
import { type Author, Inserts, isOfFile, type Outcomes } from "./inserts.ts";
import { type Odd, type Packed, type Receipts, ROOM_STRINGS, unpack } from "./packing.ts";
import { keepPeople } from "./people.ts";
import { cutLog } from "./retention.ts";
import { emptyRooms, removeRooms } from "./rooms.ts";
import { type RoomRow, Rows, type SessionRow } from "./rows.ts";
import { FORGOTTEN, purgeSession, surplusDevices } from "./sessions.ts";

/** Options of a {@linkcode Log}. */
export interface LogOptions {
  /** The clock, in ms since 1970. */
  readonly now?: () => number;
  /** How long a session is kept after its last use, in ms; for ever by default. */
  readonly sessionMs?: number;
  /** The most rooms to keep. */
  readonly maxRooms?: number | undefined;
}

/** A parcel that is being stored. */
interface Storing extends Outcomes {
  readonly packed: Packed;
  /** The rows for the parcel's tables, each found or made when it is first needed. */
  rooms: Array<RoomRow | undefined>;
  sessions: number[];
  readonly names: number[];
  authors: Author[];
  /** How many of the facts other than messages have been stored. */
  others: number;
}

/** How many messages each step removes when a forgotten session is used again. */
const PURGED_AT_ONCE = 10_000;

/** Changes of rows that are remembered, see {@linkcode Rows}. */
const REMEMBERED: ReadonlySet<Change["type"]> = new Set([
  ...["room", "unroom", "chat", "unchat", "remove", "sign-out"] as const,
]);

/** Stores parcels, each in one transaction. */
export class Log {
  readonly #db: DatabaseSync;
  readonly #now: () => number;
  readonly #usedGrainMs: number;
  readonly #rows: Rows;
  readonly #inserts: Inserts;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #setTopic: StatementSync;
  readonly #setUsed: StatementSync;
  /** The time of the last parcel, in ms since 1970. */
  #at: number;

  constructor(
    db: DatabaseSync,
    { now = Date.now, sessionMs = Infinity, maxRooms }: LogOptions = {},
  ) {
    this.#usedGrainMs = noteSessionsMs(sessionMs);
    this.#db = db;
    this.#now = now;
    this.#rows = new Rows(db, maxRooms);
    this.#inserts = new Inserts(db, this.#rows);
    this.#begin = db.prepare("BEGIN IMMEDIATE");
    this.#commit = db.prepare("COMMIT");
    this.#setTopic = db.prepare(
      "UPDATE room SET topic = ?, topic_by = ?, topic_at = ? WHERE id = ?",
    );
    this.#setUsed = db.prepare("UPDATE session SET used = ? WHERE id = ?");
    this.#at = lastTime(db);
  }

  /** The id of the last message that was stored. */
  get lastId(): number {
    return this.#inserts.lastId;
  }

  /**
   * Stores a parcel, all but the facts that its receipts list as odd. Throws, with nothing changed,
   * when the file can't be written; storing the next parcel may succeed again.
   */
  append(packed: Packed): Receipts {
    const { lastId } = this;
    try {
      this.#begin.run();
      const receipts = this.#store(packed);
      this.#commit.run();
      this.#at = receipts.at;
      return receipts;
    } catch (error) {
      // SQLite rolls back by itself after some errors.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      this.#rows.clear();
      this.#inserts.rolledBack(lastId);
      throw error;
    }
  }

  /** Forgets the remembered rows, after other code has changed them. */
  refresh(): void {
    this.#rows.clear();
  }

  #store(packed: Packed): Receipts {
    const facts = unpack(packed);
    this.#rows.trim();
    const at = timeAfter(this.#at, this.#now());
    const seqs = new Float64Array(facts.length);
    const odd: Odd[] = [];
    const none = { rooms: [], sessions: [], names: [], authors: [], others: 0 };
    const ns = new Float64Array(facts.length);
    const storing: Storing = { packed, at, seqs, ns, odd, ...none };
    facts.forEach((message, index) => {
      if (message.room < 0) return this.#storeOther(storing, index);
      // Before the room: a forgotten session is removed with its log, and that may be this room.
      const session = message.session < 0 ? null : this.#sessionAt(storing, message.session);
      const room = this.#roomAt(storing, message.room);
      if (room === undefined) return odd.push({ index, kind: "full" });
      const from = packed.names[message.name] as string;
      const title = packed.rooms[message.room * ROOM_STRINGS + 1] as string;
      const name = storing.names[message.name] ??= this.#rows.name(from);
      const author = message.author < 0 ? undefined : this.#authorAt(storing, message.author);
      const mentions = packed.mentions.get(index);
      const brought = packed.files.get(index);
      // Logs of people are never too many.
      const inbox = message.inbox < 0 ? undefined : this.#roomAt(storing, message.inbox);
      const row = {
        index,
        room,
        message,
        name,
        from,
        title,
        session,
        author,
        inbox,
        mentions,
        brought,
      };
      if (!message.onlyAgain) return this.#inserts.add(row);
      this.#inserts.flush(storing);
      return odd.push(this.#inserts.repeated(row) ?? { index, kind: "absent" });
    });
    this.#inserts.flush(storing);
    return { at, seqs, ns, odd };
  }

  /** Stores the next fact that is not a message. Flushes messages first if it may concern them. */
  #storeOther(storing: Storing, index: number): void {
    const fact = storing.packed.others[storing.others++];
    switch (fact?.kind) {
      case "topic":
        return this.#storeTopic(storing, index, fact);
      case "people":
      case "list":
        return this.#storeChanges(storing, index, fact);
      case "session-use":
        for (const hash of fact.hashes) this.#session(storing, hash);
        return;
      case "session-forget":
        this.#inserts.flush(storing);
        for (const hash of fact.hashes) this.#forget(hash);
        storing.sessions = [];
        return;
      case "retain":
        return this.#retain(storing, index, fact);
    }
  }

  #storeTopic({ odd, at }: Storing, index: number, fact: TopicFact): void {
    const { log, title, text, opener, from } = fact;
    const room = this.#rows.room(log, title, opener);
    if (room === undefined) odd.push({ index, kind: "full" });
    else this.#setTopic.run(text, from, at, room.id);
  }

  /** Uses a savepoint, so that changes that fail do not undo the rest of the parcel. */
  #storeChanges(storing: Storing, index: number, { changes }: PeopleFact | ListFact): void {
    const isRemembered = changes.some(({ type }) => REMEMBERED.has(type));
    if (isRemembered) this.#inserts.flush(storing);
    this.#db.exec("SAVEPOINT people");
    try {
      for (const change of changes) {
        if (change.type === "device") this.#signIn(storing, change.device);
      }
      keepPeople(this.#db, changes);
      if (isRemembered) this.#refreshIn(storing);
      this.#db.exec("RELEASE people");
    } catch (error) {
      if (isOfFile(error) || !this.#db.isTransaction) throw error;
      this.#db.exec("ROLLBACK TO people; RELEASE people");
      storing.odd.push({ index, kind: "failed", why: (error as Error).message });
    }
  }

  /** Cuts logs, and removes those of the `gone` rooms that are still empty. */
  #retain(storing: Storing, index: number, { cuts, gone = [] }: RetainFact): void {
    this.#inserts.flush(storing);
    for (const cut of cuts) cutLog(this.#db, cut);
    if (gone.length === 0) return;
    const empty = new Set(emptyRooms(this.#db, -1));
    const removed = removeRooms(this.#db, gone.filter((log) => empty.has(log)));
    storing.odd.push({ index, kind: "removed", removed });
    this.#refreshIn(storing);
  }

  /** Forgets the remembered rows in the middle of a parcel, after rows have been added or removed. */
  #refreshIn(storing: Storing): void {
    this.#rows.clear();
    storing.rooms = [];
    storing.sessions = [];
  }

  /** The row of a room in the parcel's table; `undefined` if there are too many rooms. */
  #roomAt(storing: Storing, place: number): RoomRow | undefined {
    const known = storing.rooms[place];
    if (known !== undefined) return known;
    const at = place * ROOM_STRINGS;
    const [log = "", title = "", opener] = storing.packed.rooms.slice(at, at + ROOM_STRINGS);
    return storing.rooms[place] = this.#rows.room(log as LogKey, title, opener);
  }

  /** An account in the parcel's table. */
  #authorAt({ packed, authors }: Storing, place: number): Author {
    const account = packed.authors[place] as string;
    return authors[place] ??= { account, id: this.#rows.author(account) };
  }

  /** The id of a session in the parcel's table. */
  #sessionAt(storing: Storing, place: number): number {
    return storing.sessions[place] ??=
      this.#session(storing, storing.packed.sessions[place] as Hash).id;
  }

  /** Finds or makes the row of a session, and notes that the session is in use. */
  #session(storing: Storing, hash: Hash): SessionRow {
    const { at } = storing;
    let row = this.#rows.findSession(hash);
    if (row?.used === FORGOTTEN) {
      // Purging also removes the session's log, which waiting messages may be for.
      this.#inserts.flush(storing);
      while (!purgeSession(this.#db, row.id, PURGED_AT_ONCE));
      this.#rows.dropSession(hash);
      storing.rooms = [];
      row = undefined;
    }
    if (row === undefined) return this.#rows.makeSession(hash, at);
    // The clock may have been set back, so a last use in the future is corrected as well.
    if (Math.abs(at - row.used) > this.#usedGrainMs) {
      this.#setUsed.run(at, row.id);
      row.used = at;
    }
    return row;
  }

  /** Makes the row of a device if there is none, and forgets those of the account that are too many. */
  #signIn(storing: Storing, { hash, account }: Device): void {
    const { id } = this.#session(storing, hash);
    for (const surplus of surplusDevices(this.#db, account, id)) this.#forget(surplus);
  }

  /** Marks a session as forgotten; upkeep removes it step by step. */
  #forget(hash: Hash): void {
    const row = this.#rows.findSession(hash);
    if (row === undefined) return;
    this.#setUsed.run(FORGOTTEN, row.id);
    row.used = FORGOTTEN;
  }
}

/** When the last message was stored. */
function lastTime(db: DatabaseSync): number {
  const sql = `SELECT at FROM message WHERE at BETWEEN 0 AND ${MAX_TIME} ORDER BY id DESC LIMIT 1`;
  return Number(db.prepare(sql).get()?.["at"] ?? 0);
}
