/** Reads the database: pages, searches, sessions. Synchronous, and works on any connection. */

import type { DatabaseSync } from "node:sqlite";
import type { EntryRange, HistoryEntry } from "../chat/messages/entries.ts";
import {
  type AskedBy,
  type Mentioned,
  MOST_COUNTED,
  type Page,
  type PageRange,
  type Search,
  unreadAmong,
} from "../chat/messages/history.ts";
import { directLog, type LogKey, type ReadLog, type RoomLog } from "../chat/messages/log_key.ts";
import type { Numbers } from "../chat/messages/log_tail.ts";
import type { Hash } from "../chat/sessions/session.ts";
import type { FileUsage } from "../chat/files/file_store.ts";
import type { KnownSession, Reaction, StoredFile, TopicSet } from "../chat/log/fact_log.ts";
import type { Device } from "../chat/people/records.ts";
import { bytesOf, CHAT, INBOX, logOf, REVISE, ROOM } from "./columns.ts";
import { readEntries, readReactions, salvageEntries } from "./entries.ts";
import { emptyLog } from "./erasing.ts";
import { blobsKept, findFile, usageOf } from "./files.ts";
import { findLog } from "./log_rows.ts";
import { mentionedIn, mentionsIn } from "./mentions.ts";
import { beforeLast, countAfter, countOwn } from "./nth.ts";
import { preparePages, readLogPage, readPins } from "./pages.ts";
import { type AuditPage, readAudit } from "./people.ts";
import { salvagePage } from "./salvage.ts";
import { searchStore } from "./search.ts";
import { devicesOf } from "./sessions.ts";
import { getRow, getRows } from "./sql.ts";

/** What a reading thread can be asked: these are methods of its {@linkcode Reader}. */
export type ReaderQuestion =
  | (
    | "page"
    | "entries"
    | "salvage"
    | "salvagePage"
    | "search"
    | "audit"
    | "checkpoint"
    | "emptyLog"
  )
  | ("pins" | "reactions" | "unread" | "beforeLast")
  | ("recall" | "devices" | "mentions" | "mentioned")
  | ("file" | "fileUsage" | "keptBlobs");

/** Nothing is copied out of the write-ahead log within a transaction. */
const LOOSE: ReadonlySet<ReaderQuestion> = new Set(["checkpoint", "emptyLog"]);

/** Whether each statement of a question may see another moment of the database. */
export function isLoose(question: ReaderQuestion): boolean {
  return LOOSE.has(question);
}

/** The log of a room or a conversation as the server learns of it when it starts. */
export interface StoredLog {
  readonly log: LogKey;
  readonly name: string;
  readonly topic: string;
  readonly topicSet: TopicSet | undefined;
  readonly opener: string;
  readonly first: number;
  readonly last: number;
  /** How many of its entries were ever no messages, and how many of those are gone. */
  readonly about: number;
  readonly aboutGone: number;
}

/** A session, with its number of direct messages. */
export interface Found extends KnownSession {
  readonly directs: number;
}

/** How many entries before the first of a log's row `r` were no messages: all, where none is left. */
const ABOUT_GONE =
  `iif(r.about = 0, 0, ifnull((SELECT m.seq - ifnull(m.nth, m.seq) - (m.kind >= ${REVISE})
  FROM message m WHERE m.room = r.id ORDER BY m.seq LIMIT 1), r.about))`;

