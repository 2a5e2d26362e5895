/** How far accounts have read: what is unread, and how their devices are told. */

import type { EventOf } from "../wire/events.ts";
import { type Asked, idOf } from "./asked.ts";
import type { HouseParts } from "./house_parts.ts";
import { after, type Later } from "./later.ts";
import { MOST_COUNTED } from "./messages/history.ts";
import { isChatLog, keyOf, type ReadLog } from "./messages/log_key.ts";
import type { ReadNews } from "./news.ts";
import type { Listed } from "./people/records.ts";
import { Refusal } from "./refusal.ts";
import type { Session } from "./sessions/session.ts";

/** The parts of the house that this needs. */
type MarkParts = Pick<HouseParts, "state" | "index" | "registry">;

/** How often an account is mentioned in each log. */
type Counts = ReadonlyMap<ReadLog, number>;

const NO_MENTIONS: Counts = new Map();

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

/** How many messages of a log come after the mark, as it is told. */
export function unreadOf({ index }: Pick<MarkParts, "index">, { log, read }: Listed): number {
  return Math.min(
    MOST_COUNTED,
    Math.max(0, index.nth(log, index.last(log)) - index.nth(log, read)),
  );
}

/** How often an account is mentioned behind its marks; where that can't be read, nowhere. */
export function mentionsAfter(
  { index }: Pick<MarkParts, "index">,
  account: string,
  marks: Iterable<Listed>,
): Later<Counts> {
  const unread = new Map<ReadLog, number>();
  for (const { log, read } of marks) {
    // In a conversation every message is meant for both.
    if (!isChatLog(log) && read < index.last(log)) unread.set(log, read);
  }
  if (unread.size === 0) return NO_MENTIONS;
  const counts = index.mentions(account, unread);
  if (!(counts instanceof Promise)) return counts;
  return counts.catch((error) => {
    if (!(error instanceof Refusal)) throw error;
    return NO_MENTIONS;
  });
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
  const told = after(mentionsAfter(house, account, [asOf]), (counts) => {
    // The mark may have moved while mentions were counted; then its own count follows this one.
    const listed = lists.get(account, log) ?? asOf;
    const { read: seq } = listed;
    const unread = unreadOf(house, listed);
    const mentions = Math.min(unread, counts.get(log) ?? 0);
    tell({ type: "read", ...nameOf(listed), seq, unread, mentions });
  });
  if (told instanceof Promise) told.catch(reportError);
}
