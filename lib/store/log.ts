/** Stores the log of facts, for the writer: parcels in, receipts out. Synchronous. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ListFact, PeopleFact, RetainFact, TopicFact } from "../chat/log/fact.ts";
import { noSuchMessage } from "../chat/log/judge_life.ts";
import type { LifeFact } from "../chat/log/life_facts.ts";
import { timeAfter } from "../chat/log/times.ts";
import { type Unchanged, UnchangedIds } from "../chat/log/unchanged_ids.ts";
import type { LogKey } from "../chat/messages/log_key.ts";
import type { Hash } from "../chat/sessions/session.ts";
import { type Author, type EntryToInsert, Inserts, isOfFile } from "./inserts.ts";
import {
  contentOf,
  extraOfAsked,
  findAnswered,
  type LifeOutcomes,
  noteRefusal,
  storeLife,
} from "./life_log.ts";
import {
  type Odd,
  type Packed,
  type Receipts,
  ROOM_STRINGS,
  unpack,
  type Unpacked,
} from "./packing.ts";
import type { LogOptions } from "./log_options.ts";
import { lastTime } from "./meta.ts";
import { changesRows, keepPeople } from "./people.ts";
import { cutLog } from "./retention.ts";
import { emptyRooms, removeRooms } from "./rooms.ts";
import { type RoomRow, Rows, type SessionRow } from "./rows.ts";
import { SessionUses } from "./session_uses.ts";

/** A parcel that is being stored. */
interface Storing extends LifeOutcomes {
  readonly packed: Packed;
  /** The rows for the parcel's tables, each found or made when it is first needed. */
  rooms: Array<RoomRow | undefined>;
  sessions: number[];
  readonly names: number[];
  authors: Author[];
  /** How many of the facts other than messages have been stored. */
  others: number;
}

const SET_TOPIC = "UPDATE room SET topic = ?, topic_by = ?, topic_at = ? WHERE id = ?";

/** Stores parcels, each in one transaction. */
export class Log {
  readonly #db: DatabaseSync;
  readonly #now: () => number;
  readonly #rows: Rows;
  readonly #sessions: SessionUses;
  readonly #inserts: Inserts;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #setTopic: StatementSync;
  readonly #unchanged: Unchanged;
  /** The time of the last parcel, in ms since 1970. */
  #at: number;
  /** Whether something was removed by the last parcel. */
  hasErased = false;

  constructor(db: DatabaseSync, options: LogOptions = {}) {
    const { now = Date.now } = options;
    this.#db = db;
    this.#now = now;
    this.#unchanged = options.unchanged ?? new UnchangedIds();
    this.#rows = new Rows(db, options);
    this.#sessions = new SessionUses(db, this.#rows, options);
    this.#inserts = new Inserts(db, this.#rows);
    this.#begin = db.prepare("BEGIN IMMEDIATE");
    this.#commit = db.prepare("COMMIT");
    this.#setTopic = db.prepare(SET_TOPIC);
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
    this.hasErased = false;
    try {
      this.#begin.run();
      const receipts = this.#store(packed, timeAfter(this.#at, this.#now()));
      this.#commit.run();
      this.#at = receipts.at;
      return receipts;
    } catch (error) {
      // SQLite rolls back by itself after some errors.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      this.#rows.clear();
      this.#inserts.rolledBack(lastId);
      this.#unchanged.clear();
      throw error;
    }
  }

  /**
   * The same in the caller's transaction, at a time in ms since 1970. When it throws, or the transaction is
   * rolled back, nothing may be stored with this any more.
   */
  within(packed: Packed, at: number): Receipts {
    this.hasErased = false;
    this.#at = at;
    return this.#store(packed, at);
  }

  /** Forgets the remembered rows, after other code has changed them. */
  refresh(): void {
    this.#rows.clear();
  }

  #store(packed: Packed, at: number): Receipts {
    const facts = unpack(packed);
    this.#rows.trim();
    const [seqs, ns] = [new Float64Array(facts.length), new Float64Array(facts.length)];
    const none = { rooms: [], sessions: [], names: [], authors: [], others: 0 };
    const [odd, told]: [Odd[], Storing["told"]] = [[], new Map()];
    const storing = { packed, at, seqs, ns, odd, told, ...none, unchanged: this.#unchanged };
    facts.forEach((message, index) => {
      if (message.room < 0) this.#storeOther(storing, index);
      else this.#storeMessage(storing, index, message);
    });
    this.#settled(storing);
    return { at, seqs, odd, ...ns.some(Boolean) && { ns }, ...told.size > 0 && { told } };
  }

