/** The rooms that the person is in, the one on screen, and what is new in the others. */

import { nameKey } from "../../words/names.js";
import type { Message } from "../../wire/events.ts";

/** One room that we are in. */
export interface JoinedRoom {
  readonly name: string;
  /** Messages since it was last looked at. */
  unread: number;
  /** Whether one of them is for the reader. */
  mentioned: boolean;
  /** When the first of them came. */
  since: Date | undefined;
  /** How many people are in it, as far as is known. */
  members: number;
  /** While its earlier messages come: the last of them by number, and all that have come, by `seq`. */
  awaited: { readonly upTo: number; readonly messages: Map<number, Message> } | undefined;
  /** The last messages of a muted room that were not shown. */
  held: Message[];
}

/** The most rooms that we remember, however many the server says that we are in. */
const MAX_ROOMS = 1_000;
/** The most messages of a muted room that are kept to be shown later. */
export const MAX_HELD = 100;
/** The most messages that wait for the earlier ones of their room. */
export const MAX_AWAITED = 500;

/** Rooms in the order in which they were joined. */
export class Rooms {
  readonly #rooms = new Map<string, JoinedRoom>();
  #current: string;

  /** `current` is on screen, though we are not in it yet. */
  constructor(current: string) {
    this.#current = current;
  }

  /** The room that is on screen, and that plain text goes to; empty if there is none. */
  get current(): string {
    return this.#current;
  }

  get all(): JoinedRoom[] {
    return [...this.#rooms.values()];
  }

  /** The rooms with new messages; first those with messages for the reader. */
  get unread(): JoinedRoom[] {
    const unread = this.all.filter((room) => room.unread > 0);
    return unread.sort((a, b) => Number(b.mentioned) - Number(a.mentioned));
  }

  get(name: string): JoinedRoom | undefined {
    return this.#rooms.get(nameKey(name));
  }

  isCurrent(name: string): boolean {
    return nameKey(name) === nameKey(this.#current);
  }

  join(name: string): JoinedRoom {
    const known = this.get(name);
    if (known !== undefined) return known;
    const room: JoinedRoom = {
      name,
      unread: 0,
      mentioned: false,
      since: undefined,
      members: 0,
      awaited: undefined,
      held: [],
    };
    this.#rooms.set(nameKey(name), room);
    const [oldest = ""] = this.#rooms.keys();
    if (this.#rooms.size > MAX_ROOMS) this.#rooms.delete(oldest);
    return room;
  }

  /** Looks at a room, in which nothing is new from then on. Returns it as it was before. */
  enter(name: string): JoinedRoom {
    const room = this.join(name);
    const before = { ...room };
    this.#current = room.name;
    Object.assign(room, { unread: 0, mentioned: false, since: undefined, held: [] });
    return before;
  }

  /** We are no longer in a room; if it was on screen, no room is. */
  drop(name: string): void {
    this.#rooms.delete(nameKey(name));
    if (this.isCurrent(name)) this.#current = "";
  }

  /** Leaves a room; if it was on screen, another one is. */
  leave(name: string): void {
    const wasCurrent = this.isCurrent(name);
    this.drop(name);
    if (!wasCurrent) return;
    this.#current = this.all.at(-1)?.name ?? "";
    if (this.#current !== "") this.enter(this.#current);
  }

  /** Notes a message in another room. `mention`: it is for the reader; `held`: it was not shown. */
  missed(
    room: JoinedRoom,
    message: Message,
    { mention, held }: { readonly mention: boolean; readonly held: boolean },
  ): void {
    room.unread++;
    room.mentioned ||= mention;
    room.since ??= new Date(message.at);
    if (held) room.held.push(message);
    if (room.held.length > MAX_HELD) room.held.shift();
  }

  /** The room after (1) or before (-1) the current one. */
  beside(step: 1 | -1): JoinedRoom | undefined {
    const { all } = this;
    const at = all.findIndex(({ name }) => this.isCurrent(name));
    return all.at((at + step) % all.length);
  }
}
