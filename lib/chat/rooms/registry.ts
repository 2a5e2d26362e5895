/**
 * Who is here and which rooms are open: the only shared mutable state. Every method is synchronous,
 * so nothing can happen between what it reads and what it changes. This folder
 * knows neither accounts nor roles, and asks nobody whether something may be.
 */

import { DEFAULT_ROOM } from "../../wire/names.ts";
import { nameKey } from "../../words/names.js";
import { type RoomLog, roomLog } from "../messages/log_key.ts";
import { checkRoom } from "../names/check_name.ts";
import type { Named } from "../names/name_tables.ts";
import { textWidth } from "../names/width.ts";
import { Refusal } from "../refusal.ts";
import { Persons } from "../sessions/persons.ts";
import type { Hash, Person, Session } from "../sessions/session.ts";
import { Sessions } from "../sessions/sessions.ts";
import type { Share } from "../sessions/waiting.ts";
import { PersonNames } from "./person_names.ts";
import { dumpRegistry, loadRegistry, type RegistryDump } from "./registry_dump.ts";
import type { RegistryLimits } from "./registry_limits.ts";
import { type RoomList, RoomLists } from "./room_list.ts";
import { RoomNames } from "./room_names.ts";
import type { Past, RoomRecords } from "./room_records.ts";
import type { RoomShares } from "./room_shares.ts";
import { type CameIn, OpenRoom, type RoomState } from "./room_state.ts";

/** Rooms, names and sessions. */
export class Registry {
  readonly sessions: Sessions;
  readonly persons = new Persons();
  readonly names: PersonNames;
  readonly #limits: RegistryLimits;
  readonly #past: Past;
  readonly #rooms = new Map<string, OpenRoom>();
  /** The same by their logs, which facts name. */
  readonly #byLog = new Map<RoomLog, OpenRoom>();
  readonly #roomNames: RoomNames;
  readonly #shares: RoomShares;
  readonly #lists = new RoomLists();
  #time = 0;

