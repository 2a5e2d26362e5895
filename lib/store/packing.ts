/**
 * What the server's thread and the writer tell each other, packed so that a message costs little:
 * everybody's names once, all texts in one string, numbers in one array.
 */

import type { Draft, Receipt } from "../chat/history.ts";
import { isRoomLog } from "../chat/log_key.ts";
import type { StoredLog } from "./stored_log.ts";

/** Drafts on their way to the writer, and what else is to be stored with them. */
export interface Packed {
  /** Logs, titles and openers in turn. */
  readonly rooms: readonly string[];
  readonly names: readonly string[];
  /** The secrets of sessions. */
  readonly sessions: readonly string[];
  /** {@linkcode COLUMNS} numbers a draft. */
  readonly columns: Int32Array<ArrayBuffer>;
  /** Ids and texts, one after the other. */
  readonly texts: string;
  /** Logs, titles, topics and openers in turn. */
  readonly topics: readonly string[];
  /** Secrets of sessions that are in use, and that are to be forgotten. */
  readonly kept: readonly string[];
  readonly forgotten: readonly string[];
}

/** One draft as it is taken out again. */
export interface Unpacked {
  /** Places in the tables of the parcel; -1 for no session. */
  room: number;
  name: number;
  session: number;
  id: string | null;
  action: 0 | 1;
  /** It is stored only if it was stored before. */
  repeatOnly: boolean;
  text: string;
}

/** How one draft ended that was not simply stored. */
export type Odd =
  | { readonly index: number; readonly kind: "again"; readonly receipt: Receipt }
  | { readonly index: number; readonly kind: "reused" | "absent" | "full" }
  | { readonly index: number; readonly kind: "failed"; readonly why: string };

/** What became of a parcel. */
export interface Receipts {
  /** When it was committed, in ms since 1970. */
  readonly at: number;
  /** The seq of each draft; 0 for one that is odd. */
  readonly seqs: Float64Array<ArrayBuffer>;
  readonly odd: readonly Odd[];
  /** The places of the topics for which there is no room any more. */
  readonly topicsLeft: readonly number[];
}

/** Strings that a room takes in {@linkcode Packed.rooms}, and a topic in {@linkcode Packed.topics}. */
export const ROOM_STRINGS = 3;
export const TOPIC_STRINGS = 4;

/** Numbers that a draft takes in {@linkcode Packed.columns}. */
const COLUMNS = 6;
const ACTION = 1;
const REPEAT_ONLY = 2;

/** Gathers drafts until they are packed. */
export class Packer {
  readonly #rooms = new Table();
  readonly #names = new Table();
  readonly #sessions = new Table();
  readonly #numbers: number[] = [];
  readonly #texts: string[] = [];
  readonly topics: string[] = [];
  readonly kept: string[] = [];
  readonly forgotten: string[] = [];
  #count = 0;

  /** Drafts in it. */
  get count(): number {
    return this.#count;
  }

  /** Whether there is nothing to send. */
  get isEmpty(): boolean {
    return this.#count + this.topics.length + this.kept.length + this.forgotten.length === 0;
  }

  add(
    log: StoredLog,
    { title, from, text, action, session, id, unless }: Draft,
    opener = "",
  ): void {
    const once = session !== undefined && id !== undefined;
    this.#numbers.push(
      // Those without a session share a log, whatever they are called.
      this.#rooms.place(isRoomLog(log) ? log : `${log} ${title}`, log, title, opener),
      this.#names.place(from, from),
      once ? this.#sessions.place(session, session) : -1,
      once ? id.length : -1,
      (action ? ACTION : 0) | (unless === undefined ? 0 : REPEAT_ONLY),
      text.length,
    );
    if (once) this.#texts.push(id);
    this.#texts.push(text);
    this.#count++;
  }

  /** The parcel. The gathered is handed over; begin a new packer. */
  pack(): Packed {
    return {
      rooms: this.#rooms.values,
      names: this.#names.values,
      sessions: this.#sessions.values,
      columns: Int32Array.from(this.#numbers),
      texts: this.#texts.join(""),
      topics: this.topics,
      kept: this.kept,
      forgotten: this.forgotten,
    };
  }
}

/** Takes the drafts of a parcel out again. */
export function unpack({ columns, texts }: Packed): Unpacked[] {
  const drafts: Unpacked[] = [];
  let at = 0;
  for (let i = 0; i < columns.length; i += COLUMNS) {
    const idLength = columns[i + 3] as number;
    const flags = columns[i + 4] as number;
    const idEnd = at + Math.max(idLength, 0);
    const end = idEnd + (columns[i + 5] as number);
    drafts.push({
      room: columns[i] as number,
      name: columns[i + 1] as number,
      session: columns[i + 2] as number,
      id: idLength < 0 ? null : texts.slice(at, idEnd),
      action: (flags & ACTION) === 0 ? 0 : 1,
      repeatOnly: (flags & REPEAT_ONLY) !== 0,
      text: texts.slice(idEnd, end),
    });
    at = end;
  }
  return drafts;
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
