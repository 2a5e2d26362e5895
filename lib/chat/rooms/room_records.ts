/**
 * What is on record of rooms besides their messages and topics: how they are set, who may enter those
 * that are by invitation only, and the links that invite, and webhooks. A record outlives the people in its room.
 * evolve.ts alone changes it.
 */

import { DEFAULT_ROOM } from "../../wire/names.ts";
import type { Index } from "../log/fact_log.ts";
import { keyOf } from "../messages/log_key.ts";
import type { Named } from "../names/name_tables.ts";
import {
  type Access,
  type Change,
  type Invitation,
  type Kept,
  type Member,
  NOTHING_KEPT,
  type RoomRecord,
} from "../people/records.ts";
import type { Hash } from "../sessions/session.ts";
import { Hooks } from "./hooks.ts";

/** Who is a member of record: the id of an account, or `guest HASH` for one who came by a link. */
type MemberId = string;

/** What of the records is stored. */
export type KeptRooms = Pick<Kept, "rooms" | "members" | "invitations" | "hooks">;

/** All that is known of them. */
export interface RecordsDump extends KeptRooms {
  /** The keys of the rooms of which nothing more is stored, since they are about to go. */
  readonly going: readonly string[];
}

/** The id under which a guest who came by a link is a member of record. */
export function guestId(session: Hash): MemberId {
  return `guest ${session}`;
}

/** The session of a guest with that id; `undefined` for an account. */
export function guestOf(id: MemberId): Hash | undefined {
  return id.startsWith("guest ") ? id.slice("guest ".length) : undefined;
}

/** What is known of rooms that nobody is in. */
export interface Past extends Pick<Index, "rooms" | "has" | "topic" | "keptBy" | "spareRooms"> {
  /** Who may enter a room, and learns of it. */
  access(key: string): Access;
}

/** The rooms of which something is kept, and those that are on record. */
export function pastOf(index: Omit<Past, "access">, records: RoomRecords): Past {
  return {
    rooms: () => [...index.rooms(), ...records.held()],
    has: (log) => index.has(log) || records.isHeld(keyOf(log)),
    topic: (log) => index.topic(log),
    keptBy: (opener) => index.keptBy(opener),
    spareRooms: () => index.spareRooms(),
    access: (key) => records.access(key),
  };
}

/** The records of all rooms. */
export class RoomRecords {
  readonly #rooms = new Map<string, RoomRecord>();
  /** By the keys of their rooms, and then by who they are. */
  readonly #members = new Map<string, Map<MemberId, Member>>();
  /** The keys of the rooms of which somebody is a member of record. */
  readonly #entered = new Map<MemberId, Set<string>>();
  /** By their ids. */
  readonly #invitations = new Map<string, Invitation>();
  readonly #byHash = new Map<string, Invitation>();
  /** Their ids, by the keys of their rooms. */
  readonly #links = new Map<string, Set<string>>();
  /** The keys of the rooms of which nothing more is stored, since they are about to go. */
  readonly #going = new Set<string>();
  readonly hooks = new Hooks();
  /** How many sessions of guests are members of record. */
  #guests = 0;
  #version = 0;

  constructor(kept: KeptRooms = NOTHING_KEPT) {
    this.load(kept);
  }

  /**
   * Knows what was kept, or what was known before in its order, where nothing is known. What a release dumped
   * that knew no hooks has none.
   */
  load(
    { rooms, members, invitations, hooks = [], going = [] }:
      & Omit<KeptRooms, "hooks">
      & Partial<RecordsDump>,
  ): void {
    for (const key of going) this.#going.add(key);
    for (const room of rooms) this.#rooms.set(room.key, room);
    for (const member of members) this.#addMember(member);
    for (const invitation of invitations) this.#addInvitation(invitation);
    this.hooks.load(hooks);
  }

