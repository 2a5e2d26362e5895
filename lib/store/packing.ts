/**
 * What the server's thread and the writer tell each other, packed so that a message costs little:
 * everybody's names once, all texts in one string, numbers in one array. All else is rare, and goes
 * as it is.
 */
import type { DirectFact, SayFact, StayingFact, Ticket } from "../chat/log/fact.ts";
import { isRoomLog } from "../chat/messages/log_key.ts";
import type { Hash } from "../chat/sessions/session.ts";
import type { Removed } from "./rooms.ts";

/** Something that somebody said. */
export type MessageFact = SayFact | DirectFact;

/** A fact that stays and is no message. */
export type OtherFact = Exclude<StayingFact, MessageFact>;

/** Facts on their way to the writer, in the order in which they were put. */
export interface Packed {
  /** Logs, titles and openers in turn. */
  readonly rooms: readonly string[];
  readonly names: readonly string[];
  readonly sessions: readonly Hash[];
  /** {@linkcode COLUMNS} numbers a fact. */
  readonly columns: Int32Array<ArrayBuffer>;
  /** Ids and texts, one after the other. */
  readonly texts: string;
  /** What is no message; openers are hidden. */
  readonly others: readonly OtherFact[];
}

/** One message as it is taken out again. */
export interface Unpacked {
  /** Places in the tables of the parcel; -1 for no session, and for the room of what is no message. */
  room: number;
  name: number;
  session: number;
  id: string | null;
  action: 0 | 1;
  /** It is only looked for whether it was stored before. */
  onlyAgain: boolean;
  text: string;
}

/** How one fact ended that was not simply stored. */
export type Odd =
  | {
    readonly index: number;
    readonly kind: "again";
    readonly receipt: { readonly room: string; readonly seq: number; readonly at: string };
  }
  | { readonly index: number; readonly kind: "reused" | "absent" | "full" }
  | { readonly index: number; readonly kind: "failed"; readonly why: string }
  /** Of the rooms that were to go, those that were empty have gone. */
  | { readonly index: number; readonly kind: "removed"; readonly removed: Removed };

/** What became of a parcel. */
export interface Receipts {
  /** When it was committed, in ms since 1970. */
  readonly at: number;
  /** The seq of each message; 0 for one that is odd, and for what is none. */
  readonly seqs: Float64Array<ArrayBuffer>;
  readonly odd: readonly Odd[];
}

/** Strings that a room takes in {@linkcode Packed.rooms}. */
export const ROOM_STRINGS = 3;

/** Numbers that a fact takes in {@linkcode Packed.columns}. */
const COLUMNS = 6;
const ACTION = 1;
const ONLY_AGAIN = 2;

/** Gathers facts until they are packed. */
export class Packer {
  readonly #rooms = new Table();
  readonly #names = new Table();
  readonly #sessions = new Table();
  readonly #numbers: number[] = [];
  readonly #texts: string[] = [];
  readonly #others: OtherFact[] = [];

  /** Puts a fact after those that are there. `opener` is that of a message or topic, hidden. */
  add(fact: StayingFact, opener = ""): void {
    if (fact.kind === "say" || fact.kind === "direct") return this.#addMessage(fact, opener);
    this.#numbers.push(-1, 0, -1, -1, 0, 0);
    this.#others.push(fact.kind === "topic" ? { ...fact, opener } : fact);
  }

  #addMessage(fact: MessageFact, opener: string): void {
    const { log, title, from, text, session, id } = fact;
    const once = session !== undefined && id !== undefined;
    const flag = fact.kind === "say" ? fact.action && ACTION : fact.onlyAgain && ONLY_AGAIN;
    this.#numbers.push(
      // Those without a session share a log, whatever they are called.
      this.#rooms.place(isRoomLog(log) ? log : `${log} ${title}`, log, title, opener),
      this.#names.place(from, from),
      once ? this.#sessions.place(session, session) : -1,
      once ? id.length : -1,
      flag || 0,
      text.length,
    );
    if (once) this.#texts.push(id);
    this.#texts.push(text);
  }

  /** The parcel. The gathered is handed over; begin a new packer. */
  pack(): Packed {
    return {
      rooms: this.#rooms.values,
      names: this.#names.values,
      sessions: this.#sessions.values,
      columns: Int32Array.from(this.#numbers),
      texts: this.#texts.join(""),
      others: this.#others,
    };
  }
}

/** Takes the facts of a parcel out again; the room of what is no message is -1. */
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
      action: (flags & ACTION) === 0 ? 0 : 1,
      onlyAgain: (flags & ONLY_AGAIN) !== 0,
      text: texts.slice(idEnd, end),
    });
    at = end;
  }
  return facts;
}

/** Values by their place; the same value has one place. */
class Table {
  readonly values: string[] = [];
  readonly #places = new Map<string, number>();
  #count = 0;

  /** The place of what goes by `key`: the `values`, side by side. */
  place(key: string, ...values: readonly string[]): number {
    let place = this.#places.get(key);
    if (place === undefined) {
      this.#places.set(key, place = this.#count++);
      this.values.push(...values);
    }
    return place;
  }
}

/** Facts that go to the writer at once, in the order in which they were put. */
export class Parcel {
  readonly packer = new Packer();
  readonly facts: StayingFact[] = [];
  readonly tickets: Array<Ticket | undefined> = [];
  /** When the first of them was put, in ms of `performance.now()`. */
  since = 0;
  length = 0;
  settled: PromiseWithResolvers<void> | undefined;

  /** Puts a fact after those that are there; `length` is what it takes, in UTF-16 code units. */
  add(fact: StayingFact, ticket: Ticket | undefined, length: number): void {
    if (this.facts.length === 0) this.since = performance.now();
    this.facts.push(fact);
    this.tickets.push(ticket);
    this.length += length;
  }
}

/** Messages, topics and changes of people in a parcel: what somebody would miss. */
export function missed(parcel: Parcel | undefined): number {
  return parcel?.facts.filter(({ kind }) => MISSED.has(kind)).length ?? 0;
}

const MISSED: ReadonlySet<string> = new Set(["say", "direct", "topic", "people"]);
