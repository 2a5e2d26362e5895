/** The messages of a log in memory, and what was done about them. */

import {
  type AskedBy,
  type Page,
  type PageRange,
  type Reactor,
  type Stored,
  unreadAmong,
} from "../messages/history.ts";
import {
  type EntryRange,
  goesWithMessage,
  type HistoryEntry,
  isMessage,
  type LifeEntry,
} from "../messages/entries.ts";
import { quoteOf, reactionsOf } from "../messages/fold.ts";
import { type ChatLog, isChatLog, type LogKey, type ReadLog } from "../messages/log_key.ts";
import type { Numbers } from "../messages/log_tail.ts";
import type { Numbered } from "../messages/memory_search.ts";
import { RecentLogs, type RecentOptions } from "../messages/recent.ts";
import type { Hash } from "../sessions/session.ts";
import { asEntry } from "./as_entry.ts";
import { asMessage } from "./as_message.ts";
import type { DirectFact, SayFact } from "./fact.ts";
import { MOST_NAMED, type Reaction } from "./fact_log.ts";
import {
  type AboutWhat,
  judgeLife,
  type LifeKnown,
  lifeTold,
  noSuchMessage,
} from "./judge_life.ts";
import type { LifeFact } from "./life_facts.ts";
import type { MemoryFiles } from "./memory_files.ts";
import { MemoryFloors } from "./memory_floors.ts";
import type { Receipt, StoredNow } from "./receipt.ts";
import { SentIds } from "./sent_ids.ts";
import { isoTime } from "./times.ts";
import { UnchangedIds } from "./unchanged_ids.ts";
import type { Unfinished } from "./unfinished.ts";

/** What {@linkcode MemoryMessages} may hold. */
export interface MemoryMessagesOptions
  extends Omit<RecentOptions, "onForget" | "onDrop" | "isOnly"> {
  /** Ids of messages that are remembered for each session, at least the latest; 1,024 unless told. */
  readonly idsPerSession?: number;
}

/** Keeps the last messages of each log. */
export class MemoryMessages {
  readonly recent: RecentLogs;
  readonly #sent: SentIds;
  readonly #unchanged = new UnchangedIds();
  readonly #files: MemoryFiles;
  readonly floors = new MemoryFloors();
  /** Messages of all logs that were ever stored. */
  #count = 0;

  constructor(options: MemoryMessagesOptions, files: MemoryFiles) {
    this.#files = files;
    this.#sent = new SentIds(options.idsPerSession ?? 1_024);
    this.recent = new RecentLogs({
      ...options,
      isOnly: true,
      onForget: (log, last) => this.floors.gaveWay(log, last),
      onDrop: (log, { log: said, message: { file } }) => {
        // An inbox has a second copy of a message.
        if (file !== undefined && log === said) this.#files.remove(file.id);
      },
    });
  }

  /** The number of a log's last entry. */
  last(log: LogKey): number {
    return this.recent.last(log) ?? this.floors.of(log);
  }

  /** Drops a log for good. */
  drop(log: LogKey): void {
    this.floors.drop(log, this.last(log));
    this.recent.forget(log);
  }

  /** Forgets what a session has sent under ids. */
  forget(hash: Hash): void {
    this.#sent.forget(hash);
  }

