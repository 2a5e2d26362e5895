/** Rooms and their members as one session may see them; see view.ts. */

import type { HouseParts } from "../house_parts.ts";
import { mayList, mayReadRoom } from "../judge/may_read.ts";
import { roomLog } from "../messages/log_key.ts";
import type { Role } from "../people/permissions.ts";
import { type Access, plainRoom } from "../people/records.ts";
import { whoIs } from "../people/who_is.ts";
import { tellsPresence } from "../presence.ts";
import type { RoomState } from "../rooms/room_state.ts";
import type { Person, Session } from "../sessions/session.ts";
import { SeenPerson, type Viewed } from "./viewed_person.ts";

/** A room. */
export interface ViewedRoom {
  readonly key: string;
  readonly name: string;
  /** Whether the session is in it. */
  readonly isIn: boolean;
  /** Empty: none. */
  readonly topic: string;
  /** Who has set the topic, and when, in ms since 1970. */
  readonly topicSet?: { readonly by: string; readonly at: number };
  readonly access: Access;
  readonly quiet: boolean;
  readonly topicLocked: boolean;
  /** How long everybody waits between two messages, in s; 0: not at all. */
  readonly slow: number;
  /** Empty: none. */
  readonly title: string;
  /** How many people are in it, visitors apart. */
  readonly announced: number;
  /** Whether it is told who comes and goes. */
  readonly tellsPresence: boolean;
  /** The seq of its last entry. */
  readonly last: number;
  /** Whether `rooms` lists it for the session. */
  readonly mayList: boolean;
  /**
   * Who is in it, each person once, in the order in which they came; no visitors, and nobody for a session that
   * is banned there. So many of them at most; 2,000 unless told.
   */
  members(most?: number): readonly RoomMember[];
  /** Whoever of them goes by that name. */
  member(name: string): RoomMember | undefined;
}

/** Somebody in a room. */
export interface RoomMember extends Viewed {
  /** In the room. */
  readonly roomRole: Role;
}

const MOST_MEMBERS = 2_000;

/** A room as a session may see it. */
export function viewedRoom(
  house: HouseParts,
  session: Session,
  key: string,
  name: string,
): ViewedRoom {
  const { registry, index, state } = house;
  const room = registry.room(key);
  const log = roomLog(key);
  const { access, quiet, topicLocked, slow, title } = state.rooms.of(key) ?? plainRoom(key, name);
  const set = index.topicSet(log);
  return {
    ...{ key, name, access, quiet, topicLocked, slow, title },
    isIn: room?.members.has(session) ?? false,
    topic: room?.topic ?? index.topic(log),
    ...(set === undefined ? {} : { topicSet: set }),
    announced: room?.announced ?? 0,
    tellsPresence: room === undefined || tellsPresence(house, room),
    last: index.last(log),
    get mayList() {
      return mayList(state, session, key);
    },
    members: (most = MOST_MEMBERS) => membersOf(house, session, room, most),
    member(called): RoomMember | undefined {
      const one = registry.named(called);
      if (one === undefined || room?.hasPerson(one.person) !== true) return undefined;
      return isShutOut(house, session, room.key) ? undefined : memberOf(house, session, room, one);
    },
  };
}

function membersOf(
  house: HouseParts,
  session: Session,
  room: RoomState | undefined,
  most: number,
): readonly RoomMember[] {
  if (room === undefined || isShutOut(house, session, room.key)) return [];
  const members: RoomMember[] = [];
  // Only who is here by several sessions could come again.
  const several = new Set<Person>();
  for (const each of room.members) {
    const { isVisitor, person } = each;
    if (isVisitor || several.has(person)) continue;
    if (members.length >= most) break;
    if (person.sessions.size > 1) several.add(person);
    members.push(memberOf(house, session, room, each));
  }
  return members;
}

/** Somebody in a room whose session is known. */
class SeenMember extends SeenPerson implements RoomMember {
  readonly roomRole: Role;

  constructor(house: HouseParts, asker: Session, one: Session, room: string) {
    const { people } = house.state;
    const account = people.accountOf(one);
    super(house, asker, one, account);
    this.roomRole = people.roleIn(account, room);
  }
}

function memberOf(
  house: HouseParts,
  asker: Session,
  { key }: RoomState,
  one: Session,
): RoomMember {
  return new SeenMember(house, asker, one, key);
}

/** Whether a session may not see who is in a room, since it is banned there or may not read it. */
function isShutOut({ state }: HouseParts, session: Session, key: string): boolean {
  const { people } = state;
  return !mayReadRoom(state, session, key) ||
    people.sanction("ban", whoIs(people, session), key) !== undefined;
}
