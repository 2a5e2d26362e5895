/** What the server's thread knows of each stored log: its numbers, its topic, and who opened it. */

import type { StayingFact } from "../chat/log/fact.ts";
import type { LogKept, TopicSet } from "../chat/log/fact_log.ts";
import {
  isChatLog,
  isRoomLog,
  type LogKey,
  type RoomLog,
  roomLog,
} from "../chat/messages/log_key.ts";
import { DEFAULT_ROOM } from "../wire/names.ts";
import type { OpenedStore } from "./calls.ts";
import { type Hidden, NOTHING_HIDDEN } from "./packing.ts";
import type { Removed } from "./rooms.ts";

/** The state of one log. */
export interface LogState {
  first: number;
  last: number;
  /** How many of its entries were ever no messages, and how many of those are gone. */
  about: number;
  aboutGone: number;
  topic: string;
  topicSet: TopicSet | undefined;
  /** The account or hidden address in whose share of rooms the room counts; empty for none. */
  readonly opener: string;
}

/** Every stored log. */
export class KeptLogs {
  readonly #salt: string;
  readonly #states = new Map<LogKey, LogState>();
  readonly #counts = new Map<string, number>();
  /** The states of rooms that are being removed, in case the removal fails. */
  readonly #going = new Map<RoomLog, LogState>();
  #floor: number;
  #rooms = 0;

  constructor({ logs, floor, salt }: Pick<OpenedStore, "logs" | "floor" | "salt">) {
    this.#salt = salt;
    this.#floor = floor;
    for (const { log, name: _, ...state } of logs) this.#set(log, state);
  }

  /** How many messages of rooms are stored, and how many rooms. */
  get size(): { readonly messages: number; readonly rooms: number } {
    const kept = [...this.#states].filter(([log]) => isRoomLog(log)).map(([, room]) => room);
    const messages = kept.reduce((sum, room) => sum + messagesIn(room), 0);
    return { messages, rooms: kept.filter(({ last }) => last > 0).length };
  }

  /** How many rooms are stored, besides the default room. */
  get rooms(): number {
    return this.#rooms;
  }

  /** The number after which a room begins that is made now. */
  get floor(): number {
    return this.#floor;
  }

  /** Those of rooms and conversations. */
  *readable(): Generator<LogKept> {
    for (const [log, { last, topic }] of this.#states) {
      if (isRoomLog(log) || isChatLog(log)) yield { log, last, topic };
    }
  }

  get(log: LogKey): LogState | undefined {
    return this.#states.get(log);
  }

  /** The number of the log's latest message; without any, the number before its first. */
  last(log: LogKey): number {
    return this.#states.get(log)?.last ?? (isRoomLog(log) ? this.#floor : 0);
  }

  /** The state of a log, made if there is none yet; `opener` is then who opened it. */
  of(log: LogKey, opener = ""): LogState {
    let state = this.#states.get(log);
    if (state === undefined) {
      const last = this.last(log);
      const none = { about: 0, aboutGone: 0, topic: "", topicSet: undefined };
      this.#set(log, state = { first: last + 1, last, ...none, opener: this.hidden(opener) });
    }
    return state;
  }

  /** Notes that the last number of a log is at least `last`; of one that has none nothing is kept. */
  reaches(log: LogKey, last: number): void {
    if (last === 0) return;
    const state = this.of(log);
    state.last = Math.max(state.last, last);
  }

  /** Forgets a log. */
  delete(log: LogKey): void {
    const opener = this.#states.get(log)?.opener;
    if (this.#states.delete(log) && isCounted(log)) this.#rooms--;
    if (opener === undefined || opener === "") return;
    const count = (this.#counts.get(opener) ?? 0) - 1;
    if (count > 0) this.#counts.set(opener, count);
    else this.#counts.delete(opener);
  }

  /** Forgets a log that is removed for good. */
  drop(log: LogKey): void {
    if (isRoomLog(log)) this.#floor = Math.max(this.#floor, this.last(log));
    this.delete(log);
  }

  /** How many stored rooms `opener` opened. */
  keptBy(opener: string): number {
    return this.#counts.get(this.hidden(opener)) ?? 0;
  }

  /** An opener as it is stored: addresses are hashed, so that the disk does not reveal them. */
  hidden(opener: string): string {
    const address = /^address (.*)$/.exec(opener)?.[1];
    if (address === undefined) return opener;
    // Loaded when it is first needed: it takes 25 ms, for which no start should wait.
    const { createHmac } = globalThis.process.getBuiltinModule("node:crypto");
    return `address ${createHmac("sha256", this.#salt).update(address).digest("hex").slice(0, 16)}`;
  }

  /** What a fact says of addresses, as it is stored. A log that is stored already needs no opener. */
  hiddenIn(fact: StayingFact): Hidden {
    const isInRoom = fact.kind === "say" || fact.kind === "topic";
    const opener = isInRoom && !this.#states.has(fact.log) ? fact.opener ?? "" : "";
    const owner = "who" in fact ? fact.who : "owner" in fact ? fact.owner ?? "" : "";
    if (opener === "" && owner === "") return NOTHING_HIDDEN;
    return { opener: this.hidden(opener), owner: this.hidden(owner) };
  }

  /** Takes out the rooms with no message and no topic, for removal; see {@linkcode removed}. */
  takeEmpty(isOpen: (log: RoomLog) => boolean): RoomLog[] {
    const empty = this.emptyRooms(isOpen);
    for (const log of empty) {
      const state = this.#states.get(log) as LogState;
      this.#going.set(log, state);
      this.delete(log);
      this.#floor = Math.max(this.#floor, state.last);
    }
    return empty;
  }

  /** The rooms with no message and no topic. */
  emptyRooms(isOpen: (log: RoomLog) => boolean): RoomLog[] {
    const empty: RoomLog[] = [];
    for (const [log, { first, last, topic }] of this.#states) {
      if (first <= last || topic !== "" || !isRoomLog(log) || isOpen(log)) continue;
      if (log !== roomLog(DEFAULT_ROOM)) empty.push(log);
    }
    return empty;
  }

  /** Notes which rooms the writer has removed, and restores the others that were taken out. */
  removed({ rooms, floor }: Removed): void {
    for (const log of rooms) {
      this.#going.delete(log);
      // Somebody may have opened the room again meanwhile: then its last number is above the floor.
      if ((this.#states.get(log)?.last ?? 0) <= floor) this.delete(log);
    }
    this.#floor = Math.max(this.#floor, floor);
    for (const [log, state] of this.#going) this.#set(log, state);
    this.#going.clear();
  }

  #set(log: LogKey, state: LogState): void {
    this.delete(log);
    this.#states.set(log, state);
    if (isCounted(log)) this.#rooms++;
    if (state.opener === "") return;
    this.#counts.set(state.opener, (this.#counts.get(state.opener) ?? 0) + 1);
  }
}

function messagesIn({ first, last, about, aboutGone }: LogState): number {
  return last - first + 1 - (about - aboutGone);
}

/** Whether it takes one of the places for rooms. */
function isCounted(log: LogKey): boolean {
  return isRoomLog(log) && log !== roomLog(DEFAULT_ROOM);
}
