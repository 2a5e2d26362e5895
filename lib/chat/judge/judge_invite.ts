/** What becomes of who may enter a room by what a person asks for: invitations, and links that invite. */

import { REQUESTS } from "../../wire/requests.ts";
import { nameKey } from "../../words/names.js";
import type { HouseState } from "../house_state.ts";
import { roomLog } from "../messages/log_key.ts";
import type { Named } from "../names/name_tables.ts";
import type { AcceptAsk, InviteAsk, NewLink, UninviteAsk } from "../people/people_ask.ts";
import { allowed } from "../people/permissions.ts";
import {
  type Account,
  auditLine,
  type Change,
  type Invitation,
  type Member,
  plainRoom,
} from "../people/records.ts";
import { Refusal } from "../refusal.ts";
import { sentence } from "../sentence.ts";
import { guestOf } from "../rooms/room_records.ts";
import type { Session } from "../sessions/session.ts";
import { inviterFrom } from "./inviters.ts";
import { linkGives, unhosted, unmembered } from "./link_guest.ts";
import { checkMute, notInRoom, readableRoom, roleIn } from "./checks.ts";
import { checkMembers } from "./judge_room.ts";

/** What of the state an invitation by whoever runs the server goes by. */
type Known = Pick<HouseState, "rooms"> & Partial<Pick<HouseState, "rules">>;

/** Who invites, and when. */
interface Inviting extends Pick<Member, "by" | "inviter"> {
  readonly at: number;
}

/** What a session asks for; throws a {@linkcode Refusal} if it may not be. */
export function judgeInvite(
  state: HouseState,
  session: Session,
  { room: wanted, name, link }: InviteAsk,
  at: number,
): Change[] {
  const room = readableRoom(state, session, wanted);
  const inviting = { ...inviterFrom(session.name, state.people.accountOf(session)), at };
  checkMute(state, session, room.key, at);
  if (link !== undefined) {
    checkHost(state, session, room, "make links to it");
    return linked(state, inviting, room, link);
  }
  checkMayInvite(state, session, room);
  const account = name === undefined ? undefined : state.people.account(nameKey(name));
  if (account !== undefined) return invited(state, inviting, room, account);
  if (name !== undefined && mayTell(state, room, name)) return [];
  const each = /\s/.test(name ?? "") ? " (names are invited one at a time)" : "";
  throw new Refusal(
    "no-such-name",
    `Nobody has reserved the name ${
      name ?? ""
    }${each}; a link invites those who have reserved none`,
  );
}

/** Whether somebody without an account is here and can be told of a room that everybody may enter. */
function mayTell({ rooms, registry }: HouseState, { key }: Named, name: string): boolean {
  return rooms.access(key) !== "invite" && registry.named(name) !== undefined;
}

/** Throws a {@linkcode Refusal} (`not-allowed`) for a session that is no host of the room. */
export function checkHost(
  state: HouseState,
  session: Session,
  { key, name }: Named,
  what: string,
): void {
  if (roleIn(state, session, key) !== "member") return;
  throw new Refusal("not-allowed", `You are no host of ${name}, and may not ${what}`);
}

/** Where not everybody may enter, its hosts invite; elsewhere whoever has an account and is in it. */
function checkMayInvite(state: HouseState, session: Session, room: Named): void {
  if (state.rooms.access(room.key) === "invite") {
    return checkHost(state, session, room, "invite others to it");
  }
  if (state.people.accountOf(session) === undefined) {
    const why = sentence`Only who has reserved a name may invite; ${{ to: "register" }} does`;
    throw new Refusal("not-allowed", why);
  }
  if (!session.rooms.has(room.key)) throw notInRoom(room.name);
}

function invited(
  state: HouseState,
  { at, ...inviter }: Inviting,
  { key, name }: Named,
  { id, name: target }: Account,
): Change[] {
  const { rooms, lists } = state;
  const isListed = lists.get(id, roomLog(key)) !== undefined;
  if (rooms.member(key, id) !== undefined || isListed && rooms.access(key) !== "invite") {
    throw new Refusal("already-member", `${target} is a member of ${name} already`);
  }
  checkMembers(state, key, name, 1);
  return [
    ...recorded(state, { key, name }),
    { type: "member", member: { room: key, account: id, ...inviter, at } },
    {
      type: "audit",
      line: auditLine(at, { by: inviter.by, action: "invite", target, room: name }),
    },
  ];
}

/** The record of a room that has none yet: whoever is invited should find it there. */
export function recorded({ rooms }: Pick<Known, "rooms">, { key, name }: Named): Change[] {
  return rooms.of(key) === undefined ? [{ type: "room", room: plainRoom(key, name) }] : [];
}

/** A link that invites to a room. */
export function linked(
  state: Known,
  { at, ...inviter }: Inviting,
  room: Named,
  { id, hash, forMs = 0, uses = 0, register }: NewLink,
): Change[] {
  const { key, name } = room;
  const { forMs: longest } = REQUESTS.mod;
  if (forMs > longest.most) throw new Refusal("bad-field", "A time is at most 10 years");
  const count = state.rooms.invitations(key).length;
  const most = state.rules?.roomLinks ?? Infinity;
  if (count >= most) {
    throw new Refusal("too-many-links", `${name} has ${count} links, its limit; take some back`);
  }
  const until = forMs === 0 ? 0 : at + forMs;
  const invitation: Invitation = {
    ...{ id, hash, room: key, ...inviter, at, until, uses, used: 0 },
    ...(register ? { register } : {}),
  };
  return [
    ...recorded(state, room),
    { type: "invitation", invitation },
    {
      type: "audit",
      line: auditLine(at, { by: inviter.by, action: "invite link", target: id, room: name }),
    },
  ];
}

