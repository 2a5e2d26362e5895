/** Reads the database: pages, searches, sessions. Synchronous, and works on any connection. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Mentioned, Page, PageRange, Search, Stored } from "../chat/messages/history.ts";
import type { LogKey, ReadLog } from "../chat/messages/log_key.ts";
import type { Hash } from "../chat/sessions/session.ts";
import type { FileUsage } from "../chat/files/file_store.ts";
import type { KnownSession, StoredFile, TopicSet } from "../chat/log/fact_log.ts";
import type { Device } from "../chat/people/records.ts";
import { INBOX_COLUMNS, logSum, MESSAGE_COLUMNS, messageOf, ROOM_COLUMNS } from "./message_row.ts";
import { getNumber, getRows, prepared, type SqlRow } from "./sql.ts";
import { DamageError, isDamage } from "./faults.ts";
import { blobsKept, findFile, usageOf } from "./files.ts";
import { type AuditPage, readAudit } from "./people.ts";
import { searchStore } from "./search.ts";
import {
  bytesOf,
  CHAT,
  INBOX,
  type Kind,
  logOf,
  ROOM,
  rowOf,
  textColumn,
  textOf,
} from "./columns.ts";
import { mentionedIn, mentionsIn } from "./mentions.ts";
import { devicesOf } from "./sessions.ts";

/** What a reading thread can be asked: these are methods of its {@linkcode Reader}. */
export type ReaderQuestion =
  | ("page" | "salvage" | "search" | "audit" | "checkpoint")
  | ("recall" | "devices" | "mentions" | "mentioned")
  | ("file" | "fileUsage" | "keptBlobs");

/** The log of a room or a conversation as the server learns of it when it starts. */
export interface StoredLog {
  readonly log: LogKey;
  readonly name: string;
  readonly topic: string;
  readonly topicSet: TopicSet | undefined;
  readonly opener: string;
  first: number;
  last: number;
}

/** A session, with its number of direct messages. */
export interface Found extends KnownSession {
  readonly directs: number;
}

/** The most text that a page holds, in UTF-16 code units; it always holds at least one message. */
const PAGE_LENGTH = 262_144;

const FROM = "message m JOIN name n ON n.id = m.sender";

/** All messages of a room have the name of that room. The others say themselves whom they are for. */
const OF_ANY = `${FROM} JOIN room r ON r.id = m.room`;
const PARTS = {
  [ROOM]: { columns: ROOM_COLUMNS, from: FROM },
  [INBOX]: { columns: MESSAGE_COLUMNS, from: OF_ANY },
  [CHAT]: { columns: INBOX_COLUMNS, from: OF_ANY },
};

const KINDS = [ROOM, INBOX, CHAT] as const;
const ASKED = `m.session, ${textColumn("m.request", "request")}`;

/** The queries for a page after a seq, for each kind of log. */
const AFTER = KINDS.map((kind) => pageOf(kind, ">", ""));
/** The queries for a page before a seq. */
const BEFORE = KINDS.map((kind) => pageOf(kind, "<", "DESC"));

/** The queries for the last messages with files before a seq. */
const WITH_FILES = KINDS.map((kind) => {
  const { columns, from } = PARTS[kind];
  return `SELECT ${columns}, ${ASKED}, m.seq AS number FROM file x CROSS JOIN ${from} ` +
    "WHERE m.room = x.room AND m.seq = x.seq AND x.room = ?1 AND x.seq < ?2 ORDER BY x.seq DESC LIMIT ?3";
});

/**
 * The query for a page of a log: ?1 is its row, ?2 the seq beyond which it is, ?3 the most rows. What the
 * first version kept is in the inbox itself; what came since is in conversations, and has a number in it.
 */
function pageOf(kind: Kind, beyond: ">" | "<", direction: "" | "DESC"): string {
  const { columns, from } = PARTS[kind];
  const part = (log: string, n: string): string =>
    `SELECT ${columns}, ${ASKED}, ${n} AS number FROM ${from} ` +
    `WHERE m.${log} = ?1 AND ${n} ${beyond} ?2`;
  const parts = [part("room", "m.seq"), ...(kind === INBOX ? [part("inbox", "m.inbox_n")] : [])];
  return `${parts.join(" UNION ALL ")} ORDER BY number ${direction} LIMIT ?3`;
}