  /** Keeps a message that was said at a time, in ms since 1970. */
  say(fact: SayFact | DirectFact, at: number): Receipt {
    const earlier = this.#sent.find(fact);
    if (earlier !== undefined) return earlier;
    if (fact.kind === "direct" && fact.onlyAgain) return { absent: true };
    const answered = this.#answered(fact);
    if (answered !== undefined && "refused" in answered) return answered;
    const message = asMessage(fact, this.last(fact.log) + 1, at);
    const { session, id, mentions, file, owner } = fact;
    if (file !== undefined && owner !== undefined) {
      this.#files.add({ ...file, log: fact.log, seq: message.seq, owner });
    }
    const stored: Unfinished<Numbered> = { message, log: fact.log, n: ++this.#count };
    if (mentions !== undefined) stored.mentions = mentions;
    if (fact.ask !== undefined) stored.question = fact.ask;
    if (session !== undefined && id !== undefined) {
      this.#sent.note(session, id, fact, message);
      stored.session = session;
      stored.id = id;
    }
    this.recent.add(fact.log, stored);
    const receipt = answered === undefined
      ? { seq: message.seq }
      : { seq: message.seq, ...answered };
    const inbox = fact.kind === "say" ? undefined : fact.inbox;
    if (inbox === undefined) return receipt;
    const n = this.last(inbox) + 1;
    const copyOf = { log: fact.log, seq: message.seq };
    this.recent.add(inbox, { message: { ...message, seq: n }, log: fact.log, copyOf });
    return { ...receipt, n };
  }

  /** Keeps what is done about a message at a time, in ms since 1970, if it may be. */
  about(fact: LifeFact, at: number): Receipt {
    const earlier = this.#sent.find(fact);
    if (earlier !== undefined) return earlier;
    const unchanged = this.#unchanged.find(fact);
    if (unchanged !== undefined) return { again: unchanged };
    const { log, title: room, session, id, re } = fact;
    const judged = judgeLife(fact, at, this.#knownOf(fact));
    if (judged !== undefined) {
      if ("refused" in judged) return judged;
      const again = { room, ...judged.again, at: isoTime(judged.again.at), ...inChat(log) };
      this.#unchanged.note(fact, again);
      return { again };
    }
    const seq = this.last(log) + 1;
    const target = this.recent.get(log, re) as Stored;
    if (session !== undefined && id !== undefined) {
      this.#sent.note(session, id, fact, { room, seq, at: isoTime(at) });
    }
    const stored = { seq, ...lifeTold(fact, { ...target, file: target.message.file }) };
    this.recent.add(log, asEntry(fact, stored, at));
    if (fact.kind !== "remove") return stored;
    this.#empty(log, target);
    const { from, by } = target.message;
    const isOwn = by === undefined ? target.session === fact.by : by === fact.author;
    return isOwn ? { seq } : { seq, whose: from };
  }

  page(log: LogKey, range: PageRange): Page {
    const kept = this.#kept(log);
    return this.recent.page(log, range, kept) ?? { entries: [], more: false };
  }

  entries(log: LogKey, range: EntryRange): readonly HistoryEntry[] {
    return this.recent.entries(log, range, this.#kept(log)) ?? [];
  }

  reactions(log: ReadLog, re: number): readonly Reaction[] | undefined {
    if (this.#target(log, re) === undefined) return undefined;
    return [...reactionsOf(this.recent.about(log, re))].map(([key, people]) => ({
      key,
      count: people.size,
      people: [...people.values()].slice(0, MOST_NAMED).map(({ from: name, by: account }) =>
        account === undefined ? { name } : { name, account }
      ),
    }));
  }

  unread(after: ReadonlyMap<ReadLog, number>, account?: string): Map<ReadLog, number> {
    const count = ([log, seq]: readonly [ReadLog, number]): [ReadLog, number] => {
      const all = this.recent.messagesAfter(log, seq, this.#kept(log)) ?? 0;
      return [log, unreadAmong(all, this.recent.ownAfter(log, seq, this.#kept(log), account) ?? 0)];
    };
    return new Map([...after].map(count));
  }

  beforeLast(log: LogKey, limit: number): number {
    if (this.recent.last(log) === undefined) return this.last(log);
    return this.recent.beforeLast(log, limit, this.#kept(log)) ?? this.last(log);
  }

  /** What was found in several logs, as it is to be read. */
  readable(page: Page, { asker }: AskedBy): Page {
    const entries = page.entries.flatMap((stored) => {
      const { log } = stored;
      if (log === undefined) return [stored];
      const original = this.recent.get(log, stored.message.seq);
      if (original === undefined || !isMessage(original)) return [];
      return this.recent.readable(log, [original], asker);
    });
    return { ...page, entries };
  }

  #kept(log: LogKey): Numbers {
    return { first: this.recent.first(log) ?? 1, last: this.recent.last(log) ?? 0 };
  }

  /** How that begins which a message answers, or why there is nothing to be answered. */
  #answered(fact: SayFact | DirectFact): Answered | undefined {
    const { log, title, re } = fact;
    if (re === undefined) return undefined;
    if (this.#target(log, re) === undefined) return { refused: noSuchMessage({ re, title }) };
    const quote = quoteOf(this.recent.folded(log, re));
    return quote && { quote };
  }

  /** The message with a number, unless it was removed. */
  #target(log: LogKey, seq: number): Stored | undefined {
    const stored = this.recent.get(log, seq);
    return stored !== undefined && isMessage(stored) && stored.message.text !== ""
      ? stored
      : undefined;
  }

  #knownOf(fact: LifeFact): LifeKnown {
    const { log, re } = fact;
    const about = this.recent.about(log, re);
    return {
      target: () => aboutWhat(this.#target(log, re)),
      edits: () => about.filter(({ kind }) => kind === "revised").length,
      keys: () => new Set(reactionsOf(about).keys()),
      ownKeys: () => {
        const own = [...reactionsOf(about)].filter(([, people]) => people.has(whoOf(fact)));
        return new Set(own.map(([key]) => key));
      },
      takenBack: () => about.filter((each) => isSameSwitch(each, fact) && "off" in each).length,
      hasRoom: () => this.recent.hasRoom(log, whoOf(fact)),
      latest: () => {
        const entry = about.findLast((each) => isSameSwitch(each, fact));
        if (entry === undefined) return undefined;
        return { seq: entry.seq, at: Date.parse(entry.at), off: "off" in entry };
      },
      pins: () => this.recent.pinned(log).length,
      answers: () => about.filter((each) => each.kind === "answered"),
    };
  }

  /** Lets nothing be left of what a message said. */
  #empty(log: ReadLog, { message: { seq }, session, id }: Stored): void {
    const edits = this.recent.about(log, seq).filter(goesWithMessage);
    for (const each of [{ session, id }, ...edits]) {
      if (each.session !== undefined && each.id !== undefined) {
        this.#sent.empty(each.session, each.id);
      }
    }
    this.recent.empty(log, seq);
  }
}

/** What a message answers. */
type Answered = Pick<StoredNow, "quote"> | Extract<Receipt, { readonly refused: unknown }>;

function aboutWhat(stored: Stored | undefined): AboutWhat | undefined {
  if (stored === undefined) return undefined;
  const { message: { at, by, file }, session, question } = stored;
  return { at: Date.parse(at), author: by, session, file, question };
}

/** Who reacts; nobody where it is no reaction. */
function whoOf(fact: LifeFact): Reactor {
  return fact.kind === "react" || fact.kind === "answer" ? fact.who : "address ";
}

/** Whether an entry turns the same on or off as a fact would. */
function isSameSwitch(entry: LifeEntry, fact: LifeFact): boolean {
  if (entry.kind === "pinned") return fact.kind === "pin";
  return entry.kind === "reacted" && fact.kind === "react" && entry.key === fact.key &&
    entry.who === fact.who;
}

function inChat(log: ReadLog): { readonly log?: ChatLog } {
  return isChatLog(log) ? { log } : {};
}
