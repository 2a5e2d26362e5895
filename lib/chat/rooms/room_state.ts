/**
 * A room as it is on record: what it is called, what it is about and who is in it. It delivers
 * nothing and has no clock; who is told of what happens in it is in audience.ts.
 */

import { type RoomLog, roomLog } from "../messages/log_key.ts";
import type { Hash, Person, Session } from "../sessions/session.ts";

/** A room. */
export interface RoomState {
  readonly key: string;
  readonly name: string;
  /** Where what is said in it is kept. */
  readonly log: RoomLog;
  /** Whose share of rooms it counts in: an account's, or an address's. */
  readonly opener: string | undefined;
  /** The session that has opened it. */
  readonly founder: Hash | undefined;
  readonly topic: string;
  /** Whose clients are in it, in the order in which they came. */
  readonly members: ReadonlySet<Session>;
  /** How many people others are told of. */
  readonly announced: number;
  /** Whether others are told that a person is in it. */
  hasPerson(person: Person): boolean;
}

/** How a session has come into a room. */
export interface CameIn {
  readonly room: RoomState;
  readonly isOpened: boolean;
  /** Whether the session was not in it before. */
  readonly isNew: boolean;
  /** Whether none of its person's sessions was. */
  readonly isFirst: boolean;
}

/** What somebody is told of a room who enters it. */
export function aboutRoom(
  records: { of(key: string): { readonly title: string } | undefined },
  { key, topic }: Pick<RoomState, "key" | "topic">,
): { readonly topic?: string; readonly title?: string } {
  const { title = "" } = records.of(key) ?? {};
  return { ...(topic === "" ? {} : { topic }), ...(title === "" ? {} : { title }) };
}

/** A room as the registry has it, and nobody else: it can be changed. */
export class OpenRoom implements RoomState {
  readonly key: string;
  readonly name: string;
  readonly log: RoomLog;
  readonly opener: string | undefined;
  readonly founder: Hash | undefined;
  topic: string;
  readonly #members = new Set<Session>();
  /** With how many sessions each person is in it; nobody is told of visitors. */
  readonly #people = new Map<Person, number>();

  constructor(key: string, name: string, topic: string, opener?: string, founder?: Hash) {
    this.key = key;
    this.name = name;
    this.log = roomLog(key);
    this.topic = topic;
    this.opener = opener;
    this.founder = founder;
  }

  get members(): ReadonlySet<Session> {
    return this.#members;
  }

  get announced(): number {
    return this.#people.size;
  }

  hasPerson(person: Person): boolean {
    return this.#people.has(person);
  }

  /** Takes `session` in; false if it was in it already. */
  add(session: Session): boolean {
    if (this.#members.has(session)) return false;
    this.#members.add(session);
    this.count(session, 1);
    return true;
  }

  /** Takes `session` out; false if it was not in it. */
  delete(session: Session): boolean {
    if (!this.#members.delete(session)) return false;
    this.count(session, -1);
    return true;
  }

  /** Counts a member for its person, or no longer, before it becomes another person's. */
  count({ isVisitor, person }: Session, by: 1 | -1): void {
    if (isVisitor) return;
    const count = (this.#people.get(person) ?? 0) + by;
    if (count > 0) this.#people.set(person, count);
    else this.#people.delete(person);
  }
}

/** An open room as plain data; its members as things of some kind, in the order in which they came. */
export interface OpenRoomDump<Of> {
  readonly key: string;
  /** The same as the key if there is none. */
  readonly name?: string;
  readonly topic?: string;
  readonly opener?: string;
  readonly founder?: Hash;
  readonly members: readonly Of[];
}

/** A room as it is, with its members as `of` calls them. */
export function dumpRoom<Of>(room: RoomState, of: (session: Session) => Of): OpenRoomDump<Of> {
  const { key, name, topic, opener, founder, members } = room;
  return {
    key,
    ...(name === key ? {} : { name }),
    ...(topic === "" ? {} : { topic }),
    ...(opener === undefined ? {} : { opener }),
    ...(founder === undefined ? {} : { founder }),
    members: [...members].map(of),
  };
}

/** A room as it was. Its members know their rooms already. */
export function loadRoom<Of>(dump: OpenRoomDump<Of>, of: (called: Of) => Session): OpenRoom {
  const { key, name = key, topic = "", opener, founder, members } = dump;
  const room = new OpenRoom(key, name, topic, opener, founder);
  for (const each of members) room.add(of(each));
  return room;
}

/** Who opened a room, for what is stored of it first. */
export function openedBy({ opener }: RoomState): { opener?: string } {
  return opener === undefined ? {} : { opener };
}
