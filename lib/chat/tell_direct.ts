/** Tells of a direct message: every device of both people, and the one that has asked. */

import type { Event, EventOf, Quote, SentFile } from "../wire/events.ts";
import { EDIT_SIGN } from "../wire/names.ts";
import { captionOf, fetchSentence } from "../words/files.js";
import { type Asked, idOf, refuse } from "./asked.ts";
import type { HouseParts } from "./house_parts.ts";
import { countedBefore } from "./inbox.ts";
import { nobodyCalled } from "./judge/judge_direct.ts";
import { otherParty, partyName, sessionsOf, whoIsSession } from "./judge/parties.ts";
import { editNotice, lifeEvent } from "./life_event.ts";
import { asEntry } from "./log/as_entry.ts";
import type { DirectFact, Entry } from "./log/fact.ts";
import type { LifeFact } from "./log/life_facts.ts";
import type { StoredNow } from "./log/receipt.ts";
import { isoTime } from "./log/times.ts";
import type { LifeEntry, RevisedEntry } from "./messages/entries.ts";
import { questionTold } from "./messages/question.ts";
import { type ChatLog, isChatLog, keyOf } from "./messages/log_key.ts";
import { isAccount, type PersonId } from "./people/chats.ts";
import type { ChatRecord, Party } from "./people/records.ts";
import { Refusal } from "./refusal.ts";
import type { Session } from "./sessions/session.ts";

/** Where a direct message is stored, now or since before. */
interface DirectPlace {
  readonly log: ChatLog | undefined;
  readonly seq: number;
  readonly at: string;
  /** What it was stored with, if it is new. */
  readonly stored?: StoredNow;
  /** It was not there before. */
  readonly isNew: boolean;
  /** Its number in its addressee's inbox, if it is new. */
  readonly n?: number | undefined;
  /** How that begins which it answers, if it is new. */
  readonly quote?: Quote | undefined;
}

/** The addressee gets the message, the sender's other devices a copy, and the sender an ack. */
export function tellDirect(
  house: HouseParts,
  fact: DirectFact,
  entry: Entry,
  asked: Asked | undefined,
): void {
  const place = placeOf(fact, entry);
  if (place === undefined) return refuseAsked(asked, fact, entry);
  if (asked !== undefined) house.audiences.flush(asked.session);
  const record = place.log === undefined ? undefined : house.state.chats.get(keyOf(place.log));
  if (place.isNew && record !== undefined) {
    tellBoth(house, fact, { ...place, record }, asked?.session);
  }
  if (asked === undefined) return;
  const { session } = asked;
  // A client that has come back since, and still catches up, gets this ack among what it missed.
  if (!asked.isSamePeer && record !== undefined && session.catchesUp.has(record.key)) return;
  session.deliver(ackOf(house, fact, place, record, asked));
}

function placeOf({ log }: DirectFact | LifeFact, { at, receipt }: Entry): DirectPlace | undefined {
  if (receipt === undefined) return undefined;
  if ("seq" in receipt) {
    const { seq, n, quote } = receipt;
    const where = { log: isChatLog(log) ? log : undefined, seq, at: isoTime(at), n };
    return { ...where, quote, isNew: true, stored: receipt };
  }
  return "again" in receipt
    ? { ...receipt.again, log: receipt.again.log, isNew: false }
    : undefined;
}

/** A message that is new, and where it is. */
interface Told extends DirectPlace {
  readonly record: ChatRecord;
}

function tellBoth(
  house: HouseParts,
  fact: DirectFact,
  told: Told,
  asker: Session | undefined,
): void {
  const { to } = fact;
  if (to === undefined) return;
  const sender = otherParty(told.record, to);
  const isNote = sender.who === to;
  for (const session of sessionsOf(house.state, to)) {
    // What somebody notes for itself is its own on every device, and of those the one that asked knows.
    if (!isNote) tellOne(house, session, fact, told, sender);
    else if (!session.hasPeople || session !== asker) {
      tellOne(house, session, fact, told, sender, true);
    }
  }
  if (isNote) return;
  const other = otherParty(told.record, sender.who);
  // The number is that of the addressee's inbox.
  const copy = { ...told, n: undefined };
  for (const session of sessionsOf(house.state, sender.who)) {
    if (session !== asker && session.hasPeople) tellOne(house, session, fact, copy, other, true);
  }
}

/** Tells one session, which is in a conversation with `other`. */
function tellOne(
  house: HouseParts,
  session: Session,
  { from, title: to, text, action, notice, author, file, re, ask }: DirectFact,
  { record: { key: chat }, seq, at, n, quote }: Told,
  other: Party,
  own = false,
): void {
  if (!hears(house, session, chat)) return;
  if (n !== undefined) session.directsTold = n + countedBefore(house, session);
  const numbered = n === undefined ? {} : { n: session.directsTold };
  const brought = file === undefined ? {} : { file };
  const event: EventOf<"direct"> = {
    ...{ type: "direct", from, to, at, text: shownTo(house, session, text, file) },
    ...(ask === undefined ? {} : { ask: questionTold(ask, Date.parse(at)), seq }),
    ...brought,
    ...numbered,
  };
  if (!session.hasPeople) {
    // A door of its own shows what is answered; clients of the first version get none of that.
    return session.deliver(re === undefined ? event : { ...event, re, ...(quote && { quote }) });
  }
  session.deliver({
    ...event,
    chat,
    with: partyName(house.state, other),
    seq,
    ...(author === undefined ? {} : { by: author }),
    ...(own ? { own } : {}),
    ...(action === undefined ? {} : { action }),
    ...(notice === undefined ? {} : { notice }),
    ...(re === undefined ? {} : { re }),
    ...(quote === undefined ? {} : { quote }),
  });
}