  /** `past` knows the rooms that have been there before. */
  constructor(limits: RegistryLimits, past: Past, shares: RoomShares) {
    this.#shares = shares;
    this.#limits = limits;
    this.sessions = new Sessions(() => limits.waitingSessions);
    this.names = new PersonNames((session) => this.isPresent(session), () => this.#time);
    this.#past = past;
    this.#roomNames = new RoomNames((key) => !this.isNew(key), past.rooms());
    this.#open(DEFAULT_ROOM, DEFAULT_ROOM);
  }

  /** All that it knows. */
  get dump(): RegistryDump {
    return dumpRegistry(this.#parts, this.#rooms.values(), this.#time);
  }

  /** Knows what was dumped, where nobody has come in. Throws an `Error` for a dump that is damaged. */
  load(dump: RegistryDump): void {
    this.#time = dump.time;
    this.#rooms.clear();
    this.#byLog.clear();
    for (const room of loadRegistry(dump, this.#parts)) this.#add(room);
  }

  /** The rooms that are open, in the order in which they were opened. */
  get rooms(): Iterable<RoomState> {
    return this.#rooms.values();
  }

  /** Rooms that are open. */
  get openRooms(): number {
    return this.#rooms.size;
  }

  /** The session that goes by `hash`, whether its client is there or not. */
  session(hash: Hash): Session | undefined {
    return this.sessions.get(hash);
  }

  /** How long the order of facts has gone on, in ms: names, sessions and new rooms go by it. */
  get time(): number {
    return this.#time;
  }

  /** It has gone on for so long now. */
  pass(time: number): void {
    this.#time = Math.max(this.#time, time);
    this.#shares.expire(this.#time);
  }

  /** Whether a session has a peer, here or on another machine. */
  isPresent(session: Session): boolean {
    return this.sessions.present.has(session);
  }

  /** Makes `session` one of a person's, under a name that is free for that person. */
  name(session: Session, person: Person, named: Named): void {
    this.names.release(session);
    const rooms = [...session.rooms].flatMap((room) => this.#rooms.get(room) ?? []);
    for (const room of rooms) room.count(session, -1);
    this.persons.move(session, person);
    for (const room of rooms) room.count(session, 1);
    this.names.take(session, named);
  }

  /** Who goes by `name` and is here: of a person's sessions the one that came first, visitors last. */
  named(name: string): Session | undefined {
    return this.names.named(name);
  }

  /** Everybody here who goes by the name with that key. */
  allNamed(key: string): Session[] {
    return [...this.sessions.present].filter((session) => session.key === key);
  }

  /** Counts a session as gone: so long its name is kept, and so long the session, in ms. */
  exit(session: Session, nameMs: number, sessionMs: number, share: Share): void {
    const ends = { nameUntil: this.#time + nameMs, forgetAt: this.#time + sessionMs };
    this.sessions.exit(session, ends, share);
    if (session.traits.resumes) return;
    this.names.release(session);
    this.persons.forget(session);
  }

  /** Lets a session that has no peer be known only where it is kept. */
  unload(session: Session): void {
    this.sessions.unload(session);
    this.names.release(session);
    this.persons.forget(session);
  }

  /** Forgets a session. */
  forget(session: Session): void {
    this.sessions.forget(session);
    this.names.release(session);
    this.persons.forget(session);
  }

  /** Whether a room with that key has been there before. */
  hasPast(key: string): boolean {
    return this.#past.has(roomLog(key));
  }

  /** Whether nobody has ever been in a room with that key. */
  isNew(key: string): boolean {
    return !this.#rooms.has(key) && !this.hasPast(key);
  }

  /** The open room of that name. */
  room(name: string): RoomState | undefined {
    // A name that is a key already, as most are, need not be folded.
    return this.#rooms.get(name) ?? this.#rooms.get(nameKey(name));
  }

  /** The open room with that log. */
  roomOf(log: RoomLog): RoomState | undefined {
    return this.#byLog.get(log);
  }

  /** The rooms that `session` is in, in the order in which it came into them. */
  roomsOf(session: Session): RoomState[] {
    const rooms: RoomState[] = [];
    for (const key of session.rooms) {
      const room = this.#rooms.get(key);
      if (room !== undefined) rooms.push(room);
    }
    return rooms;
  }

  /** Whether there is a room of that name, open or not. */
  isThere(name: string): boolean {
    return this.room(name) !== undefined || this.hasPast(nameKey(name));
  }

  /** What the room with that key is called, open or not. */
  nameOf(key: string): string {
    return this.#rooms.get(key)?.name ?? this.#roomNames.named(key)?.name ?? key;
  }

  /**
   * Throws the {@linkcode Refusal} that {@linkcode join} would, and changes nothing. `listed` is how many
   * other rooms the account of the session has listed.
   */
  checkJoin(
    session: Session | undefined,
    name: string,
    opener: string | undefined,
    listed: number = 0,
  ): string {
    const key = checkRoom(name);
    this.checkWidth(name, "bad-room");
    if (session?.rooms.has(key)) return key;
    // One that can be in a single room moves: it leaves the room that it is in.
    const isIn = session?.traits.manyRooms ? session.rooms.size : 0;
    const count = Math.max(isIn, listed);
    if (count >= this.#limits.roomsPerSession) {
      throw new Refusal(
        "too-many-rooms",
        `You are in ${count} rooms, which is the limit; leave one first`,
      );
    }
    if (this.#rooms.has(key)) return key;
    if (key.startsWith("#") && !this.hasPast(key)) {
      const better = name.replace(/^#+/, "");
      throw new Refusal(
        "bad-room",
        `A room's name does not begin with #, and there is none ${name} of old; try ${better}`,
      );
    }
    // A room that has been there before is its people's, whoever has opened what looks like it.
    if (!this.hasPast(key)) {
      this.#roomNames.check(name, key, (other) => this.#rooms.has(other), this.#past);
    }
    this.#shares.check({ key, name }, opener, this.#time);
    return key;
  }

  /** Takes `session` into the room of that name, which is opened on account of `opener` if there was none. */
  join(
    session: Session,
    { name, key }: Named,
    opener: string | undefined,
  ): CameIn {
    const known = this.#rooms.get(key);
    const room = known ?? this.#open(key, name, opener, session.hash);
    const isFirst = !room.hasPerson(session.person);
    const isNew = room.add(session);
    if (isNew) session.rooms.add(key);
    return { room, isOpened: known === undefined, isNew, isFirst };
  }

  /** Counts a new room of `opener` that is on record before anybody is in it. */
  recorded(opener: string | undefined): void {
    this.#shares.recorded(opener, this.#time);
  }

  /** Takes `session` out of the room that it leaves; false if it was not in it. */
  leave(session: Session, left: RoomState): boolean {
    const room = this.#rooms.get(left.key);
    if (room === undefined || room !== left || !room.delete(session)) return false;
    session.rooms.delete(room.key);
    if (session.rooms.size === 0) this.sessions.isOut(session);
    return true;
  }

  /** Closes the room with that key, unless somebody is in it, and returns it then. */
  close(key: string): RoomState | undefined {
    const room = this.#rooms.get(key);
    if (room === undefined || room.members.size > 0 || key === DEFAULT_ROOM) return undefined;
    this.#rooms.delete(key);
    this.#byLog.delete(room.log);
    this.#shares.closed(key, room.opener);
    return room;
  }

  /** Gives an open room another topic. */
  setTopic(log: RoomLog, topic: string): void {
    const room = this.#byLog.get(log);
    if (room !== undefined) room.topic = topic;
  }

  /** The rooms that all may see, and those with the keys in `own`; of many, as up to a second ago. */
  summaries(records: RoomRecords, own: ReadonlySet<string>, now: number): RoomList {
    const all = { open: this.#rooms, names: this.#roomNames, past: this.#past, records };
    return this.#lists.of(all, own, now);
  }

  /** Throws a {@linkcode Refusal} for a name that takes too many columns. */
  checkWidth(name: string, code: "bad-name" | "bad-room"): void {
    const { nameColumns } = this.#limits;
    // A column takes a code unit at least, but for marks, which checkName has bounded.
    if (name.length <= nameColumns / 2 || textWidth(name) <= nameColumns) return;
    throw new Refusal(code, `Names are at most ${nameColumns} columns wide here: ${name}`);
  }

  #open(key: string, as: string, opener?: string, founder?: Hash): OpenRoom {
    // A room that has been there before is called what it was then, however it is written now.
    const name = this.hasPast(key) ? this.#roomNames.named(key)?.name ?? as : as;
    this.#shares.opened(key, opener, this.#time);
    const room = new OpenRoom(key, name, this.#past.topic(roomLog(key)), opener, founder);
    this.#add(room);
    this.#roomNames.add({ name, key });
    return room;
  }

  #add(room: OpenRoom): void {
    this.#rooms.set(room.key, room);
    this.#byLog.set(room.log, room);
  }

  get #parts(): Parameters<typeof loadRegistry>[1] {
    const { sessions, persons, names } = this;
    return { sessions, persons, names, roomNames: this.#roomNames, shares: this.#shares };
  }
}
