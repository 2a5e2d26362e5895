/** What somebody who comes in gets: its name, and the first of the rooms that it wants to be in, if any. */

import { nameKey } from "../../words/names.js";
import type { HouseState } from "../house_state.ts";
import type { EnterFact, EnterGrant } from "../log/fact.ts";
import { roomLog } from "../messages/log_key.ts";
import { checkBanOf, checkEntrance, checkMuteOf } from "../people/sanction_text.ts";
import { namesLeft, openerOf, shownBy } from "../people/who_is.ts";
import { firstRoom } from "../rooms/first_room.ts";
import { guestId } from "../rooms/room_records.ts";
import { chooseName } from "./choose_name.ts";
import { companionOf } from "./companion.ts";
import { checkEnter, mayEnter, type RoomReader } from "./may_read.ts";

/**
 * What somebody gets who comes in. Throws a `Refusal` if that is nothing. `invited` is the key of a room
 * that it may enter by a link, of which it becomes a member of record if nothing else is in the way.
 */
export function judgeEnter(
  state: HouseState,
  fact: EnterFact,
  at: number,
  invited?: string,
): EnterGrant {
  const { registry, people } = state;
  const { session: hash, shown, address, numbered, rooms } = fact;
  const known = registry.session(hash);
  const proven = shown ?? (known && shownBy(people.accountOf(known)));
  const companion = companionOf(state, fact, proven);
  const wanted = companion?.name ?? fact.wanted;
  checkEntrance(people, wanted, address, undefined, at);
  const owner = people.accountOf({ account: proven });
  const person = owner === undefined
    ? (companion ?? known)?.person
    : registry.persons.ofAccount(owner.id);
  const before = known ?? companion;
  const guest = before?.person.who ?? guestId(hash);
  const mayBeIn = (reader: RoomReader, key: string): boolean =>
    key === invited || mayEnter(state, reader, key);
  // Which names are banned in a room is nothing for those who may not enter it.
  const first = rooms.find((room) => mayBeIn({ guest, account: owner }, nameKey(room)));
  const [name, key] = chooseName(state, wanted, { person, proven, numbered, room: first }, at);
  const shownNow = proven?.key === key ? proven : undefined;
  const account = people.accountOf({ account: shownNow });
  // Bans and mutes of the name that it leaves still hold for the session.
  const left = before === undefined ? [] : namesLeft(people, before, key, at);
  const who = { name, key, address, account, left };
  const opener = openerOf(people, account, address);
  const granted = { name, key, left, ...(shownNow === undefined ? {} : { account: shownNow }) };
  if (rooms.length === 0) return granted;
  const { room, refused } = firstRoom(rooms, (room) => {
    if (nameKey(room) !== invited) checkEnter(state, { guest, account }, nameKey(room), room);
    checkBanOf(people, who, room, at);
    const listed = fact.isVisitor || !fact.traits.manyRooms
      ? 0
      : state.lists.before(account?.id, roomLog(nameKey(room)));
    const isNew = registry.isNew(registry.checkJoin(known, room, opener, listed));
    if (isNew) checkMuteOf(people, who, undefined, at);
  });
  return {
    ...granted,
    room: { name: room, key: nameKey(room) },
    ...(refused === undefined ? {} : { refused }),
  };
}