/** Reads one database. */
export class Reader {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    preparePages(db);
  }

  /** The logs of every room, conversation and account; those of sessions are asked for one by one. */
  logs(): StoredLog[] {
    const rows = getRows(
      this.#db,
      `SELECT r.*, ${ABOUT_GONE} AS gone FROM room r ` +
        "WHERE kind IN (?, ?) OR kind = ? AND key IN (SELECT id FROM account)",
      ...[ROOM, CHAT, INBOX],
    );
    return rows.map(({ kind, key, name, topic, topic_by, topic_at, opener, ...numbers }) => ({
      log: logOf(Number(kind), String(key)),
      name: String(name),
      topic: String(topic),
      topicSet: topic_by === "" ? undefined : { by: String(topic_by), at: Number(topic_at) },
      opener: String(opener),
      first: Number(numbers["first"]),
      last: Number(numbers["last"]),
      about: Number(numbers["about"]),
      aboutGone: Number(numbers["gone"]),
    }));
  }

  /** What was said in a log, with what has become of it. */
  page(log: LogKey, range: PageRange): Page {
    return readLogPage(this.#db, log, range);
  }

  /** The entries of a log as they were written. */
  entries(log: LogKey, range: EntryRange): readonly HistoryEntry[] {
    return readEntries(this.#db, log, range);
  }

  /** Those of them that can be read, where the database is damaged. */
  salvage(log: LogKey, from: number, to: number, session?: Hash): HistoryEntry[] {
    return salvageEntries(this.#db, log, {
      from,
      to,
      ...(session === undefined ? {} : { session }),
    });
  }

  /** A page of what can be read, with stubs for the rest, where the database is damaged. */
  salvagePage(log: ReadLog, range: PageRange, kept: Numbers): Page {
    return salvagePage(this.#db, log, range, kept);
  }

  /** The messages that are pinned in a room. */
  pins(log: RoomLog, asking: AskedBy): Page {
    return readPins(this.#db, log, asking);
  }

  /** Who has reacted to a message; `undefined` if there is none. */
  reactions(log: ReadLog, re: number): Reaction[] | undefined {
    return readReactions(this.#db, log, re);
  }

  /** How many messages of each log come after one number, up to another; for an account as `unreadAmong` says. */
  unread(
    asked: ReadonlyMap<ReadLog, readonly [after: number, last: number]>,
    account?: string,
  ): Map<ReadLog, number> {
    return new Map([...asked].map(([log, [after, last]]) => {
      const row = findLog(this.#db, log);
      const all = row === undefined ? 0 : countAfter(this.#db, row.id, after, last);
      if (row === undefined || account === undefined || all === MOST_COUNTED) return [log, all];
      return [log, unreadAmong(all, countOwn(this.#db, row.id, { after, last, account }))];
    }));
  }

  /** The number after which the last messages of a log come. */
  beforeLast(log: LogKey, asked: Parameters<typeof beforeLast>[2]): number {
    const row = findLog(this.#db, log);
    return row === undefined ? asked.last : beforeLast(this.#db, row.id, asked);
  }

  /**
   * What is known of a session, with its number of direct messages; `undefined` if nothing is, or if it
   * was last used before `guestsSince`, or as a device of an account before `devicesSince`.
   */
  recall(hash: Hash, guestsSince: number, devicesSince: number): Found | undefined {
    const sql = "SELECT used, account, label, since FROM session WHERE hash = ?";
    const session = getRow(this.#db, sql, bytesOf(hash));
    if (session === undefined) return undefined;
    const { used, account, label, since } = session;
    if (Number(used) < (account === null ? guestsSince : devicesSince)) return undefined;
    return {
      ...(account === null ? {} : { account: String(account) }),
      label: String(label),
      since: Number(since),
      directs: findLog(this.#db, directLog(hash))?.last ?? 0,
    };
  }

  /** The devices of an account, the one that was used last first. */
  devices(account: string): Device[] {
    return devicesOf(this.#db, account);
  }

  /** How often an account was mentioned in each log after a seq. */
  mentions(account: string, after: ReadonlyMap<ReadLog, number>): Map<ReadLog, number> {
    return mentionsIn(this.#db, account, after);
  }

  /** The messages that mention an account, the newest first. */
  mentioned(asked: Mentioned): Page {
    return mentionedIn(this.#db, asked);
  }

  /** The file with this id. */
  file(id: string): StoredFile | undefined {
    return findFile(this.#db, id);
  }

  /** How many bytes of files are stored; `owner` is hidden if it is an address. */
  fileUsage(owner: string): FileUsage {
    return usageOf(this.#db, owner);
  }

  /** Which of these blobs messages have brought. */
  keptBlobs(sha256s: readonly string[]): Set<string> {
    return blobsKept(this.#db, sha256s);
  }

  /** The matches in rooms, the newest first. Throws a `Refusal` if the search is wrong. */
  search(search: Search): Page {
    return searchStore(this.#db, search);
  }

  /** The last lines of the audit trail. */
  audit(limit: number): AuditPage {
    return readAudit(this.#db, limit);
  }

  /** Copies the write-ahead log into the database, as far as that holds nobody up. */
  checkpoint(): void {
    try {
      this.#db.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch {
      // A later commit will do it, and the next read will report what is wrong.
    }
  }

  /** Writes all of the write-ahead log into the database, and empties it; false if it can't be now. */
  emptyLog(): boolean {
    return emptyLog(this.#db);
  }
}
