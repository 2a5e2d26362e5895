/**
 * What the server's thread and the writer send each other. Messages are packed, so that each costs
 * little: each name is there once, all texts are in one string, all numbers in one array. Other
 * facts are rare, and are sent as they are.
 */
import type { DirectFact, SayFact, StayingFact, Ticket } from "../chat/log/fact.ts";
import type { Again, StoredNow } from "../chat/log/receipt.ts";
import type { Reactor } from "../chat/messages/history.ts";
import type { ChoiceQuestion } from "../chat/messages/question.ts";
import type { Hash } from "../chat/sessions/session.ts";
import type { SentFile } from "../wire/events.ts";
import { ACTION, NOTICE } from "./columns.ts";
import type { Removed } from "./rooms.ts";

/** A message, in a room or to a person. */
export type MessageFact = SayFact | DirectFact;

/** A fact that is stored and is not a message. */
export type OtherFact = Exclude<StayingFact, MessageFact>;

/** What facts say of addresses as it is stored, hidden: see kept_logs.ts. */
export interface Hidden {
  /** The opener of a message's or topic's room; empty if it is nobody's, or the room is stored already. */
  readonly opener: string;
  /** In whose quota the file of a message counts, or who reacts; empty if there is none. */
  readonly owner: string;
}

/** A fact without either. */
export const NOTHING_HIDDEN: Hidden = { opener: "", owner: "" };

/** The file of a message, with its hidden owner. */
export interface PackedFile {
  readonly file: SentFile;
  readonly owner: string;
}

/** Facts on their way to the writer, in the order in which they were put. */
export interface Packed {
  /** {@linkcode ROOM_STRINGS} strings for each room: its log, title and opener. */
  readonly rooms: readonly string[];
  readonly names: readonly string[];
  readonly sessions: readonly Hash[];
  /** The ids of the accounts that say something. */
  readonly authors: readonly string[];
  /** The accounts that are mentioned in a fact, by its index in the parcel. An empty map is left out. */
  readonly mentions?: ReadonlyMap<number, readonly string[]>;
  /** The files that facts bring, and the messages that they answer, in the same way. */
  readonly files?: ReadonlyMap<number, PackedFile>;
  readonly answers?: ReadonlyMap<number, number>;
  /** The questions that they ask, likewise. */
  readonly asks?: ReadonlyMap<number, ChoiceQuestion>;
  /** {@linkcode COLUMNS} numbers for each fact. */
  readonly columns: Int32Array<ArrayBuffer>;
  /** The id and text of each message in turn, all joined. */
  readonly texts: string;
  /** The facts that are not messages; what they say of addresses is hidden. */
  readonly others: readonly OtherFact[];
}

/** One fact of a parcel, unpacked; for a fact that is not a message, `room` is -1. */
export interface Unpacked {
  /** Indexes into the tables of the parcel; `session`, `author` and `inbox` are -1 for none. */
  room: number;
  name: number;
  session: number;
  author: number;
  /** The inbox that counts it: as `room`. */
  inbox: number;
  id: string | null;
  /** Its kind, see columns.ts. */
  action: 0 | typeof ACTION | typeof NOTICE;
  /** Don't store the message, only look whether it was stored before. */
  onlyAgain: boolean;
  text: string;
}

/** The result of a fact that was not simply stored. */
export type Odd =
  | {
    readonly index: number;
    readonly kind: "again";
    readonly receipt: Again;
  }
  | { readonly index: number; readonly kind: "reused" | "absent" | "full" }
  | { readonly index: number; readonly kind: "failed"; readonly why: string }
  /** The log has judged so, see judge_life.ts. */
  | {
    readonly index: number;
    readonly kind: "refused";
    readonly code: string;
    readonly text: string;
  }
  /** Which of a `retain`'s `gone` rooms were removed: those that were still empty. */
  | { readonly index: number; readonly kind: "removed"; readonly removed: Removed };

/** The results of a parcel that was stored. */
export interface Receipts {
  /** When it was committed, in ms since 1970. */
  readonly at: number;
  /** The seq of each message; 0 for one that is odd, and for a fact that is not a message. */
  readonly seqs: Float64Array<ArrayBuffer>;
  /** The number of each direct message in its inbox, 0 for all others; left out where there is none. */
  readonly ns?: Float64Array<ArrayBuffer>;
  readonly odd: readonly Odd[];
  /** What there is to tell of facts that were stored, by their index in the parcel; left out if nothing. */
  readonly told?: ReadonlyMap<number, Omit<StoredNow, "seq" | "n">>;
}

/** How many strings a room has in {@linkcode Packed.rooms}. */
export const ROOM_STRINGS = 3;

/** How many numbers a fact has in {@linkcode Packed.columns}. */
const COLUMNS = 8;
/** Flags of a message. */
const IS_ACTION = 1;
const ONLY_AGAIN = 2;
const IS_NOTICE = 4;

/** Gathers facts, and packs them. */
export class Packer {
  readonly #rooms = new Table();
  readonly #names = new Table();
  readonly #sessions = new Table();
  readonly #authors = new Table();
  readonly #mentions = new Map<number, readonly string[]>();
  readonly #files = new Map<number, PackedFile>();
  readonly #answers = new Map<number, number>();
  readonly #asks = new Map<number, ChoiceQuestion>();
  readonly #numbers: number[] = [];
  readonly #texts: string[] = [];
  readonly #others: OtherFact[] = [];

