/** Brings a session that comes back up to date with its conversations, or with its direct messages. */

import type { Event, EventOf, Message } from "../../wire/events.ts";
import type { HouseParts } from "../house_parts.ts";
import { countedBefore, directsOf, goOnAfter, inboxOfSession } from "../inbox.ts";
import { isOwnIn, mayReadChat, otherParty, partyName, whoIsSession } from "../judge/parties.ts";
import { lifeEvent } from "../life_event.ts";
import { atOf, broughtBy, type HistoryEntry, isMessage, seqOf } from "../messages/entries.ts";
import { chatLog, type DirectLog } from "../messages/log_key.ts";
import { isAccount } from "../people/chats.ts";
import type { ChatRecord } from "../people/records.ts";
import type { Hello, Peer } from "../sessions/peer.ts";
import type { Session } from "../sessions/session.ts";
import { anewAfter, deliver, pageAfter } from "../catch_up.ts";
import { type HasOfInbox, tellMissedEdits } from "./missed_edits.ts";

/** The parts of the house in which it finds what was missed. */
type ChatSource = Pick<HouseParts, "index" | "state">;

/** Who catches up. */
interface Catching {
  readonly session: Session;
  readonly peer: Peer;
}

/** A conversation that was named, and the last seq that the client has seen in it. */
export interface MissedChat {
  readonly key: string;
  readonly seq: number;
}

/**
 * The conversations that a client has to catch up on: those that it names, and, for a guest, those that
 * it can't know of, since they were begun after its connection had ended. It hears them live when it
 * has all of them.
 */
export function missedChats(
  { state }: ChatSource,
  session: Session,
  { resume }: Pick<Hello, "resume">,
): readonly MissedChat[] {
  session.catchesUp.clear();
  if (!session.hasPeople || resume?.chats === undefined) return [];
  const named = Object.entries(resume.chats).map(([key, seq]) => ({ key, seq }));
  const who = whoIsSession(state, session);
  const own = named.filter(({ key }) => mayReadChat(state, session, chatLog(key)));
  const others = isAccount(who) ? [] : state.chats.of(who)
    .filter(({ key }) => !Object.hasOwn(resume.chats ?? {}, key))
    .map(({ key }) => ({ key, seq: 0 }));
  const missed = [...own, ...others];
  for (const { key } of missed) session.catchesUp.add(key);
  return missed;
}

/** Delivers what conversations have that was missed, page by page, one after the other. */
export async function catchUpChats(
  house: ChatSource,
  catching: Catching,
  missed: readonly MissedChat[],
  epoch: string | undefined,
): Promise<void> {
  for (const each of missed) await catchUpChat(house, catching, each, epoch);
}

async function catchUpChat(
  house: ChatSource,
  catching: Catching,
  { key, seq }: MissedChat,
  epoch: string | undefined,
): Promise<void> {
  const { session, peer } = catching;
  const { index, state } = house;
  const log = chatLog(key);
  const gap = (from: number, to: number | null): void =>
    session.deliver({ type: "gap", chat: key, from, to });
  let seen = seq;
  if (seq > 0 && (epoch !== index.epoch || seen > index.last(log))) {
    gap(seen + 1, null);
    seen = await anewAfter(house, log);
  }
  const mayHear = (): boolean => session.peer === peer && mayReadChat(state, session, log);
  while (mayHear()) {
    const last = index.last(log);
    if (seen >= last) break;
    const entries = await pageAfter(house, catching, log, seen);
    if (entries === undefined || !mayHear()) return;
    const record = state.chats.get(key);
    if (record === undefined) break;
    seen = await deliver(peer, entries, {
      seen,
      last,
      mayHave: mayHear,
      onHole: (from, to) => {
        if (from > 1) gap(from, to);
      },
      place: { chat: key },
      eventOf: (entry) => replay(house, session, record, entry),
    });
  }
  if (session.peer === peer) session.catchesUp.delete(key);
}

/** A stored entry for a client that catches up. Its sender gets the ack, which it may have missed. */
function replay(
  { state }: ChatSource,
  session: Session,
  record: ChatRecord,
  entry: HistoryEntry,
): Event | undefined {
  const { key: chat } = record;
  const { session: sentBy, id } = entry;
  if (id !== undefined && sentBy === session.hash) {
    return { type: "ack", id, chat, seq: seqOf(entry), at: atOf(entry), ...broughtBy(entry) };
  }
  const other = partyName(state, otherParty(record, whoIsSession(state, session)));
  if (isMessage(entry)) {
    const isOwn = isOwnIn(state, session, record, entry.message);
    return replayed(entry.message, { chat, with: other, ...(isOwn ? { own: true } : {}) });
  }
  if (entry.kind === "emptied") return undefined;
  const isOwn = isOwnIn(state, session, record, entry);
  const event = lifeEvent({ chat }, entry, isOwn);
  if (event.type !== "revised") return event;
  return { ...event, to: isOwn ? other : session.name, with: other };
}

