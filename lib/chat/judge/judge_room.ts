/** What becomes of a room's record by what a person, or whoever runs the server, asks for. */

import { DEFAULT_ROOM } from "../../wire/names.ts";
import { REQUESTS } from "../../wire/requests.ts";
import { nameKey } from "../../words/names.js";
import type { HouseState } from "../house_state.ts";
import { roomLog } from "../messages/log_key.ts";
import type { Named } from "../names/name_tables.ts";
import type { OpenAsk, RoomAsk } from "../people/people_ask.ts";
import type { Role } from "../people/permissions.ts";
import {
  type Account,
  auditLine,
  type Change,
  plainRoom,
  type RoomRecord,
} from "../people/records.ts";
import { checkBanOf } from "../people/sanction_text.ts";
import { openerOf, whoIs } from "../people/who_is.ts";
import { Refusal } from "../refusal.ts";
import { sentence } from "../sentence.ts";
import { guestOf } from "../rooms/room_records.ts";
import type { Session } from "../sessions/session.ts";
import { checkMute, readableRoom, roleIn } from "./checks.ts";
import { inviterFrom } from "./inviters.ts";
import { ownAccount } from "./judge_account.ts";
import { checkEnter, readerOf } from "./may_read.ts";

/** The parts of the state that this goes by. */
type Known =
  & Pick<HouseState, "people" | "rooms" | "lists">
  & Partial<Pick<HouseState, "registry" | "rules">>;

/** Who asks for it. */
interface AskedBy {
  readonly name: string;
  readonly role: Role;
  /** None for whoever runs the server. */
  readonly account: Account | undefined;
}

/** What the audit trail calls it that a room is removed. */
export const REMOVAL = "room remove";

/** What a session asks for; throws a {@linkcode Refusal} if it may not be. */
export function judgeRoom(state: HouseState, session: Session, ask: RoomAsk, at: number): Change[] {
  const room = readableRoom(state, session, ask.room);
  const role = roleIn(state, session, room.key);
  if (role === "member") {
    throw new Refusal("not-allowed", `You are no host of ${room.name}, and may not change it`);
  }
  if (ask.remove && role !== "owner") {
    throw new Refusal("not-allowed", `Only owners of the server may remove ${room.name}`);
  }
  // Others read it.
  if (ask.title) checkMute(state, session, room.key, at);
  const asker = { name: session.name, role, account: state.people.accountOf(session) };
  return roomChanges(state, asker, room, ask, at);
}

/** What is asked for a room comes to. */
export function roomChanges(
  state: Known,
  asker: AskedBy,
  room: Named,
  ask: RoomAsk,
  at: number,
): Change[] {
  const { key, name } = room;
  const audit = (action: string, detail = ""): Change => ({
    type: "audit",
    line: auditLine(at, { by: asker.name, action, target: name, room: name, detail }),
  });
  if (ask.remove) return [...removal(state, room, at), audit(REMOVAL)];
  const before = state.rooms.of(key) ?? plainRoom(key, name);
  const after = recordAfter(before, ask);
  const told = Object.keys(after) as Array<keyof RoomRecord>;
  const lines = told.filter((field) => after[field] !== before[field]).map((field) =>
    audit(`room ${WORDS[field] ?? field}`, String(after[field]))
  );
  return [
    ...(lines.length === 0 ? [] : [{ type: "room", room: after } as const]),
    ...(after.access === before.access ? [] : admitted(state, asker, before, ask, at)),
    ...lines,
    ...(ask.host === undefined ? [] : handedOver(state, asker, room, ask.host, at)),
  ];
}

/** What the audit trail calls the fields of a record. */
const WORDS: Readonly<Record<string, string>> = { topicLocked: "topic-lock" };

/** The record as it is to be. Throws a {@linkcode Refusal} for what a record can't hold. */
function recordAfter(before: RoomRecord, ask: RoomAsk): RoomRecord {
  const { title, slow } = REQUESTS.room;
  if (ask.slow !== undefined && ask.slow > slow.most) {
    throw new Refusal("bad-field", `slow is at most ${slow.most} s, and not ${ask.slow}`);
  }
  const text = ask.title?.replace(/\s+/gu, " ").trim();
  if (text !== undefined && text.length > title.most) {
    throw new Refusal(
      "bad-field",
      `A title has at most ${title.most} characters; this one has ${text.length}`,
    );
  }
  return {
    ...before,
    access: ask.access ?? before.access,
    title: text ?? before.title,
    topicLocked: ask.topicLocked ?? before.topicLocked,
    slow: ask.slow ?? before.slow,
    quiet: ask.quiet ?? before.quiet,
  };
}