/** What becomes of an invitation that is taken back. */
export function judgeUninvite(
  state: HouseState,
  session: Session,
  ask: UninviteAsk,
  at: number,
): Change[] {
  const room = readableRoom(state, session, ask.room);
  const { key, name } = room;
  const audit = (target: string): Change => ({
    type: "audit",
    line: auditLine(at, { by: session.name, action: "uninvite", target, room: name }),
  });
  if (ask.link !== undefined) {
    checkHost(state, session, room, "take back links to it");
    if (state.rooms.invitation(ask.link)?.room !== key) {
      throw new Refusal(
        "no-such-link",
        sentence`There is no link ${ask.link} to ${name}; ${{ to: "invites" }} lists them`,
      );
    }
    return [{ type: "uninvitation", id: ask.link }, audit(ask.link)];
  }
  const found = memberCalled(state, key, ask.name ?? "");
  checkMayUninvite(state, session, room, found);
  const { id, account } = found;
  const log = roomLog(key);
  return [
    ...unmembered(state, key, id),
    ...unhosted(state, key, account),
    ...(state.rooms.access(key) === "invite" && account !== undefined
      ? [{ type: "unlisted", account: id, log } as const]
      : []),
    audit(found.name),
  ];
}

/** A member of record that a name means. */
interface Found {
  readonly id: string;
  readonly name: string;
  readonly account: Account | undefined;
}

/** The member of record of a room that goes by a name: an account, or a guest who came by a link. */
function memberCalled(state: HouseState, key: string, name: string): Found {
  const { people, rooms } = state;
  const account = people.account(nameKey(name));
  if (account !== undefined && rooms.member(key, account.id) !== undefined) {
    return { id: account.id, name: account.name, account };
  }
  const guests = rooms.members(key).flatMap(({ account: id, name: before }) => {
    const hash = guestOf(id);
    const session = hash === undefined ? undefined : state.registry.session(hash);
    const called = session?.name ?? before;
    const isMeant = called !== undefined && nameKey(called) === nameKey(name);
    return isMeant ? { id, name: called, account: undefined, isHere: session !== undefined } : [];
  });
  // Who has not come back since the server was started is known by the name that it had then.
  const guest = guests.find(({ isHere }) => isHere) ?? guests[0];
  if (guest !== undefined) return guest;
  throw new Refusal(
    "no-such-name",
    sentence`Nobody called ${name} is invited; ${{ to: "invites" }} lists who is`,
  );
}

/** Operators take invitations back, except those of other operators; and everybody their own. */
function checkMayUninvite(
  state: HouseState,
  session: Session,
  room: Named,
  { id, account }: Found,
): void {
  const { people, rooms } = state;
  const own = people.accountOf(session);
  if (own !== undefined && own.id === id) return;
  const met = people.roleIn(account, room.key);
  if (allowed("room", "kick", roleIn(state, session, room.key), met)) return;
  const isOwn = own !== undefined && rooms.member(room.key, id)?.inviter === own.id;
  if (isOwn && met === "member") return;
  throw new Refusal("not-allowed", `You may not take back that invitation to ${room.name}`);
}

/** The link with a token that has this hash; throws a {@linkcode Refusal} (`bad-invite`) if it is over. */
export function checkLink(
  { rooms }: Pick<HouseState, "rooms">,
  hash: string,
  at: number,
): Invitation {
  const invitation = rooms.invitationOf(hash);
  if (invitation !== undefined) {
    const { until, uses, used } = invitation;
    if ((until === 0 || until > at) && (uses === 0 || used < uses)) return invitation;
  }
  throw new Refusal("bad-invite", "That invitation is not valid, or not any more; ask for another");
}

/** What becomes of a link when somebody comes by it. */
export function judgeAccept(
  state: HouseState,
  { by: shown, who, name }: AcceptAsk,
  at: number,
): Change[] {
  const { rooms } = state;
  if ("guest" in shown) {
    // The sessions of one guest are known to be that only while the server runs.
    return rooms.roomsOf(shown.guest).flatMap((key): Change[] => {
      const member = rooms.member(key, shown.guest);
      checkMembers(state, key, rooms.of(key)?.name ?? key, 1, true);
      return member === undefined ? [] : [{ type: "member", member: { ...member, account: who } }];
    });
  }
  const invitation = checkLink(state, shown.link, at);
  const { id, room, by, inviter, used } = invitation;
  if (!linkGives(state, invitation, who)) return [];
  const isGuest = guestOf(who) !== undefined;
  const member = rooms.member(room, who);
  if (member === undefined) checkMembers(state, room, rooms.of(room)?.name ?? room, 1, isGuest);
  return [
    { type: "invitation", invitation: { ...invitation, used: used + 1 } },
    // What a guest may do depends on the link.
    {
      type: "member",
      member: {
        ...{ room, account: who, at },
        ...member,
        ...(isGuest && name !== undefined ? { name } : {}),
        ...(isGuest ? { by: id } : { by, ...(inviter === undefined ? {} : { inviter }) }),
      },
    },
  ];
}