  /** All of it, in the order in which it came. */
  get all(): KeptRooms {
    return {
      rooms: [...this.#rooms.values()],
      members: [...this.#members.values()].flatMap((members) => [...members.values()]),
      invitations: [...this.#invitations.values()],
      hooks: this.hooks.all,
    };
  }

  /** The same, with what is about to go. */
  get dump(): RecordsDump {
    return { ...this.all, going: [...this.#going] };
  }

  /** Another number whenever something has changed. */
  get version(): number {
    return this.#version;
  }

  /** The record of the room with that key, if something has been set there. */
  of(key: string): RoomRecord | undefined {
    return this.#rooms.get(key);
  }

  /** Who may enter a room. */
  access(key: string): Access {
    return this.#rooms.get(key)?.access ?? "open";
  }

  /** The names of the rooms that are there even though nothing was said in them. */
  *held(): Iterable<Named> {
    for (const { key, name } of this.#rooms.values()) if (this.isHeld(key)) yield { key, name };
  }

  /** Whether a room is there, though nothing was said in it: it has members of record, a link, or a hook. */
  isHeld(key: string): boolean {
    return this.#rooms.has(key) &&
      (this.#members.has(key) || this.#links.has(key) || this.hooks.in(key).length > 0);
  }

  /** How many rooms an account has founded. */
  foundedBy(account: string): number {
    let count = 0;
    for (const { founder } of this.#rooms.values()) if (founder === account) count++;
    return count;
  }

  /** Somebody as a member of record of a room. */
  member(key: string, id: MemberId): Member | undefined {
    return this.#members.get(key)?.get(id);
  }

  /** The members of record of a room, in the order in which they were invited. */
  members(key: string): Member[] {
    return [...this.#members.get(key)?.values() ?? []];
  }

  /** The keys of the rooms of which somebody is a member of record. */
  roomsOf(id: MemberId): string[] {
    return [...this.#entered.get(id) ?? []];
  }

  /** Whether somebody is a guest who came by a link, and may only be in the rooms of such links. */
  isConfined(id: MemberId): boolean {
    return this.#guests > 0 && guestOf(id) !== undefined && this.#entered.has(id);
  }

  /** The sessions of all guests who came by a link. */
  guests(): Hash[] {
    if (this.#guests === 0) return [];
    return [...this.#entered.keys()].flatMap((id) => guestOf(id) ?? []);
  }

  /** The link with that id. */
  invitation(id: string): Invitation | undefined {
    return this.#invitations.get(id);
  }

  /** The link whose token has that hash. */
  invitationOf(hash: string): Invitation | undefined {
    return this.#byHash.get(hash);
  }

  /** The links to a room. */
  invitations(key: string): Invitation[] {
    return [...this.#links.get(key) ?? []].flatMap((id) => this.#invitations.get(id) ?? []);
  }

  /** The links that have been over since a time in ms since 1970. */
  over(at: number): Invitation[] {
    return [...this.#invitations.values()].filter(({ until }) => until !== 0 && until <= at);
  }

  /** The keys of the rooms on record of which nothing else is there. */
  gone(isGone: (key: string) => boolean): string[] {
    return [...this.#rooms.keys()].filter((key) =>
      key !== DEFAULT_ROOM && !this.isHeld(key) && isGone(key)
    );
  }

  /** Whether a room is about to go: what is said in it now would be said in another one of its name. */
  isGoing(key: string): boolean {
    return this.#going.has(key);
  }

  /** Rooms are about to go, or, if `isGoing` is false, it has turned out whether they do. */
  going(changes: readonly Change[], isGoing: boolean): void {
    for (const change of changes) {
      if (change.type !== "unroom") continue;
      if (isGoing) this.#going.add(change.key);
      else this.#going.delete(change.key);
    }
  }

  /** Makes changes hold from now on. */
  apply(changes: readonly Change[]): void {
    for (const change of changes) this.#apply(change);
  }

  #apply(change: Change): void {
    this.#version++;
    switch (change.type) {
      case "room":
        return void this.#rooms.set(change.room.key, change.room);
      case "remove":
        for (const key of this.roomsOf(change.id)) this.#deleteMember(key, change.id);
        return;
      case "unroom":
        return this.#deleteRoom(change.key);
      case "member":
        return this.#addMember(change.member);
      case "unmember":
        return this.#deleteMember(change.room, change.account);
      case "invitation":
        return this.#addInvitation(change.invitation);
      case "uninvitation":
        return this.#deleteInvitation(change.id);
      case "hook":
      case "unhook":
        return this.hooks.apply(change);
    }
  }

  #deleteRoom(key: string): void {
    for (const { account } of this.members(key)) this.#deleteMember(key, account);
    for (const { id } of this.invitations(key)) this.#deleteInvitation(id);
    this.hooks.leave(key);
    this.#rooms.delete(key);
  }

  #addMember(member: Member): void {
    const { room, account } = member;
    const members = this.#members.get(room);
    if (members === undefined) this.#members.set(room, new Map([[account, member]]));
    else members.set(account, member);
    const rooms = this.#entered.get(account);
    if (rooms !== undefined) return void rooms.add(room);
    this.#entered.set(account, new Set([room]));
    if (guestOf(account) !== undefined) this.#guests++;
  }

  #deleteMember(room: string, account: MemberId): void {
    const members = this.#members.get(room);
    if (members?.delete(account) && members.size === 0) this.#members.delete(room);
    const rooms = this.#entered.get(account);
    if (!rooms?.delete(room) || rooms.size > 0) return;
    this.#entered.delete(account);
    if (guestOf(account) !== undefined) this.#guests--;
  }

  #addInvitation(invitation: Invitation): void {
    const { id, room } = invitation;
    this.#invitations.set(id, invitation);
    const ids = this.#links.get(room);
    if (ids === undefined) this.#links.set(room, new Set([id]));
    else ids.add(id);
    this.#byHash.set(invitation.hash, invitation);
  }

  #deleteInvitation(id: string): void {
    const known = this.#invitations.get(id);
    if (known === undefined) return;
    this.#invitations.delete(id);
    const ids = this.#links.get(known.room);
    if (ids?.delete(id) && ids.size === 0) this.#links.delete(known.room);
    this.#byHash.delete(known.hash);
  }
}
