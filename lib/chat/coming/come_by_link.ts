/**
 * Coming by a link that invites to a room: it stands for the server's password, and whoever comes by it
 * is a member of record then. A guest may be in the rooms of such links only.
 */

import type { HouseParts } from "../house_parts.ts";
import { judgeEnter } from "../judge/judge_enter.ts";
import { linkGives } from "../judge/link_guest.ts";
import { checkLink } from "../judge/judge_invite.ts";
import type { EnterFact } from "../log/fact.ts";
import type { Account } from "../people/records.ts";
import { putPeople } from "../put_people.ts";
import { guestId } from "../rooms/room_records.ts";
import type { Hello } from "../sessions/peer.ts";
import type { Hash } from "../sessions/session.ts";

/** How somebody comes by a link, now or before. */
interface ByLink {
  /** The id under which it is a member of record, or becomes one. */
  readonly who: string;
  /** The hash of the token that it has shown; none for a guest who came by it before. */
  readonly hash?: Hash;
  /** The id of the guest beside whose session it comes. */
  readonly beside?: string;
}

/** The id under which the guest of a session would be a member of record. */
function guestWith({ state: { registry } }: HouseParts, hash: Hash): string {
  return registry.session(hash)?.person.who ?? guestId(hash);
}

/** Whether a client need not show the server's password: it comes by a link, or a guest has done so. */
export function comesByLink(
  house: HouseParts,
  { invite, session, password }: Hello,
): boolean {
  const { state: { rooms, people }, hashOf } = house;
  if (password !== undefined) return false;
  if (session !== undefined && rooms.isConfined(guestWith(house, hashOf(session)))) return true;
  if (invite === undefined) return false;
  checkLink({ rooms }, hashOf(invite), people.now);
  return true;
}

/**
 * How a client comes by a link, once it is known who it is; `undefined`: it does not. Throws a `Refusal`
 * where it has not shown the server's password and is not the guest that it was taken for.
 */
export function linkOf(
  house: HouseParts,
  hello: Hello,
  { hash, account }: { readonly hash: Hash; readonly account: Account | undefined },
): ByLink | undefined {
  const { state: { rooms }, hashOf, keeper } = house;
  const { session, ...others } = hello;
  const { invite } = hello;
  const guest = guestWith(house, hash);
  if (hello.beside && session !== undefined && account === undefined) {
    const beside = guestWith(house, hashOf(session));
    if (rooms.isConfined(beside)) return { who: guestId(hash), beside };
  }
  // A client says its link again whenever it comes back, and may have been let in by it before.
  if (rooms.isConfined(guest) && account === undefined) {
    const isNew = invite !== undefined && rooms.invitationOf(hashOf(invite)) !== undefined;
    return isNew ? { who: guest, hash: hashOf(invite) } : { who: guest };
  }
  if (invite !== undefined) return { who: account?.id ?? guest, hash: hashOf(invite) };
  const wasGuest = session !== undefined && rooms.isConfined(guestWith(house, hashOf(session)));
  if (wasGuest) keeper.checkPassword("", others);
  return undefined;
}

/** Makes whoever comes by a link a member of record, and resolves with the rooms to enter first. */
export async function acceptLink(
  house: HouseParts,
  hello: Hello,
  { who, hash, beside }: ByLink,
  { address, wanted, name }: {
    readonly address: string | undefined;
    readonly wanted: readonly string[];
    /** The name that it gets. */
    readonly name: string | undefined;
  },
): Promise<readonly string[]> {
  const { rooms, registry, people } = house.state;
  const spend = (): void =>
    house.invitations.spend(
      `address ${address ?? ""}`,
      house.now(),
      "Many have come by links from your address",
    );
  if (beside !== undefined) {
    // Each session takes a guest's place in the room.
    spend();
    await putPeople(house, { kind: "accept", by: { guest: beside }, who });
  }
  const invitation = hash === undefined ? undefined : rooms.invitationOf(hash);
  if (
    hash !== undefined && (invitation === undefined || linkGives({ rooms }, invitation, who))
  ) {
    checkLink({ rooms }, hash, people.now);
    spend();
    const called = name === undefined ? {} : { name };
    await putPeople(house, { kind: "accept", by: { link: hash }, who, ...called });
  }
  const nameOf = (key: string): string => registry.nameOf(key);
  const invited = invitation === undefined ? [] : [nameOf(invitation.room)];
  if (!rooms.isConfined(who)) {
    return hello.room === undefined ? [...invited, ...wanted] : wanted;
  }
  const named = hello.room === undefined ? [] : [hello.room];
  const before = Object.keys(hello.resume?.seq ?? {});
  return [...named, ...invited, ...before, ...rooms.roomsOf(who).map(nameOf)];
}

/**
 * Throws a `Refusal` where a client could not come into the room that its link is for: it should cost no use
 * of the link then. Returns the name that it gets there.
 */
export function checkInvited(
  house: HouseParts,
  { who, hash }: ByLink,
  factWith: (rooms: readonly string[]) => EnterFact,
): string | undefined {
  const { state } = house;
  const { rooms, registry, people } = state;
  const invitation = hash === undefined ? undefined : rooms.invitationOf(hash);
  if (invitation === undefined || rooms.member(invitation.room, who) !== undefined) {
    return undefined;
  }
  const { room } = invitation;
  return judgeEnter(state, factWith([registry.nameOf(room)]), people.now, room).name;
}