  #storeMessage(storing: Storing, index: number, message: Unpacked): void {
    const { packed } = storing;
    // Before the room: a forgotten session is removed with its log, and that may be this room.
    const session = message.session < 0 ? null : this.#sessionAt(storing, message.session);
    const room = this.#roomAt(storing, message.room);
    if (room === undefined) return void storing.odd.push({ index, kind: "full" });
    const from = packed.names[message.name] as string;
    const row: EntryToInsert = {
      index,
      room,
      message,
      name: storing.names[message.name] ??= this.#rows.name(from),
      from,
      title: packed.rooms[message.room * ROOM_STRINGS + 1] as string,
      session,
      author: message.author < 0 ? undefined : this.#authorAt(storing, message.author),
      // Logs of people are never too many.
      inbox: message.inbox < 0 ? undefined : this.#roomAt(storing, message.inbox),
      mentions: packed.mentions?.get(index),
      brought: packed.files?.get(index),
      re: packed.answers?.get(index),
      ...extraOfAsked(packed.asks?.get(index)),
    };
    if (!message.onlyAgain && row.re === undefined) return this.#inserts.add(row);
    // What it answers may be waiting.
    this.#inserts.flush(storing);
    const earlier = this.#inserts.repeated(row);
    if (earlier !== undefined) storing.odd.push(earlier);
    else if (message.onlyAgain) storing.odd.push({ index, kind: "absent" });
    else if (findAnswered(this.#db, storing, row)) this.#inserts.add(row);
  }

  /** Stores the next fact that is not a message. Flushes messages first if it may concern them. */
  #storeOther(storing: Storing, index: number): void {
    const fact = storing.packed.others[storing.others++];
    if (fact === undefined) return;
    switch (fact.kind) {
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
        for (const hash of fact.hashes) this.#sessions.forget(hash);
        storing.sessions = [];
        return;
      case "retain":
        return this.#retain(storing, index, fact);
      default:
        return this.#storeAbout(storing, index, fact);
    }
  }

  /** Stores what is done about a message. */
  #storeAbout(storing: Storing, index: number, fact: LifeFact): void {
    const { log, title, from, author: account, session, id } = fact;
    const isOnce = session !== undefined && id !== undefined;
    // As in storing a message, the session comes before the room.
    const once = isOnce ? this.#session(storing, session).id : null;
    const room = this.#rows.find(log);
    if (room === undefined) return noteRefusal(storing, index, noSuchMessage(fact));
    const author = account === undefined ? undefined : { account, id: this.#rows.author(account) };
    const row: EntryToInsert = {
      ...{ index, room, title, from, author, ...contentOf(fact) },
      name: this.#rows.name(from),
      session: once,
      inbox: undefined,
      mentions: undefined,
      brought: undefined,
    };
    storeLife(this.#db, this.#inserts, storing, row, fact);
    if (fact.kind === "remove") this.hasErased = true;
  }

  #storeTopic({ odd, at }: Storing, index: number, fact: TopicFact): void {
    const { log, title, text, opener, from } = fact;
    const room = this.#rows.room(log, title, opener);
    if (room === undefined) odd.push({ index, kind: "full" });
    else this.#setTopic.run(text, from, at, room.id);
    this.#rows.settle(log);
  }

  /** Uses a savepoint, so that changes that fail do not undo the rest of the parcel. */
  #storeChanges(storing: Storing, index: number, { changes }: PeopleFact | ListFact): void {
    const isRemembered = changesRows(changes);
    if (isRemembered) this.#settled(storing);
    this.#db.exec("SAVEPOINT people");
    try {
      for (const change of changes) {
        if (change.type !== "device") continue;
        this.#sessions.signIn(change.device, storing.at, () => this.#purging(storing));
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
    this.#settled(storing);
    for (const cut of cuts) cutLog(this.#db, cut);
    this.hasErased = true;
    if (gone.length === 0) return;
    const empty = new Set(emptyRooms(this.#db, -1));
    const removed = removeRooms(this.#db, gone.filter((log) => empty.has(log)));
    storing.odd.push({ index, kind: "removed", removed });
    this.#refreshIn(storing);
  }

  /** Inserts what waits, and lets go of the rooms that were made for what is not stored. */
  #settled(storing: Storing): void {
    this.#purging(storing);
    this.#rows.dropUnused();
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

  /** The row of a session that is in use. */
  #session(storing: Storing, hash: Hash): SessionRow {
    return this.#sessions.use(hash, storing.at, () => this.#purging(storing));
  }

  /** A session that was forgotten is removed with its log. */
  #purging(storing: Storing): void {
    this.#inserts.flush(storing);
    storing.rooms = [];
  }
}
