/** The log of facts, and the index of what is kept in it: the interfaces that each log implements. */

import type { AuditLine, SentFile } from "../../wire/events.ts";
import type { FileOwner, FileUsage } from "../files/file_store.ts";
import type { EntryRange, HistoryEntry } from "../messages/entries.ts";
import type { AskedBy, Mentioned, Page, PageRange, Search } from "../messages/history.ts";
import type { LogKey, ReadLog, RoomLog } from "../messages/log_key.ts";
import type { Named } from "../names/name_tables.ts";
import type { Device, Kept } from "../people/records.ts";
import type { Hash } from "../sessions/session.ts";
import type { Entry, Fact, Ticket } from "./fact.ts";

/** What is told of entries: in their order. */
export type OnEntry = (entry: Entry, ticket?: Ticket) => void;

/**
 * One order of facts. Whoever puts a fact has decided that it may be; the log gives it its place, its
 * time and what only a store knows (see {@linkcode Receipt}), and tells it as an entry.
 *
 * - **Once, in order.** Every fact that is put becomes one entry, with the ticket that it was put with.
 *   Facts that stay become entries in the order in which they were put, whatever their kind: all of a
 *   parcel is stored in one transaction. What the disk did not take is an entry, too, with `refused`.
 * - **Synchronous.** `onEntry` waits for nothing. The entries of a parcel come in one task, so that
 *   nothing of a peer's comes between them. A fact that stays may be an entry before `put` returns; one
 *   that is put while an entry is told comes after that one.
 * - **Passing facts are entries before `put` returns**, so they may overtake facts that stay and are on
 *   their way to the disk. Nobody may see a session leave or change its name before what it said
 *   under the earlier one: for that the house waits, before it decides, until what the session put has
 *   come back. The log can't do it: it doesn't know whose a fact is, and what was decided before the
 *   wait may not hold after it.
 * - **Bans and mutes hold when they are put**, also when the disk is full. The log makes no exception
 *   for them: the house evolves them when it puts them, and evolving their entry, `refused` or not,
 *   changes nothing more.
 * - **Sessions are forgotten here by a `tick`**, which passes, however late the disk is. Then it is put
 *   that they are to be forgotten where they are kept, and nobody comes back to one before that entry.
 * - **People change one at a time.** A change is judged by what is kept, so the next one is decided when
 *   the entry of the one before has come.
 * - **Upkeep gives entries of its own**, without being asked: a `retain` that is done already.
 * - A fact is not made into JSON and has no version number: it does not leave the machine.
 *
 * The time of an entry is not before that of the entry before, see times.ts; but for a
 * fact that stays it is the time of its commit, and passing facts may have overtaken that.
 */
export interface FactLog {
  /**
   * Puts a fact at the end of the order. The promise is back-pressure and no answer: much is waiting,
   * and whoever goes on should wait until it settles. There is none unless that is so.
   */
  put(fact: Fact, ticket?: Ticket): Promise<void> | undefined;
  /** Told of every entry. Set it before the first fact is put. */
  onEntry: OnEntry;
  /**
   * Whether facts are decided again in their places, as where several machines put them: then what may
   * not be is an entry that is `refused`, and passing facts are entries later than `put` returns.
   */
  readonly decidesAgain: boolean;
  /** Of a cluster: which facts all nodes know, see batch.ts; none: whoever reads this order knows all. */
  readonly cluster?: { readonly level: number } | undefined;
  /** Decides a fact in its place for a log that does so: as decide.ts. Set before the first is put. */
  onDecide: ((fact: Fact, at: number) => Fact) | undefined;
  /** Settles when all that was put so far is an entry; `undefined`: it is. */
  settled(): Promise<void> | undefined;
  /**
   * Has the rooms go of which nothing is kept any more, neither a message nor a topic, but for those
   * that are open; a `retain` tells which. One of the same name that is opened later begins after
   * their highest numbers.
   */
  removeEmpty(isOpen: (log: RoomLog) => boolean): void;
  readonly figures: LogFigures;
  readonly index: Index;
  /** What is kept of people, as it was when the log was opened; nothing where none is. */
  readonly people?: Kept;
}

/** Who has set a topic, and when. */
export interface TopicSet {
  readonly by: string;
  /** In ms since 1970. */
  readonly at: number;
}

/** What is kept of a session. */
export interface KnownSession {
  /** The id of the account that it is a device of, if it is. */
  readonly account?: string;
  /** What the device calls itself, and since when it is signed in, in ms since 1970. */
  readonly label: string;
  readonly since: number;
}

/** A reaction to a message, and who has given it. */
export interface Reaction {
  readonly key: string;
  /** Of how many people; who is named here, {@linkcode MOST_NAMED} at most, as they were called then. */
  readonly count: number;
  readonly people: readonly Reacting[];
}

/** Somebody who has reacted: the name of that time, and the id of the account; a guest has none. */
export interface Reacting {
  readonly name: string;
  readonly account?: string;
}

/** The most people of one reaction. */
export const MOST_NAMED = 100;

/** A file that a message brought, and where. */
export interface StoredFile extends SentFile {
  readonly log: LogKey;
  readonly seq: number;
  /** In whose quota it counts: an address as this log keeps addresses, which may be hidden. */
  readonly owner: FileOwner;
}

