/** What a device is told of its account when it comes in: rooms, marks, settings. */

import type { EventOf } from "../../wire/events.ts";
import { nameKey } from "../../words/names.js";
import type { HouseParts } from "../house_parts.ts";
import { inviterName, isUnwanted } from "../judge/inviters.ts";
import { mayRead } from "../judge/may_read.ts";
import type { Later } from "../later.ts";
import { isoTime } from "../log/times.ts";
import { fitting } from "../messages/fits.ts";
import { MOST_COUNTED } from "../messages/history.ts";
import { isChatLog, isRoomLog, keyOf, roomLog } from "../messages/log_key.ts";
import { settingsOf } from "../own_settings.ts";
import type { Account, Listed } from "../people/records.ts";
import { listerOf } from "../people/who_is.ts";
import { ALL_READ, countUnread, type Unread } from "../read_marks.ts";
import type { Hello } from "../sessions/peer.ts";
import type { Session } from "../sessions/session.ts";

type Ready = EventOf<"ready">;
/** The names of the rooms that an account has listed, the one that was read last first. */
export function listedRooms({ state }: HouseParts, account: Account | undefined): string[] {
  if (account === undefined) return [];
  return [...state.lists.of(account.id).values()]
    .filter(({ log }) => isRoomLog(log))
    .map(({ name }) => name)
    .reverse();
}

/** The names of what a device's account has listed, in order; to others none are told. */
export function roomOrder({ state }: HouseParts, session: Session): string[] | undefined {
  const account = session.hasPeople ? listerOf(state.people, session) : undefined;
  return account && [...state.lists.of(account.id).values()]
    .filter(({ log }) => isRoomLog(log) && mayRead(state, session, log))
    .sort(inOrder).map(({ name }) => name);
}

/** What an account has not read. Ask before its device comes in. */
export function unreadOf(house: HouseParts, account: Account | undefined): Later<Unread> {
  if (account === undefined) return ALL_READ;
  return countUnread(house, account.id, house.state.lists.of(account.id).values());
}

/**
 * The fields of `ready` for a device of an account that knows of such; for others there are none. `before`:
 * the rooms that it had listed before it came in.
 */
export function ownRooms(
  house: HouseParts,
  session: Session,
  { resume }: Hello,
  { counts, before }: { readonly counts: Unread; readonly before: readonly string[] },
): Pick<Ready, "rooms" | "invited" | "settings" | "missed"> {
  const account = session.hasPeople ? listerOf(house.state.people, session) : undefined;
  if (account === undefined) return {};
  const { lists } = house.state;
  const seen = resume?.epoch === house.index.epoch ? resume.seq : {};
  const seqs = new Map(Object.entries(seen).map(([name, seq]) => [nameKey(name), seq]));
  const named = before.length === 0 ? Object.keys(resume?.seq ?? {}) : [];
  const rooms = [...lists.of(account.id).values(), ...entersToo(house, account, named)]
    .filter(({ log }) => isRoomLog(log) && mayRead(house.state, session, log))
    .sort(inOrder)
    .map((listed) => roomOf(house, account, listed, { seqs, counts }));
  const chats = [...lists.of(account.id).values()].filter(({ log }) => isChatLog(log));
  const missed = rooms.reduce((sum, room) => sum + room.mentions, 0) +
    chats.reduce((sum, { log }) => sum + (counts.unread.get(log) ?? 0), 0);
  return {
    rooms: fitting(rooms),
    invited: fitting(invitedTo(house, account)),
    settings: settingsOf(house.state, account.id),
    missed: Math.min(MOST_COUNTED, missed),
  };
}

/**
 * The order of a list is that in which it was made. Releases before this one listed several rooms at one moment,
 * and what was read last moves to the end of the table, so that those have an order of their own.
 */
function inOrder(a: Listed, b: Listed): number {
  if (a.at !== b.at) return a.at - b.at;
  return a.at === Infinity || a.log === b.log ? 0 : a.log < b.log ? -1 : 1;
}

/**
 * The rooms that a client was in before and that its account, which has had nothing listed, lists when it has
 * entered them. Those that it can't enter it is told of then.
 */
function entersToo(
  { index, registry, state: { lists } }: HouseParts,
  { id: account }: Account,
  named: readonly string[],
): Listed[] {
  // Of a room that is named in two spellings there is one.
  return [...new Map(named.map((name) => [nameKey(name), name]))]
    .filter(([key]) => lists.get(account, roomLog(key)) === undefined)
    .map(([key, name]) => {
      const log = roomLog(key);
      return {
        account,
        log,
        name: registry.room(key)?.name ?? name,
        read: index.last(log),
        at: Infinity,
      };
    });
}

/** The rooms to which others have invited an account, and that it has not in its list. */
export function invitedTo(
  { state, registry }: HouseParts,
  { id, name }: Account,
): NonNullable<Ready["invited"]> {
  return state.rooms.roomsOf(id).flatMap((key) => {
    const member = state.rooms.member(key, id);
    if (member === undefined || state.lists.get(id, roomLog(key)) !== undefined) return [];
    const by = inviterName(state, member);
    // Who has opened a room has left it on purpose.
    if (by === name || isUnwanted(state, member)) return [];
    return { room: registry.nameOf(key), by, at: isoTime(member.at) };
  });
}

/** A room as its account's device is told. */
function roomOf(
  house: HouseParts,
  { key: account }: Account,
  listed: Listed,
  { seqs, counts }: { readonly seqs: ReadonlyMap<string, number>; readonly counts: Unread },
): NonNullable<Ready["rooms"]>[number] {
  const { index, registry, state: { people, rooms } } = house;
  const { log, name: room, read, notify } = listed;
  const key = keyOf(log);
  const { access = "open", title = "" } = rooms.of(key) ?? {};
  const last = index.last(log);
  const topic = isRoomLog(log) ? registry.roomOf(log)?.topic ?? index.topic(log) : "";
  const unread = counts.unread.get(log) ?? 0;
  return {
    room,
    access,
    ...(title === "" ? {} : { title }),
    ...(topic === "" ? {} : { topic }),
    seq: Math.min(last, seqs.get(key) ?? last),
    last,
    read,
    unread,
    mentions: Math.min(unread, counts.mentions.get(log) ?? 0),
    ...(notify === undefined ? {} : { notify }),
    ...(people.isHost(account, key) ? { host: true } : {}),
  };
}
