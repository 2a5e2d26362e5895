/** What a guest who came by a link may do, and what becomes of it when it reserves a name. */

import type { HouseState } from "../house_state.ts";
import type { Change, Invitation } from "../people/records.ts";
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
