/** How far accounts have read: what is unread, and how their devices are told. */

import type { EventOf } from "../wire/events.ts";
import { type Asked, idOf } from "./asked.ts";
import type { HouseParts } from "./house_parts.ts";
import { after, all, type Later, unlessRefused } from "./later.ts";
import { MOST_COUNTED } from "./messages/history.ts";
import { isChatLog, keyOf, type ReadLog } from "./messages/log_key.ts";
import type { ReadNews } from "./news.ts";
import type { Listed } from "./people/records.ts";
import type { Session } from "./sessions/session.ts";

/** The parts of the house that this needs. */
type MarkParts = Pick<HouseParts, "state" | "index" | "registry">;

/** How many in each log. */
type Counts = ReadonlyMap<ReadLog, number>;

const NONE: Counts = new Map();

/** Tells the devices of an account how far it has read now; whoever asked gets that as its answer. */
export function tellRead(house: MarkParts, { account, log }: ReadNews, asked?: Asked): void {
  withCounts(house, account, log, (event) => {
    for (const device of ownDevices(house, account)) {
      if (device.hasPeople && device !== asked?.session) device.deliver(event);
    }
    if (asked !== undefined) asked.session.deliver({ ...event, ...idOf(asked) });
  });
}

/** Answers a session whose mark has changed nothing. */
export function answerRead(house: MarkParts, log: ReadLog, asked: Asked): void {
  const account = house.state.people.accountOf(asked.session);
  if (account === undefined) return;
  withCounts(house, account.id, log, (event) => {
    asked.session.deliver({ ...event, ...idOf(asked) });
  });
}

/** The sessions of an account that have a peer, visitors apart. */
export function ownDevices(
  { state: { people }, registry }: Pick<MarkParts, "state" | "registry">,
  account: string,
): Session[] {
  const known = people.accountWith(account);
  if (known === undefined) return [];
  const sessions = registry.persons.ofAccount(account)?.sessions ?? [];
  return [...sessions].filter((session) => !session.isVisitor && registry.isPresent(session));
}

/** What an account has not read, as it is told: how many messages, and how many that mention it. */
export interface Unread {
  readonly unread: Counts;
  readonly mentions: Counts;
}

/** Nothing is unread. */
export const ALL_READ: Unread = { unread: NONE, mentions: NONE };

/** What an account has not read behind its marks; where that can't be read, as far as it is known. */
export function countUnread(
  { index }: Pick<MarkParts, "index">,
  account: string,
  marks: Iterable<Listed>,
): Later<Unread> {
  const behind = new Map<ReadLog, number>();
  for (const { log, read } of marks) if (read < index.last(log)) behind.set(log, read);
  if (behind.size === 0) return ALL_READ;
  // In a conversation every message is meant for both.
  const rooms = new Map([...behind].filter(([log]) => !isChatLog(log)));
  // Where it can't be read, every entry counts as a message, and none mentions anybody.
  const numbers = (): Counts =>
    new Map(
      [...behind].map(([log, read]) => [log, Math.min(MOST_COUNTED, index.last(log) - read)]),
    );
  const unread = unlessRefused(() => index.unread(behind, account), numbers);
  const mentions = rooms.size === 0
    ? NONE
    : unlessRefused(() => index.mentions(account, rooms), () => NONE);
  return after(all([unread, mentions]), ([unread = NONE, mentions = NONE]) => ({
    unread,
    mentions,
  }));
}

/** A log as requests and events name it: a room by its name, a conversation by its key. */
export function nameOf(
  { log, name }: Pick<Listed, "log" | "name">,
): { room: string } | { chat: string } {
  return isChatLog(log) ? { chat: keyOf(log) } : { room: name };
}

function withCounts(
  house: MarkParts,
  account: string,
  log: ReadLog,
  tell: (event: EventOf<"read">) => void,
): void {
  const { lists } = house.state;
  const asOf = lists.get(account, log);
  if (asOf === undefined) return;
  const told = after(countUnread(house, account, [asOf]), (counts) => {
    // The mark may have moved while that was counted; then its own count follows this one.
    const listed = lists.get(account, log) ?? asOf;
    const unread = counts.unread.get(log) ?? 0;
    const mentions = Math.min(unread, counts.mentions.get(log) ?? 0);
    tell({ type: "read", ...nameOf(listed), seq: asOf.read, unread, mentions });
  });
  if (told instanceof Promise) told.catch(reportError);
}
