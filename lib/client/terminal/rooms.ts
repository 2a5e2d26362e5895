/**
 * The rooms that the person is in and the conversations that are open, the one on screen, and what is new
 * in the others. Here a conversation is a room with a name of its own kind (conversations.ts).
 */

import { nameKey } from "../../words/names.js";
import type { Message } from "../../wire/events.ts";
import { type MovedPlaces, partnerIn } from "./conversations.ts";
import { foundSeen, releaseUnread } from "./seen.ts";
import type { HeldUnread, LateNews, SeenParts } from "./seen.ts";
import type { ShownMessage } from "./shown_messages.ts";

/** One room that we are in. */
export interface JoinedRoom {
  readonly name: string;
  /** Messages since it was last looked at. */
  unread: number;
  /** The number of the first of them. */
  newFrom: number;
  /** How many of them are for the reader. */
  mentions: number;
  /** When the first of them came. */
  since: Date | undefined;
  /** How many people are in it, as far as is known. */
  members: number;
  /** The number of its last message, as far as is known. */
  last: number;
  /** Up to which number the person has read it, here or on another device. */
  read: number;
  /** What of it the person has had on screen (seen.ts). */
  seen: SeenParts["seen"];
  beyond: SeenParts["beyond"];
  /** What counts as unread again as soon as the person goes elsewhere. */
  heldUnread: HeldUnread | undefined;
  /** Up to which number the server has counted what is unread. */
  counted: number;
  /** Whether it was not looked at here yet: what was said is asked for then. */
  unseen: boolean;
  /** While its earlier messages come. */
  awaited: Awaited | undefined;
  /** Earlier messages that come late: those after `newFrom` and up to `upTo` are new to the person. */
  late: LateNews | undefined;
  /** The last messages of a muted room that were not shown. */
  held: ShownMessage[];
}

