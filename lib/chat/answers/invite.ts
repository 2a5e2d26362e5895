/** The answers to `invite`, `uninvite` and `invites`: who may enter a room. */

import type { EventOf } from "../../wire/events.ts";
import type { RequestOf } from "../../wire/requests.ts";
import { nameKey } from "../../words/names.js";
import { idOf } from "../asked.ts";
import type { HouseParts } from "../house_parts.ts";
import { readableRoom, roleIn } from "../judge/checks.ts";
import { inviterName } from "../judge/inviters.ts";
import { checkHost } from "../judge/judge_invite.ts";
import type { Later } from "../later.ts";
import { isoTime } from "../log/times.ts";
import { fitting } from "../messages/fits.ts";
import { roomLog } from "../messages/log_key.ts";
import type { Named } from "../names/name_tables.ts";
import type { Invitation, Member } from "../people/records.ts";
import { putModeration } from "../put_people.ts";
import { Refusal } from "../refusal.ts";
import { tellHosts, tellInvited } from "../room_effects.ts";
import { guestOf } from "../rooms/room_records.ts";
import type { Session } from "../sessions/session.ts";
import { messagesIn } from "./room.ts";

/** Invites somebody to a room, or makes a link that does. */
export async function invite(
  house: HouseParts,
  session: Session,
  request: RequestOf<"invite">,
): Promise<void> {
  const { room: wanted, name, link } = request;
  const room = readableRoom(house.state, session, wanted);
  checkOne(name, link, "name or link");
  house.invitations.spend(
    session.person.who,
    house.now(),
    "You have invited many within an hour",
  );
  try {
    if (link !== undefined) return await inviteByLink(house, session, request, room);
    return await inviteByName(house, session, request, room);
  } catch (error) {
    if (!(error instanceof Refusal) || tellsMore(house, session, request, error)) throw error;
    house.invitations.giveBack(session.person.who, house.now());
    throw error;
  }
}

/**
 * Whether a refusal tells somebody what it could not see anyway, so that it has to count: that an account is a
 * member of a room, though it is not there and whoever asks is no host. Who has a name can be seen anyway.
 */
function tellsMore(
  { state, registry }: HouseParts,
  session: Session,
  { room, name = "" }: RequestOf<"invite">,
  { code }: Refusal,
): boolean {
  const key = nameKey(room);
  if (code !== "already-member" || roleIn(state, session, key) !== "member") return false;
  return !registry.allNamed(nameKey(name)).some(({ rooms }) => rooms.has(key));
}

async function inviteByName(
  house: HouseParts,
  session: Session,
  request: RequestOf<"invite">,
  room: Named,
): Promise<void> {
  const { state } = house;
  const { room: wanted, name } = request;
  const { changes } = await putModeration(
    house,
    { kind: "invite", room: wanted, name: name ?? "" },
    session.hash,
  );
  const here = changes.length === 0 ? state.registry.named(name ?? "") : undefined;
  if (here !== undefined) {
    tellInvited([here], room.name, session.name);
    tellHosts(house, room.key, { name: here.name, by: session.name }, session.hash);
  }
  const messages = await messagesIn(house, roomLog(room.key));
  session.deliver({
    type: "invite",
    ...idOf(request),
    room: room.name,
    name: state.people.account(nameKey(name ?? ""))?.name ?? here?.name ?? name ?? "",
    by: session.name,
    messages,
  });
}

async function inviteByLink(
  house: HouseParts,
  session: Session,
  request: RequestOf<"invite">,
  room: Named,
): Promise<void> {
  const { chance, hashOf } = house;
  const token = chance.secret();
  const id = chance.id();
  const link = { ...request.link, id, hash: hashOf(token) };
  const { changes } = await putModeration(
    house,
    { kind: "invite", room: request.room, link },
    session.hash,
  );
  const made = changes.find((change) => change.type === "invitation")?.invitation;
  if (made === undefined) throw new Error(`No link to ${room.key} was made`);
  const { until, uses, by } = made;
  const page = session.peer?.pageUrl?.();
  session.deliver({
    type: "invite",
    ...idOf(request),
    room: room.name,
    by,
    link: id,
    token,
    ...(page === undefined ? {} : { url: `${page}#invite=${token}` }),
    ...(until === 0 ? {} : { until: isoTime(until) }),
    ...(uses === 0 ? {} : { uses }),
    messages: await messagesIn(house, roomLog(room.key)),
  });
}

/** Takes an invitation back. */
export async function uninvite(
  house: HouseParts,
  session: Session,
  { type: kind, id, ...asked }: RequestOf<"uninvite">,
): Promise<void> {
  const { name: room } = readableRoom(house.state, session, asked.room);
  const { name, link } = asked;
  checkOne(name, link, "name or link");
  await putModeration(house, { kind, ...asked }, session.hash);
  session.deliver({
    type: "uninvite",
    ...idOf({ id }),
    room,
    ...(name === undefined ? {} : { name }),
    ...(link === undefined ? {} : { link }),
  });
}

/** Lists who is invited to a room, and the links that invite to it. */
export function invites(
  house: HouseParts,
  session: Session,
  request: RequestOf<"invites">,
): Later<void> {
  const { rooms, people, registry } = house.state;
  const room = readableRoom(house.state, session, request.room);
  checkHost(house.state, session, room, "see who is invited");
  const nameOf = ({ account, name = "" }: Member): string => {
    const guest = guestOf(account);
    return guest === undefined
      ? people.accountWith(account)?.name ?? ""
      : registry.session(guest)?.name ?? name;
  };
  // A guest is one, with however many sessions.
  const members = new Map(
    rooms.members(room.key).map((member) => {
      const name = nameOf(member);
      const by = inviterName(house.state, rooms.invitation(member.by) ?? member);
      return [name, { name, by, at: isoTime(member.at) }];
    }),
  );
  members.delete("");
  session.deliver({
    type: "invites",
    ...idOf(request),
    room: room.name,
    members: fitting([...members.values()]),
    links: rooms.invitations(room.key).map((link) => listedLink(house, link)),
  });
  // As with every list, the next request waits until it has gone out.
  return session.peer?.drained();
}

/** A link as it is listed: without its token, which is kept nowhere. */
function listedLink(
  { state }: HouseParts,
  { id, by, inviter, until, uses, used, register }: Invitation,
): EventOf<"invites">["links"][number] {
  return {
    link: id,
    by: inviterName(state, inviter === undefined ? { by } : { by, inviter }),
    ...(until === 0 ? {} : { until: isoTime(until) }),
    ...(uses === 0 ? {} : { uses }),
    used,
    ...(register ? { register } : {}),
  };
}

/** Throws a {@linkcode Refusal} (`bad-field`) unless just one of two fields is there. */
function checkOne(one: unknown, other: unknown, which: string): void {
  if ((one === undefined) !== (other === undefined)) return;
  throw new Refusal("bad-field", `An invitation has a ${which}: one of the two`);
}