/** Tells both of a conversation what was done about a message in it; who did that gets an ack. */
export function tellAboutDirect(
  house: HouseParts,
  fact: LifeFact,
  entry: Entry,
  asked: Asked | undefined,
): void {
  const place = placeOf(fact, entry);
  if (place === undefined) return refuseAsked(asked, fact, entry);
  if (asked !== undefined) house.audiences.flush(asked.session);
  const record = place.log === undefined ? undefined : house.state.chats.get(keyOf(place.log));
  if (place.stored !== undefined && record !== undefined) {
    const about = asEntry(fact, place.stored, entry.at);
    const { state } = house;
    const by = state.registry.session(fact.by);
    const doer = by && whoIsSession(state, by);
    const who = fact.author === undefined ? doer : `account ${fact.author}` as const;
    for (const party of new Set(record.parties.map((each) => each.who))) {
      for (const session of sessionsOf(state, party)) {
        if (session === asked?.session) continue;
        tellOneAbout(house, session, about, { record, party, isOwn: party === who });
      }
    }
  }
  if (asked === undefined) return;
  const { session } = asked;
  if (!asked.isSamePeer && record !== undefined && session.catchesUp.has(record.key)) return;
  session.deliver(ackOf(house, {}, place, record, asked));
}

/** Tells one session of a party to a conversation what was done about a message in it. */
function tellOneAbout(
  house: HouseParts,
  session: Session,
  entry: LifeEntry,
  { record, party, isOwn }: {
    readonly record: ChatRecord;
    readonly party: PersonId;
    readonly isOwn: boolean;
  },
): void {
  const { key: chat } = record;
  if (!hears(house, session, chat)) return;
  const other = partyName(house.state, otherParty(record, party));
  const event = lifeEvent({ chat }, entry, isOwn);
  const to = isOwn ? other : session.name;
  if (session.hasPeople) {
    return session.deliver(event.type === "revised" ? { ...event, to, with: other } : event);
  }
  // A client that knows no conversations is told of what becomes of their messages as far as it would be in rooms.
  if (isOwn) return;
  if (entry.kind === "revised") session.deliver(editForOld(house, session, entry));
  else if (TOLD_OLD.has(entry.kind) && !session.traits.resumes) session.deliver(event);
}

/** What a classic client is told of by a line. */
const TOLD_OLD: ReadonlySet<LifeEntry["kind"]> = new Set(["removed", "answered"]);

/** A text for a session: of a file, to a client that can't come for it, with where it is had. */
function shownTo(
  house: HouseParts,
  session: Session,
  text: string,
  file: SentFile | undefined,
): string {
  if (file === undefined || session.traits.resumes) return text;
  return fetchSentence(file, linkFor(house, session, file), captionOf(text, file));
}

/**
 * An edit for a client that counts its direct messages, as the first version did: this is none that has a
 * number, and one without could not be read, so it is told as the server tells things.
 */
function editForOld(
  house: HouseParts,
  session: Session,
  { from, at, text, file }: RevisedEntry,
): Event {
  const { name: to, traits } = session;
  const shown = shownTo(house, session, text, file);
  if (!traits.resumes) return { type: "direct", from, to, at, text: EDIT_SIGN + shown };
  return editNotice(from, shown);
}

/** Where a browser gets a file for the person of a session, whose client knows no files. */
function linkFor({ state }: HouseParts, session: Session, file: SentFile): string | undefined {
  const owner = { reader: whoIsSession(state, session), device: session.device };
  return session.peer?.link?.(file, owner)?.url;
}

/** Whether a session gets what is said in a conversation as it comes, and not with what it missed. */
function hears({ registry }: HouseParts, session: Session, chat: string): boolean {
  if (session.hasPeople) return session.hearsDirects && !session.catchesUp.has(chat);
  // A script that goes by somebody's name beside that person does not take what is for the person.
  const isBeside = session.isVisitor &&
    [...session.person.sessions].some((other) => !other.isVisitor && registry.isPresent(other));
  return session.hearsDirects && !isBeside;
}

function ackOf(
  { state }: HouseParts,
  { to, file }: Pick<DirectFact, "to" | "file">,
  { seq, at, isNew }: DirectPlace,
  record: ChatRecord | undefined,
  asked: Asked,
): Event {
  const sent = file === undefined || !isNew ? {} : { file };
  const ack = { type: "ack", ...idOf(asked), at, ...sent } as const;
  if (!asked.session.hasPeople || record === undefined) return ack;
  const place = { ...ack, chat: record.key, seq };
  if (to === undefined || sessionsOf(state, to).length > 0) return place;
  return { ...place, away: true, ...(isAccount(to) ? {} : { guest: true }) };
}

/** Tells the session that asked that its message is refused, and why. */
function refuseAsked(
  asked: Asked | undefined,
  { refusal, title }: Pick<DirectFact, "refusal" | "title">,
  { receipt }: Entry,
): void {
  if (asked === undefined || receipt === undefined) return;
  if ("refused" in receipt) return refuse(asked.session, asked, receipt.refused);
  const why = refusal === undefined ? nobodyCalled(title) : new Refusal(refusal.code, refusal.text);
  refuse(asked.session, asked, why);
}