/** Earlier messages that come. */
export interface Awaited {
  /** The number of the last of them. */
  readonly upTo: number;
  /** All that have come, also later ones, by `seq`. */
  readonly messages: Map<number, ShownMessage>;
  /** They come as the answer to a request, and not one by one. */
  readonly asked?: true;
  /** Those after this number are new to the person, and so many there are. */
  readonly newFrom?: number;
  readonly unread?: number;
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
  /** The keys of those that were looked at, the latest last. */
  readonly #visited = new Set<string>();
  /** Called when a room is looked at, with what it was before; by default nobody is. */
  onEnter: ((before: JoinedRoom) => void) | undefined;
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
    return unread.sort((a, b) => Number(b.mentions > 0) - Number(a.mentions > 0));
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
      newFrom: 0,
      mentions: 0,
      since: undefined,
      members: 0,
      last: 0,
      read: 0,
      seen: undefined,
      beyond: undefined,
      heldUnread: undefined,
      counted: 0,
      unseen: false,
      awaited: undefined,
      late: undefined,
      held: [],
    };
    this.#rooms.set(nameKey(name), room);
    const [oldest = ""] = this.#rooms.keys();
    if (this.#rooms.size > MAX_ROOMS) this.#delete(oldest);
    return room;
  }

  /** Looks at a room, in which nothing is new from then on. Returns it as it was before. */
  enter(name: string): JoinedRoom {
    const room = this.join(name);
    const before = { ...room };
    const left = this.isCurrent(name) ? undefined : this.get(this.#current);
    if (left !== undefined) releaseUnread(left);
    const isHere = this.isCurrent(name) && this.#visited.has(nameKey(room.name));
    if (!isHere || room.unread > 0) Object.assign(room, foundSeen(room));
    this.#current = room.name;
    this.#visited.delete(nameKey(room.name));
    this.#visited.add(nameKey(room.name));
    const nothing = { unread: 0, mentions: 0, since: undefined, held: [], late: undefined };
    Object.assign(room, nothing, { counted: 0 });
    this.onEnter?.(before);
    return before;
  }

  /** We are no longer in a room; if it was on screen, no room is. */
  drop(name: string): void {
    this.#delete(nameKey(name));
    if (this.isCurrent(name)) this.#current = "";
  }

  #delete(key: string): void {
    this.#rooms.delete(key);
    this.#visited.delete(key);
  }

  /** Puts rooms into an order, before those that it does not name. */
  arrange(names: readonly string[]): void {
    const all = [...names.flatMap((name) => this.get(name) ?? []), ...this.all];
    this.#rooms.clear();
    for (const room of all) this.#rooms.set(nameKey(room.name), room);
  }

  /** Conversations go by something else. */
  move(moved: MovedPlaces): void {
    // What had no message yet, and went by what another one goes by now, is that one.
    const taken = new Set(moved.all.map(([, to]) => nameKey(to)));
    const rooms = this.all.filter(({ name }) => moved.has(name) || !taken.has(nameKey(name)));
    this.#rooms.clear();
    for (const room of rooms) {
      const name = moved.to(room.name);
      this.#rooms.set(nameKey(name), name === room.name ? room : renamed(room, name));
    }
    const visited = [...this.#visited].map((key) => nameKey(moved.to(key)));
    this.#visited.clear();
    for (const key of visited) this.#visited.add(key);
    this.#current = moved.to(this.#current);
  }

  /** A message with this number is there. */
  saw(name: string, seq = 0): void {
    const room = this.get(name);
    if (room !== undefined) room.last = Math.max(room.last, seq);
  }

  /** Its numbers begin again: what waits to be shown has none any more. */
  renumber(name: string): void {
    const room = this.get(name);
    if (room === undefined) return;
    room.held = room.held.map((message) => ({ ...message, seq: 0 }));
    room.seen = room.beyond = room.heldUnread = undefined;
  }

  /** A room was read up to `seq`, maybe on another device; so much is new in it since then. */
  wasRead(name: string, seq: number, unread: number, mentions: number): void {
    const room = this.get(name);
    if (room === undefined) return;
    const { heldUnread: held } = room;
    room.read = seq;
    if (room.seen !== undefined && held === undefined) room.seen = Math.max(room.seen, seq);
    if (seq === held?.from) Object.assign(held, { unread, mentions });
    if (this.isCurrent(name)) return;
    Object.assign(room, { unread, mentions, newFrom: seq + 1 });
    if (unread > 0 && room.seen !== undefined) room.seen = Math.min(room.seen, seq);
    if (unread === 0) Object.assign(room, { since: undefined, held: [] });
  }

  /** Another room is looked at, and so many messages after number `seen` were not seen in this one. */
  leftUnseen(
    name: string,
    { unread, mentions, seen }: {
      readonly unread: number;
      readonly mentions: number;
      readonly seen: number;
    },
  ): void {
    const room = this.get(name);
    // On another device all may have been read meanwhile.
    const isRead = room !== undefined && room.last > 0 && room.read >= room.last;
    if (room === undefined || unread === 0 || isRead) return;
    Object.assign(room, {
      // What was held may not be loaded, and was counted.
      unread: Math.max(room.unread, unread),
      mentions: Math.max(room.mentions, mentions),
      newFrom: seen + 1,
    });
  }

  /**
   * A message of another room that somebody else said is removed by what has number `seq`: it is new no more.
   * `mention`: it was for the reader.
   */
  removed(
    room: JoinedRoom,
    { re, seq, mention }: { readonly re: number; readonly seq: number; readonly mention: boolean },
  ): void {
    // What the server has counted, it has counted without this one.
    if (this.isCurrent(room.name) || room.unread === 0 || re < room.newFrom) return;
    if (seq <= room.counted) return;
    room.unread--;
    room.held = room.held.filter((message) => message.seq !== re);
    room.mentions = Math.max(0, Math.min(room.unread, room.mentions - Number(mention)));
    if (room.unread === 0) room.since = undefined;
  }

  /**
   * Leaves a room; if it was on screen, the one is that was looked at before it, which is returned as it was. What
   * is typed on goes to nobody alone as long as there is a room.
   */
  leave(name: string): JoinedRoom | undefined {
    const wasCurrent = this.isCurrent(name);
    this.drop(name);
    const visited = [...this.#visited].flatMap((key) => this.get(key) ?? []);
    const byVisit = [...this.all.reverse(), ...visited];
    const next = byVisit.findLast(({ name }) => partnerIn(name) === undefined) ?? byVisit.at(-1);
    return wasCurrent && next !== undefined ? this.enter(next.name) : undefined;
  }

  /** Notes a message in another room. `mention`: it is for the reader; `held`: it was not shown. */
  missed(
    room: JoinedRoom,
    message: Message,
    { mention, held }: { readonly mention: boolean; readonly held: boolean },
  ): void {
    if (room.unread === 0) room.newFrom = message.seq;
    const isCounted = message.seq > 0 && message.seq <= room.counted;
    if (!isCounted) room.unread++;
    // A word of this device alone the server has not counted.
    if (mention) room.mentions = isCounted ? Math.max(1, room.mentions) : room.mentions + 1;
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

/** The same under another name, which what waits to be shown bears, too. */
function renamed(room: JoinedRoom, name: string): JoinedRoom {
  const { held, awaited } = room;
  const messages = new Map(
    [...awaited?.messages ?? []].map(([seq, each]) => [seq, { ...each, room: name }]),
  );
  return {
    ...{ ...room, name },
    held: held.map((each) => ({ ...each, room: name })),
    awaited: awaited && { ...awaited, messages },
  };
}