/** Who becomes a member of record when others may enter a room than before. */
function admitted(
  state: Known,
  asker: AskedBy,
  { key, name, access }: RoomRecord,
  ask: RoomAsk,
  at: number,
): Change[] {
  if (key === DEFAULT_ROOM) {
    throw new Refusal("not-allowed", `${name} stays open: everybody starts in it`);
  }
  if (access === "invite" && !ask.reveal) {
    const text = sentence`Everybody could read what was said in ${name} by invitation only; ${{
      to: "reveal",
    }}`;
    throw new Refusal("would-reveal", text);
  }
  if (ask.access !== "invite") return [];
  const ids = new Set([
    ...insiders(state, key),
    ...asker.account === undefined ? [] : [asker.account.id],
  ]);
  checkMembers(state, key, name, ids.size);
  return [...ids].filter((id) => state.rooms.member(key, id) === undefined)
    .map((account) => ({
      type: "member",
      member: { room: key, account, ...inviterFrom(asker.name, asker.account), at },
    }));
}

/** The accounts that belong to a room that was not by invitation: those that have it listed or are in it. */
function insiders({ people, lists, registry }: Known, key: string): string[] {
  const here = [...registry?.room(key)?.members ?? []];
  const hosts = people.hostsOf((room) => room === key);
  return [
    ...lists.accounts(roomLog(key)),
    ...here.flatMap((session) => people.accountOf(session)?.id ?? []),
    ...hosts.flatMap((host) => people.account(host.key)?.id ?? []),
  ];
}

/**
 * Throws a {@linkcode Refusal} where a room can't have so many more members of record. Guests who came by
 * links have a share of their own, so that they take nobody's place.
 */
export function checkMembers(
  { rooms, rules }: Known,
  key: string,
  name: string,
  more: number,
  guests = false,
): void {
  const { length: count } = rooms.members(key)
    .filter(({ account }) => (guestOf(account) !== undefined) === guests);
  const most = rules?.roomMembers ?? Infinity;
  if (count + more <= most) return;
  throw new Refusal(
    "too-many-members",
    `${name} has ${count} ${guests ? "guests" : "members"}, and may have ${most}; ` +
      `${more} more are too many`,
  );
}

/** Gives a room to somebody else. */
function handedOver(
  { people, rooms }: Known,
  { name: by, role, account: own }: AskedBy,
  { key, name }: Named,
  to: string,
  at: number,
): Change[] {
  const account = people.account(nameKey(to));
  if (account === undefined) {
    throw new Refusal(
      "no-such-name",
      sentence`Nobody has reserved the name ${to}; ${{ to: "register" }} does`,
    );
  }
  const member = { room: key, account: account.id, ...inviterFrom(by, own), at };
  const isMissing = rooms.access(key) === "invite" && rooms.member(key, account.id) === undefined;
  const isGiven = role === "host" && own !== undefined && own.key !== account.key;
  return [
    { type: "host", host: { room: key, key: account.key } },
    ...(isMissing ? [{ type: "member", member } as const] : []),
    ...(isGiven ? [{ type: "unhost", host: { room: key, key: own.key } } as const] : []),
    {
      type: "audit",
      line: auditLine(at, { by, action: "room host", target: account.name, room: name }),
    },
  ];
}

/** All that is on record of a room goes. */
export function removal({ people, rooms }: Known, { key, name }: Named, at: number): Change[] {
  if (key === DEFAULT_ROOM) {
    throw new Refusal("not-allowed", `${name} stays: everybody starts in it`);
  }
  return [
    ...people.hostsOf((room) => room === key).map((host) => ({ type: "unhost", host } as const)),
    ...rooms.members(key).map(({ account }) => ({ type: "unmember", room: key, account }) as const),
    ...rooms.invitations(key).map(({ id }) => ({ type: "uninvitation", id }) as const),
    ...rooms.hooks.in(key).map(({ id }) => ({ type: "unhook", id }) as const),
    // Another room of its name is nothing to those who were banned from this one.
    ...people.sanctions(key, at).map((sanction) => ({ type: "lift", sanction }) as const),
    { type: "unroom", key },
  ];
}

/** What becomes of a room that a session opens so that not everybody may enter, or no list has it. */
export function judgeOpening(
  state: HouseState,
  session: Session,
  { room, access }: OpenAsk,
  at: number,
): Change[] {
  const { people, rooms, registry, rules } = state;
  const account = ownAccount(state, session);
  const { id, name: by } = account;
  const { key, name } = room;
  checkEnter(state, readerOf(state, session), key, name);
  checkBanOf(people, whoIs(people, session), name, at);
  if (!registry.isNew(key)) {
    if (rooms.access(key) === access) return [];
    throw new Refusal("room-taken", `There is a room ${name} already, which is set otherwise`);
  }
  checkMute(state, session, undefined, at);
  registry.checkJoin(session, name, openerOf(people, account, session.address));
  const founded = rooms.foundedBy(id);
  if (founded >= rules.foundedRooms) {
    throw new Refusal(
      "room-limit",
      `${name} can't be opened: you have founded ${founded} rooms that are still there, which is ` +
        "the limit; an owner can remove some",
    );
  }
  const member = { room: key, account: id, ...inviterFrom(by, account), at };
  return [
    { type: "room", room: { ...plainRoom(key, name), founder: id, access } },
    ...(access === "invite" ? [{ type: "member", member } as const] : []),
    { type: "host", host: { room: key, key: account.key } },
    { type: "audit", line: auditLine(at, { by, action: "op", target: by, room: name }) },
  ];
}