/** A room or a conversation of which something is kept. */
export interface LogKept {
  readonly log: ReadLog;
  /** The seq of its latest entry; before its first, the one that the first follows. */
  readonly last: number;
  /** What a room is about; empty without a topic. */
  readonly topic: string;
}

/** What is kept, for questions: each answer holds all entries that were told, and nothing beyond. */
export interface Index {
  /** Changes when the numbers that were handed out before no longer count. */
  readonly epoch: string;
  /** Why not all that is stored can be read, or nothing be stored, in a sentence. */
  readonly trouble?: string | undefined;
  /** The seq of a log's latest entry; before its first, the one that the first follows. */
  last(log: LogKey): number;
  /** The number after which a room begins that is made now. */
  readonly floor: number;
  /** The rooms that were kept when the log was opened. */
  rooms(): Iterable<Named>;
  /** Every room and conversation of which anything is kept now, in any order. */
  kept(): Iterable<LogKept>;
  /** Whether anything is kept of a room: it has been there before. */
  has(log: RoomLog): boolean;
  /** What the room is about; empty for a room without a topic. */
  topic(log: RoomLog): string;
  /** Who has set the topic, and when, in ms since 1970; `undefined`: nobody knows, or there is none. */
  topicSet(log: RoomLog): TopicSet | undefined;
  /** How many rooms are kept that `opener` opened. */
  keptBy(opener: string): number;
  /** How many more rooms can be kept; the default room always can. */
  spareRooms(): number;
  /**
   * Messages that are still kept, as they are to be read. What was done about them counts as no message.
   * Rejects with a `Refusal` when it can't be read.
   */
  page(log: LogKey, range: PageRange): Page | Promise<Page>;
  /**
   * The entries of a log as they stand now, in order of seq, for those who catch up: see as_now.ts. A message
   * that was removed has an empty text. Rejects like {@linkcode page}.
   */
  entries(
    log: LogKey,
    range: EntryRange,
  ): readonly HistoryEntry[] | Promise<readonly HistoryEntry[]>;
  /** The messages that are pinned in a room, the one that was pinned last at the end. Rejects likewise. */
  pins(log: RoomLog, asking: AskedBy): Page | Promise<Page>;
  /** Who has reacted to a message; `undefined`: there is no such message. Rejects likewise. */
  reactions(
    log: ReadLog,
    re: number,
  ): readonly Reaction[] | undefined | Promise<readonly Reaction[] | undefined>;
  /**
   * How many messages come after a seq in each log, {@linkcode MOST_COUNTED} at most; what was done about
   * messages is none. For an `account` it is as many as {@linkcode unreadAmong} says. Rejects likewise.
   */
  unread(
    after: ReadonlyMap<ReadLog, number>,
    account?: string,
  ): ReadonlyMap<ReadLog, number> | Promise<ReadonlyMap<ReadLog, number>>;
  /**
   * The seq after which the last `limit` messages of a log come, with what was done since. Rejects likewise.
   */
  beforeLast(log: LogKey, limit: number): number | Promise<number>;
  /** The messages that match, what was stored last first. Rejects like {@linkcode page}. */
  search(search: Search): Page | Promise<Page>;
  /** What is known of a session from before the log was opened; `undefined`: nothing. */
  recall(session: Hash): KnownSession | undefined | Promise<KnownSession | undefined>;
  /** The devices of an account, the one that was used last first. Rejects like {@linkcode page}. */
  devices(account: string): readonly Device[] | Promise<readonly Device[]>;
  /**
   * How often an account was mentioned in each log after a seq, 1,000 at most.
   * Rejects like {@linkcode page}.
   */
  mentions(
    account: string,
    after: ReadonlyMap<ReadLog, number>,
  ): ReadonlyMap<ReadLog, number> | Promise<ReadonlyMap<ReadLog, number>>;
  /**
   * The messages that mention an account, and those that are for it alone, the newest first; those of one
   * moment are on one page. Rejects like {@linkcode page}.
   */
  mentioned(asked: Mentioned): Page | Promise<Page>;
  /** The file with this id, if the message that brought it is kept. Rejects like {@linkcode page}. */
  file(id: string): StoredFile | undefined | Promise<StoredFile | undefined>;
  /** How much is kept of files. Rejects like {@linkcode page}. */
  fileUsage(owner: FileOwner): Promise<FileUsage>;
  /** Which of these blobs a message that is kept has brought. Rejects like {@linkcode page}. */
  keptBlobs(sha256s: readonly string[]): Promise<ReadonlySet<string>>;
  /** Told of blobs when the last message that brought them is gone for good. To be set by one. */
  onLetGo: (sha256s: readonly string[]) => void;
  /** The last lines of the audit trail, the newest last. Rejects like {@linkcode page}. */
  audit(limit: number): Promise<{ readonly lines: readonly AuditLine[]; readonly more: boolean }>;
}

/** What waits, and what has been stored. */
export interface LogFigures {
  /** Facts that were put and are no entries yet. */
  readonly waiting: number;
  /** For how long the oldest of them has waited, in ms. */
  readonly waitingMs: number;
  /** Parcels that were stored since the start, and the facts in them. */
  readonly parcels: number;
  readonly parcelFacts: number;
}
