/**
 * What one session may see of the house, to be read at once: rooms, their members, people. For doors whose
 * clients ask for more than events tell. It is loaded by those doors alone; see `read` of house.ts.
 */

import { nameKey } from "../../words/names.js";
import { mayKnow } from "./person.ts";
import type { HouseParts } from "../house_parts.ts";
import { readableRoom } from "../judge/checks.ts";
import { isConfined, mayMeet, mayReadRoom } from "../judge/may_read.ts";
import { isParty, otherParty, partyName, whoIsSession } from "../judge/parties.ts";
import { chatLog } from "../messages/log_key.ts";
import type { ChatRecord } from "../people/records.ts";
import { Refusal } from "../refusal.ts";
import type { RoomState } from "../rooms/room_state.ts";
import type { Session } from "../sessions/session.ts";
import { absentAccount, shownSessions, type Viewed, viewedPerson } from "./viewed_person.ts";
import { type ViewedRoom, viewedRoom } from "./viewed_room.ts";

/** What a session may see now. Ask for it anew after every wait. */
export interface SessionView {
  readonly self: Viewed;
  /** A guest who came by a link, and meets only those in its rooms. */
  readonly isConfined: boolean;
  /** The rooms that the session is in, in the order in which it came into them. */
  rooms(): readonly ViewedRoom[];
  /** The room of that name, be it open or only kept; `undefined`: none that it may know of. */
  room(name: string): ViewedRoom | undefined;
  /** Who is here under that name, if it may know; no visitor but itself. */
  person(name: string): Viewed | undefined;
  /** Who has reserved that name, here or not, if it may know. */
  account(name: string): Viewed | undefined;
  /** The rooms that the session shares with whoever is here under that name. */
  shared(name: string): readonly ViewedRoom[];
  /** Everybody who is here and whom it may know, each person once; no visitors. */
  everybody(): Iterable<Viewed>;
  /** What names the session to its person, as for links to files. */
  readonly device: string;
  /** The name of the other one in a conversation of its person, by the key of that. */
  partner(chat: string): string | undefined;
  /** The conversations of its person, those with the latest news first. */
  chats(): readonly ViewedChat[];
}

/** A conversation of the one who asks. */
export interface ViewedChat {
  /** Its key. */
  readonly chat: string;
  /** The other's name. */
  readonly with: string;
  /** The seq of its last entry. */
  readonly last: number;
  /** When something was said in it last, in ms since 1970; 0: nothing was. */
  readonly newsAt: number;
}

/** What a session may see. */
export function viewOf(house: HouseParts, session: Session): SessionView {
  const { state, registry } = house;
  const seenRoom = (room: RoomState): ViewedRoom => viewedRoom(house, session, room.key, room.name);
  const found = (name: string): Session | undefined => {
    const one = registry.named(name);
    const isShown = one !== undefined && (one === session || !one.isVisitor);
    return isShown && mayKnow(house, session, shownSessions(one)) ? one : undefined;
  };
  const person = (name: string): Viewed | undefined => {
    const one = found(name);
    return one && viewedPerson(house, session, one);
  };
  const who = whoIsSession(state, session);
  const otherIn = (record: ChatRecord): string => partyName(state, otherParty(record, who));
  return {
    self: viewedPerson(house, session, session),
    device: session.device,
    partner(chat): string | undefined {
      const record = state.chats.get(chat);
      return record !== undefined && isParty(record, who) ? otherIn(record) : undefined;
    },
    chats: () => state.chats.of(who).map((each) => viewedChat(house, each, otherIn(each))),
    isConfined: isConfined(state, session),
    person,
    rooms: () => registry.roomsOf(session).map(seenRoom),
    room: (name) => roomNamed(house, session, name),
    account: (name) => accountFor(house, session, name),
    shared(name): readonly ViewedRoom[] {
      const one = found(name);
      if (one === undefined) return [];
      return registry.roomsOf(session)
        .filter((room) => room.hasPerson(one.person) && mayReadRoom(state, session, room.key))
        .map(seenRoom);
    },
    everybody: () => everybodyFor(house, session),
  };
}

/** A conversation with somebody who is called so. */
function viewedChat({ state, index }: HouseParts, { key }: ChatRecord, other: string): ViewedChat {
  const last = index.last(chatLog(key));
  return { chat: key, with: other, last, newsAt: last > 0 ? state.chats.newsAt(key) : 0 };
}

/** Who has reserved that name, here or not, if a session may know it. */
function accountFor(house: HouseParts, session: Session, name: string): Viewed | undefined {
  const { state, registry } = house;
  const account = state.people.account(nameKey(name));
  if (account === undefined) return undefined;
  const sessions = [...registry.persons.ofAccount(account.id)?.sessions ?? []];
  const here = sessions.filter((each) => registry.isPresent(each) && !each.isVisitor);
  if (!mayKnow(house, session, here)) return undefined;
  const [one] = here;
  return one === undefined
    ? absentAccount(house, session, account)
    : viewedPerson(house, session, one);
}

/** The room of that name, if the session may know of it. */
function roomNamed(house: HouseParts, session: Session, name: string): ViewedRoom | undefined {
  try {
    const { key, name: called } = readableRoom(house.state, session, name);
    return viewedRoom(house, session, key, called);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return undefined;
  }
}

/** Everybody who is here and whom a session may know, each person once. */
function* everybodyFor(house: HouseParts, session: Session): Generator<Viewed> {
  const { registry, state } = house;
  const seen = new Set<string>();
  for (const each of registry.sessions.present) {
    const { isVisitor, person: { who } } = each;
    if (isVisitor || seen.has(who) || !mayMeet(state, session, each)) continue;
    seen.add(who);
    yield viewedPerson(house, session, each);
  }
}
