/** The answers about people: `away`, `whois` and `people`. */

import type { EventOf } from "../../wire/events.ts";
import type { RequestOf } from "../../wire/requests.ts";
import { nameKey } from "../../words/names.js";
import { Asked, idOf } from "../asked.ts";
import { nobodyCalled } from "../judge/judge_direct.ts";
import type { HouseParts } from "../house_parts.ts";
import { ownAccount } from "../judge/judge_account.ts";
import { isConfined, mayMeet } from "../judge/may_read.ts";
import type { Later } from "../later.ts";
import { isoTime } from "../log/times.ts";
import { fitting } from "../messages/fits.ts";
import { isRoomLog, keyOf } from "../messages/log_key.ts";
import { byName } from "../names/by_name.ts";
import type { Account } from "../people/records.ts";
import { countNews } from "../presence.ts";
import { put } from "../put.ts";
import { ownDevices } from "../read_marks.ts";
import type { Session } from "../sessions/session.ts";

/** People in one list: unless told, and at most. */
const FOUND = 20;
const MOST_FOUND = 200;

/** Says that one is away, and why; or that one is back. Counts against the rates of one's rooms. */
export function away(house: HouseParts, session: Session, request: RequestOf<"away">): Later<void> {
  const { id } = request;
  const text = request.text?.trim() ?? "";
  const fact = { kind: "away", by: session.hash, ...(text === "" ? {} : { text }) } as const;
  const stored = put(house, fact, new Asked(session, id));
  const held = countNews(house, house.registry.roomsOf(session));
  return stored === undefined ? held : stored.then(() => held);
}

/** Tells who somebody is, and as much of where and when as one may know. */
export function whois(house: HouseParts, session: Session, request: RequestOf<"whois">): void {
  const { state: { people }, registry } = house;
  const { name, id } = request;
  const account = people.account(nameKey(name));
  const found = registry.named(name);
  const sessions = account === undefined
    ? found === undefined ? [] : [found]
    : ownDevices(house, account.id);
  const one = sessions[0];
  if (account === undefined && one === undefined) throw nobodyCalled(name);
  if (!mayKnow(house, session, sessions)) throw nobodyCalled(name);
  const rooms = sharedRooms(house, session, account, sessions);
  const text = one?.person.away ?? "";
  const person: EventOf<"person"> = {
    type: "person",
    ...idOf({ id }),
    name: account?.name ?? one?.name ?? name,
    ...(account === undefined ? {} : { account: account.id, role: account.role }),
    here: one !== undefined,
    ...(text === "" ? {} : { away: text }),
    rooms,
  };
  const learns = learnsWhen(house, session, account, rooms.length > 0);
  session.deliver(learns ? { ...person, ...lastSeen(house, account, sessions) } : person);
}

/** Whether a session may know of somebody with these sessions: guests who came by a link meet only those in their rooms. */
export function mayKnow(
  { state }: HouseParts,
  session: Session,
  sessions: readonly Session[],
): boolean {
  if (sessions.length === 0) return !isConfined(state, session);
  return sessions.some((each) => mayMeet(state, session, each));
}

/**
 * Whether a session may know when somebody was here, or has done something: an account, of itself and of those
 * who do not hide it, if they share a room with it.
 */
export function learnsWhen(
  { state: { people, lists } }: HouseParts,
  session: Session,
  account: Account | undefined,
  shares: boolean,
): boolean {
  const own = people.accountOf(session);
  if (own === undefined || own === account) return own !== undefined;
  return shares && (account === undefined || lists.settings(account.id).hideSeen !== true);
}

/** For how long somebody has done nothing, or when it was here last. */
export function lastSeen(
  { state: { lists }, now }: HouseParts,
  account: Account | undefined,
  sessions: readonly Session[],
): { readonly idleMs?: number; readonly seen?: string } {
  if (sessions.length > 0) {
    const latest = Math.max(...sessions.map(({ activeAt }) => activeAt));
    return { idleMs: Math.max(0, Math.round(now() - latest)) };
  }
  const { seen } = account === undefined ? { seen: 0 } : lists.settings(account.id);
  return seen === 0 ? {} : { seen: isoTime(seen) };
}

/** When an account was here last, of which nobody is, if a session may know that: an RFC 3339 time. */
export function lastHere(
  house: HouseParts,
  session: Session,
  account: Account,
): string | undefined {
  const shares = sharedRooms(house, session, account, []).length > 0;
  return learnsWhen(house, session, account, shares)
    ? lastSeen(house, account, []).seen
    : undefined;
}

/** The names of the rooms that both are in, or have listed. */
function sharedRooms(
  house: HouseParts,
  session: Session,
  account: Account | undefined,
  sessions: readonly Session[],
): string[] {
  const own = roomsOf(house, house.state.people.accountOf(session), [session]);
  const theirs = roomsOf(house, account, sessions);
  return [...own].flatMap(([key, name]) => theirs.has(key) ? name : []).sort(byName);
}

/** The names of the rooms that somebody has listed, or that its sessions are in, by their keys. */
function roomsOf(
  { state: { lists }, registry }: HouseParts,
  account: Account | undefined,
  sessions: readonly Session[],
): ReadonlyMap<string, string> {
  const listed = account === undefined ? [] : [...lists.of(account.id).values()];
  return new Map([
    ...listed.filter(({ log }) => isRoomLog(log)).map(({ log, name }) =>
      [keyOf(log), name] as const
    ),
    ...sessions.flatMap((each) => registry.roomsOf(each)).map(({ key, name }) =>
      [key, name] as const
    ),
  ]);
}

/** Finds reserved names by their beginning, whoever is here. */
export function people(
  house: HouseParts,
  session: Session,
  request: RequestOf<"people">,
): Later<void> {
  ownAccount(house.state, session);
  const { prefix, limit = FOUND, id } = request;
  const most = Math.max(1, Math.min(limit, MOST_FOUND));
  const found = house.state.people.beginning(nameKey(prefix));
  const listed = fitting(
    found.sort((a, b) => byName(a.name, b.name)).slice(0, most).map(({ name, id }) => {
      const [device] = ownDevices(house, id);
      const text = device?.person.away ?? "";
      const away = text === "" ? {} : { away: text };
      return { name, account: id, here: device !== undefined, ...away };
    }),
  );
  const more = found.length > listed.length;
  session.deliver({ type: "people", ...idOf({ id }), people: listed, more });
  // As with every list, the next request waits until it has gone out.
  return session.peer?.drained();
}
