/**
 * What a guest who came by a link may do, what becomes of it when it reserves a name, and of whoever is invited
 * no more.
 */

import type { HouseState } from "../house_state.ts";
import type { Account, Change, Invitation } from "../people/records.ts";
import { Refusal } from "../refusal.ts";
import { guestId, guestOf } from "../rooms/room_records.ts";
import type { Session } from "../sessions/session.ts";

/**
 * Whether a link gives somebody what they do not have yet: a place in its room, or, where they have that
 * as a guest by another link, that they may reserve a name.
 */
export function linkGives(
  { rooms }: Pick<HouseState, "rooms">,
  { room, register }: Pick<Invitation, "room" | "register">,
  who: string,
): boolean {
  const member = rooms.member(room, who);
  if (member === undefined) return true;
  const isGuest = guestOf(who) !== undefined;
  return isGuest && register === true && rooms.invitation(member.by)?.register !== true;
}

/** Throws a {@linkcode Refusal} for a guest whose link does not let it reserve a name. */
export function checkLinkRegisters({ rooms }: HouseState, { person }: Session): void {
  const { who: guest } = person;
  if (!rooms.isConfined(guest)) return;
  const links = rooms.roomsOf(guest).map((key) => rooms.member(key, guest)?.by ?? "");
  if (links.some((link) => rooms.invitation(link)?.register)) return;
  throw new Refusal(
    "not-allowed",
    "The invitation that you came by does not let you reserve a name; ask for a link that does, " +
      "and open it here",
  );
}

/** A guest who came by links and has an account now is a member of record with that. */
export function registered({ rooms }: HouseState, { person }: Session, account: string): Change[] {
  const guests = new Set([person.who, ...[...person.sessions].map(({ hash }) => guestId(hash))]);
  return [...guests].flatMap((guest) =>
    rooms.roomsOf(guest).flatMap((room): Change[] => {
      const { by: link, at } = rooms.member(room, guest) ?? { by: "", at: 0 };
      const { by, inviter } = rooms.invitation(link) ?? { by: link };
      const invited = inviter === undefined ? { by } : { by, inviter };
      return [
        { type: "unmember", room, account: guest },
        { type: "member", member: { room, account, ...invited, at } },
      ];
    })
  );
}

/** Somebody is a member of record of a room no more: an account, or all sessions of a guest who came by a link. */
export function unmembered(state: HouseState, room: string, id: string): Change[] {
  return samePerson(state, room, id).flatMap((account): Change[] =>
    state.rooms.member(room, account) === undefined ? [] : [{ type: "unmember", room, account }]
  );
}

/** An account that may not be in a room any more is no host of it. */
export function unhosted(
  { people }: Pick<HouseState, "people">,
  room: string,
  account: Account | undefined,
): Change[] {
  if (account === undefined || !people.isHost(account.key, room)) return [];
  return [{ type: "unhost", host: { room, key: account.key } }];
}

/** The ids of a member of record: those of all its sessions, of a guest who came by a link. */
function samePerson({ registry, rooms }: HouseState, key: string, id: string): string[] {
  const guest = guestOf(id);
  if (guest === undefined) return [id];
  const person = registry.session(guest)?.person;
  const others = [...person?.sessions ?? []].map(({ hash }) => guestId(hash));
  const own = rooms.member(key, id);
  // Sessions that have not come back since the server started are not known to be one person's, but
  // those that came beside another one have its link and time.
  const away = rooms.members(key).filter(({ account, by, at }) => {
    const hash = guestOf(account);
    return hash !== undefined && by === own?.by && at === own.at &&
      registry.session(hash) === undefined;
  });
  const before = away.map(({ account }) => account);
  return [...new Set([id, ...person === undefined ? [] : [person.who], ...others, ...before])];
}
