/** The rooms that the person is in, which of them is looked at, and what is new in the others. */

import { nameKey } from "../../words/names.js";
import type { Message } from "../../wire/events.ts";

/** One room that we are in. */
export interface RoomState {
  readonly name: string;
  /** Messages since it was last looked at. */
  unread: number;
  /** Whether one of them is for the reader. */
  mentioned: boolean;
  /** When the first of them came. */
  since: Date | undefined;
  /** How many people are in it, as far as is known. */
  members: number;
  /** The messages from before it was entered, while they come. */
  awaited: Waiting | undefined;
  /** The last messages of a muted room that were not shown. */
  held: Message[];
}

/** Messages that wait until those before them are known. */
export interface Waiting {
  /** The last one that was there when the room was entered. */
  readonly upTo: number;
  /** By seq. */
  readonly messages: Map<number, Message>;
}

/** The most rooms that we are taken to be in. */
const MAX_ROOMS = 1_000;
/** The most messages of a muted room that are shown when it is entered. */
export const MAX_HELD = 100;
/** The most messages that wait for a room's recent ones. */
export const MAX_AWAITED = 500;

/** Rooms in the order in which they were joined. */
export class Rooms {
  readonly #rooms = new Map<string, RoomState>();
  #current: string;

  /** `current` is looked at, though we are not in it yet. */
  constructor(current: string) {
    this.#current = current;
  }

  /** The room that is looked at, and that plain text goes to; empty when there is none. */
  get current(): string {
    return this.#current;
  }

  get all(): RoomState[] {
    return [...this.#rooms.values()];
  }

  /** The rooms that something is new in, those first where it is for the reader. */
  get unread(): RoomState[] {
    const unread = this.all.filter((room) => room.unread > 0);
    return unread.sort((a, b) => Number(b.mentioned) - Number(a.mentioned));
  }

  get(name: string): RoomState | undefined {
    return this.#rooms.get(nameKey(name));
  }

  isCurrent(name: string): boolean {
    return nameKey(name) === nameKey(this.#current);
  }

  join(name: string): RoomState {
    const known = this.get(name);
    if (known !== undefined) return known;
    const room: RoomState = {
      name,
      unread: 0,
      mentioned: false,
      since: undefined,
      members: 0,
      awaited: undefined,
      held: [],
    };
    this.#rooms.set(nameKey(name), room);
    for (const oldest of this.#rooms.keys()) {
      if (this.#rooms.size <= MAX_ROOMS) break;
      this.#rooms.delete(oldest);
    }
    return room;
  }

  /** Looks at a room; nothing in it is new from then on. Returns it as it was. */
  enter(name: string): RoomState {
    const room = this.join(name);
    const before = { ...room };
    this.#current = room.name;
    Object.assign(room, { unread: 0, mentioned: false, since: undefined, held: [] });
    return before;
  }

  /** We are in a room no more; if it was looked at, none is. */
  drop(name: string): void {
    this.#rooms.delete(nameKey(name));
    if (this.isCurrent(name)) this.#current = "";
  }

  /** Leaves a room; if it was looked at, another one is. */
  leave(name: string): void {
    const wasCurrent = this.isCurrent(name);
    this.drop(name);
    if (!wasCurrent) return;
    this.#current = this.all.at(-1)?.name ?? "";
    if (this.#current !== "") this.enter(this.#current);
  }

  /** Takes note of a message in a room that is not looked at. */
  missed(room: RoomState, message: Message, { mention, held }: Missed): void {
    room.unread++;
    room.mentioned ||= mention;
    room.since ??= new Date(message.at);
    if (held) room.held.push(message);
    if (room.held.length > MAX_HELD) room.held.shift();
  }

  /** The room one on (1) or back (-1) of the current one. */
  beside(step: 1 | -1): RoomState | undefined {
    const { all } = this;
    const at = all.findIndex(({ name }) => this.isCurrent(name));
    return all.at((at + step) % all.length);
  }
}

/** What is known of a message that was missed. */
interface Missed {
  /** It is for the reader. */
  readonly mention: boolean;
  /** It was not shown. */
  readonly held: boolean;
}