/** Reads one database. */
export class Reader {
  readonly #db: DatabaseSync;
  readonly #room: StatementSync;
  readonly #session: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#room = db.prepare("SELECT id, name, last FROM room WHERE kind = ? AND key = ?");
    this.#session = db.prepare(
      "SELECT id, used, account, label, since FROM session WHERE hash = ?",
    );
    for (const sql of [...AFTER, ...BEFORE]) prepared(db, sql);
  }

  /** The logs of every room, conversation and account; those of sessions are asked for one by one. */
  logs(): StoredLog[] {
    const rows = getRows(
      this.#db,
      "SELECT * FROM room WHERE kind IN (?, ?) OR kind = ? AND key IN (SELECT id FROM account)",
      ...[ROOM, CHAT, INBOX],
    );
    return rows.map(({ kind, key, name, topic, topic_by, topic_at, first, last, opener }) => ({
      log: logOf(Number(kind), String(key)),
      name: String(name),
      topic: String(topic),
      topicSet: topic_by === "" ? undefined : { by: String(topic_by), at: Number(topic_at) },
      opener: String(opener),
      first: Number(first),
      last: Number(last),
    }));
  }

  page(log: LogKey, range: PageRange): Page {
    const { after, before = Number.MAX_SAFE_INTEGER, limit, files, session } = range;
    const { kind, key } = rowOf(log);
    const room = this.#room.get(kind, key);
    if (room === undefined) return { entries: [], more: false };
    const known = knownOf(log, room, session, this.#sessionId(session));
    const queries = files ? WITH_FILES : after === undefined ? BEFORE : AFTER;
    const page = prepared(this.#db, queries[kind] as string);
    const rows = page.iterate(Number(room["id"]), after ?? before, limit + 1);
    const entries: Stored[] = [];
    let length = 0;
    let more = false;
    for (const row of rows) {
      const entry = storedOf(row, known);
      length += entry.message.text.length;
      more = entries.length === limit || (length > PAGE_LENGTH && entries.length > 0);
      if (more) break;
      entries.push(entry);
    }
    // Check only up to the room's last number as read above: more may have been stored since.
    const end = Math.min(before, Number(room["last"]) + 1);
    if (!more && !files) this.#checkEnd(kind, Number(room["id"]), after ?? 0, end, entries.length);
    if (after === undefined) entries.reverse();
    return { entries, more };
  }

  /**
   * The messages numbered `from` to `to` that can be read; each is looked up on its own, so that
   * damage to one does not hide the others. Throws when even the row of the log can't be read.
   */
  salvage(log: LogKey, from: number, to: number, session?: Hash): Stored[] {
    const { kind, key } = rowOf(log);
    const room = this.#room.get(kind, key);
    if (room === undefined) return [];
    const found: Stored[] = [];
    const one = prepared(this.#db, AFTER[kind] as string);
    const attempt = <T>(look: () => T): T | undefined => {
      try {
        return look();
      } catch (error) {
        if (isDamage(error)) return undefined;
        throw error;
      }
    };
    const asker = attempt(() => this.#sessionId(session));
    const known = knownOf(log, room, session, asker);
    for (let seq = from; seq <= to; seq++) {
      const row = attempt(() => one.get(Number(room["id"]), seq - 1, 1));
      if (row?.["number"] === seq) found.push(storedOf(row, known));
    }
    return found;
  }

  /**
   * Throws if a page has fewer messages than the index has: a query that meets a damaged database
   * page ends as if there were no more rows.
   */
  #checkEnd(kind: Kind, room: number, after: number, before: number, found: number): void {
    const inRoom = "SELECT 1 FROM message INDEXED BY message_by_seq " +
      "WHERE room = ?1 AND seq > ?2 AND seq < ?3";
    const inInbox = "SELECT 1 FROM message INDEXED BY message_by_inbox " +
      "WHERE inbox = ?1 AND inbox_n > ?2 AND inbox_n < ?3";
    const rows = kind === INBOX ? `${inRoom} UNION ALL ${inInbox}` : inRoom;
    const there = getNumber(
      this.#db,
      `SELECT count(*) AS n FROM (${rows} LIMIT ?4)`,
      ...[room, after, before, found + 1],
    );
    if (there > found) throw new DamageError("the database is damaged");
  }

  /**
   * What is known of a session, with its number of direct messages; `undefined` if nothing is, or if it
   * was last used before `guestsSince`, or as a device of an account before `devicesSince`.
   */
  recall(hash: Hash, guestsSince: number, devicesSince: number): Found | undefined {
    const session = this.#session.get(bytesOf(hash));
    if (session === undefined) return undefined;
    const { used, account, label, since } = session;
    if (Number(used) < (account === null ? guestsSince : devicesSince)) return undefined;
    return {
      ...(account === null ? {} : { account: String(account) }),
      label: String(label),
      since: Number(since),
      directs: Number(this.#room.get(INBOX, hash)?.["last"] ?? 0),
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

  #sessionId(hash: Hash | undefined): number | undefined {
    if (hash === undefined) return undefined;
    const id = this.#session.get(bytesOf(hash))?.["id"];
    return id === undefined ? undefined : Number(id);
  }
}

/** What the messages of a page have in common. */
interface Known {
  /** The {@linkcode logSum} of the log; none for an inbox, whose messages are of several. */
  readonly sum: number | undefined;
  /** The room's name; none for direct messages, since each row has the name that it is for. */
  readonly room: string | undefined;
  /** The session that asks: its own messages come with the ids that they were sent under. */
  readonly session: Hash | undefined;
  /** The id of that session's row. */
  readonly asker: number | undefined;
}

function knownOf(
  log: LogKey,
  row: SqlRow,
  session: Hash | undefined,
  asker: number | undefined,
): Known {
  const { kind, key } = rowOf(log);
  const room = kind === ROOM ? String(row["name"]) : undefined;
  const sum = kind === INBOX ? undefined : logSum(kind, key);
  return { sum, room, session, asker };
}

function storedOf(row: SqlRow, { sum, room, session, asker }: Known): Stored {
  const message = { ...messageOf(row, sum, room), seq: Number(row["number"]) };
  const own = session !== undefined && asker !== undefined && row["session"] === asker;
  return own && row["request"] !== null
    ? { message, session, id: textOf(row["request"]) }
    : { message };
}