  /** Adds a fact at the end. */
  add(fact: StayingFact, hidden = NOTHING_HIDDEN): void {
    if (fact.kind === "say" || fact.kind === "direct") return this.#addMessage(fact, hidden);
    this.#numbers.push(-1, 0, -1, -1, 0, 0, -1, -1);
    this.#others.push(withHidden(fact, hidden));
  }

  #addMessage(fact: MessageFact, { opener, owner }: Hidden): void {
    const { log, title, from, text, session, id, author, mentions, file, re, ask } = fact;
    const inbox = fact.kind === "direct" ? fact.inbox : undefined;
    const once = session !== undefined && id !== undefined;
    const flags = (fact.action ? IS_ACTION : fact.notice ? IS_NOTICE : 0) |
      (fact.kind === "direct" && fact.onlyAgain ? ONLY_AGAIN : 0);
    const index = this.#numbers.length / COLUMNS;
    if (mentions !== undefined && mentions.length > 0) this.#mentions.set(index, mentions);
    if (file !== undefined) this.#files.set(index, { file, owner });
    if (re !== undefined) this.#answers.set(index, re);
    if (ask !== undefined) this.#asks.set(index, ask);
    this.#numbers.push(
      // All addressees without a session share one log, and the two of a conversation, so the key needs
      // the title as well.
      this.#rooms.place(fact.kind === "say" ? log : `${log} ${title}`, log, title, opener),
      this.#names.place(from, from),
      once ? this.#sessions.place(session, session) : -1,
      once ? id.length : -1,
      flags,
      text.length,
      author === undefined ? -1 : this.#authors.place(author, author),
      inbox === undefined ? -1 : this.#rooms.place(`${inbox} ${title}`, inbox, title, ""),
    );
    if (once) this.#texts.push(id);
    this.#texts.push(text);
  }

  /** Packs the facts. Don't use the packer afterwards: the result shares its arrays. */
  pack(): Packed {
    return {
      rooms: this.#rooms.values,
      names: this.#names.values,
      sessions: this.#sessions.values,
      authors: this.#authors.values,
      ...(this.#mentions.size === 0 ? {} : { mentions: this.#mentions }),
      ...(this.#files.size === 0 ? {} : { files: this.#files }),
      ...(this.#answers.size === 0 ? {} : { answers: this.#answers }),
      ...(this.#asks.size === 0 ? {} : { asks: this.#asks }),
      columns: Int32Array.from(this.#numbers),
      texts: this.#texts.join(""),
      others: this.#others,
    };
  }
}

function withHidden(fact: OtherFact, { opener, owner }: Hidden): OtherFact {
  if (fact.kind === "topic") return { ...fact, opener };
  return fact.kind === "react" || fact.kind === "answer"
    ? { ...fact, who: owner as Reactor }
    : fact;
}

/** Unpacks the facts of a parcel. */
export function unpack({ columns, texts }: Packed): Unpacked[] {
  const facts: Unpacked[] = [];
  let at = 0;
  for (let i = 0; i < columns.length; i += COLUMNS) {
    const idLength = columns[i + 3] as number;
    const flags = columns[i + 4] as number;
    const idEnd = at + Math.max(idLength, 0);
    const end = idEnd + (columns[i + 5] as number);
    facts.push({
      room: columns[i] as number,
      name: columns[i + 1] as number,
      session: columns[i + 2] as number,
      id: idLength < 0 ? null : texts.slice(at, idEnd),
      action: (flags & IS_ACTION) !== 0 ? ACTION : (flags & IS_NOTICE) !== 0 ? NOTICE : 0,
      onlyAgain: (flags & ONLY_AGAIN) !== 0,
      text: texts.slice(idEnd, end),
      author: columns[i + 6] as number,
      inbox: columns[i + 7] as number,
    });
    at = end;
  }
  return facts;
}

/** A table of strings in which each key has one place, so that repeated values are sent once. */
class Table {
  readonly values: string[] = [];
  readonly #places = new Map<string, number>();
  #count = 0;

  /** The place of `key`; a new key gets the next place, and its `values` are added. */
  place(key: string, ...values: readonly string[]): number {
    let place = this.#places.get(key);
    if (place === undefined) {
      this.#places.set(key, place = this.#count++);
      this.values.push(...values);
    }
    return place;
  }
}

/** Facts that go to the writer together, in the order in which they were put. */
export class Parcel {
  readonly packer = new Packer();
  readonly facts: StayingFact[] = [];
  readonly tickets: Array<Ticket | undefined> = [];
  /** When the first fact was put, in ms of `performance.now()`. */
  since = 0;
  /** The size of the facts together, in UTF-16 code units. */
  length = 0;
  settled: PromiseWithResolvers<void> | undefined;

  /** Adds a fact at the end; `length` is its size, in UTF-16 code units. */
  add(fact: StayingFact, ticket: Ticket | undefined, length: number): void {
    if (this.facts.length === 0) this.since = performance.now();
    this.facts.push(fact);
    this.tickets.push(ticket);
    this.length += length;
  }
}

/** How many facts of a parcel somebody would miss: what is said and done, and changes of people. */
export function missed(parcel: Parcel | undefined): number {
  return parcel?.facts.filter(({ kind }) => MISSED.has(kind)).length ?? 0;
}

const MISSED: ReadonlySet<string> = new Set([
  ...["say", "direct", "topic", "people"],
  ...["revise", "remove", "react", "pin", "answer"],
]);