function replayed(
  { room: to, seq, from, at, text, action, notice, withheld, by, file, re, quote, edited }: Message,
  place: Pick<EventOf<"direct">, "chat" | "with" | "own">,
): EventOf<"direct"> {
  return {
    ...{ type: "direct", from, to, at, text, ...place, seq },
    ...(by === undefined ? {} : { by }),
    ...(file === undefined ? {} : { file }),
    ...(action === undefined ? {} : { action }),
    ...(notice === undefined ? {} : { notice }),
    ...(withheld === undefined ? {} : { withheld }),
    ...(re === undefined ? {} : { re }),
    ...(quote === undefined ? {} : { quote }),
    ...(edited === undefined ? {} : { edited }),
  };
}

/**
 * Delivers the direct messages after number `n`, as the first version counts them, then lets the session
 * hear of new ones as they come, and tells it of those before them that were edited meanwhile.
 */
export async function catchUpDirects(
  house: ChatSource,
  catching: Catching,
  n: number,
): Promise<void> {
  const { session } = catching;
  const cameAt = house.state.people.now;
  // It has seen more than there is: its numbers go on from there, or it would take new ones for old.
  if (n > directsOf(house, session)) goOnAfter(house, session, n);
  const inbox = inboxOfSession(house.state, session);
  const own = session.directLog;
  const before = countedBefore(house, session);
  const hear = (): void => void (session.hearsDirects = true);
  if (inbox === undefined) return hear();
  const wanted = [
    ...(own === inbox ? [] : [{ log: own, n, before: session.directsBefore }]),
    { log: inbox, n, before },
  ];
  const has: Array<Pick<HasOfInbox, "log" | "had" | "has">> = [];
  for (const each of wanted) {
    const had = Math.max(0, n - each.before);
    has.push({
      log: each.log,
      had,
      has: await passDirects(house, catching, each, each.log === inbox ? hear : undefined),
    });
  }
  const hearsAt = house.state.people.now;
  for (const each of has) await tellMissedEdits(house, { ...catching, ...each, cameAt, hearsAt });
}

/** What a client wants of a log: what comes after `n`, where its first is the number after `before`. */
interface Wanted {
  readonly log: DirectLog;
  readonly n: number;
  readonly before: number;
}

/**
 * Delivers what a log has after a number; `then`, at once, what follows when that was all. Returns the last
 * number that the client has by then.
 */
async function passDirects(
  house: ChatSource,
  { session, peer }: Catching,
  { log, n, before }: Wanted,
  then: () => void = () => {},
): Promise<number> {
  const { index } = house;
  const isHere = (): boolean => session.peer === peer;
  let seen = Math.max(0, n - before);
  while (isHere()) {
    const last = index.last(log);
    if (seen >= last) {
      then();
      break;
    }
    const entries = await pageAfter(house, { session, peer }, log, seen);
    if (entries === undefined || !isHere()) break;
    seen = await deliver(peer, entries, {
      seen,
      last,
      mayHave: isHere,
      onHole: (from, to) => session.deliver(goneDirects(to - from + 1)),
      place: { chat: "" },
      eventOf: (entry) => isMessage(entry) ? directOf(entry.message, before) : undefined,
    });
  }
  return seen;
}

/**
 * A stored message as its addressee gets it: a log's `room` is who it is for. Of one that was removed nobody
 * who counts in an inbox is told.
 */
function directOf(
  { room: to, seq, from, at, text, withheld, file }: Message,
  before: number,
): EventOf<"direct"> | undefined {
  if (text === "") return undefined;
  const direct = { type: "direct", from, to, at, text, n: before + seq } as const;
  if (withheld !== undefined) return { ...direct, withheld };
  return file === undefined ? direct : { ...direct, file };
}

/** A `gap` is about a room; a program sees the same gap in the numbers of the direct messages. */
function goneDirects(count: number): Event {
  const what = count === 1 ? "1 direct message" : `${count} direct messages`;
  return { type: "notice", text: `${what} to you can no longer be had.` };
}
