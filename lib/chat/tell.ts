/**
 * Tells of an entry: sends events to the sessions that are here, and the answer to the one that asked.
 * Nothing here changes what the house knows.
 */

import type { Event, EventOf } from "../wire/events.ts";
import { type Asked, idOf } from "./asked.ts";
import type { HouseParts } from "./house_parts.ts";
import type { Entry, TopicFact } from "./log/fact.ts";
import type { AwayFact, MarkFact } from "./log/person_facts.ts";
import { isoTime } from "./log/times.ts";
import { beginMod, endMod } from "./mod_effects.ts";
import type { Forced, News } from "./news.ts";
import { withArticle } from "./people/permissions.ts";
import type { Account } from "./people/records.ts";
import { tellSettings } from "./own_settings.ts";
import {
  tellAway,
  tellIdentified,
  tellJoined,
  tellLeft,
  tellOwnJoined,
  tellOwnLeft,
  tellRenamed,
  tellRoleInRooms,
} from "./presence.ts";
import { answerRead, tellRead } from "./read_marks.ts";
import { tellRooms, tellShutOut } from "./room_effects.ts";
import { sentence, wordsOf } from "./sentence.ts";
import { RETRY_AFTER_SHUTDOWN_MS } from "./sessions/peer.ts";
import type { Hash, Session } from "./sessions/session.ts";
import { tellDirect } from "./tell_direct.ts";
import { refuseAsked, tellAbout, tellSaid } from "./tell_said.ts";

/** Tells of an entry, and of the `news` that evolve.ts has made of it. */
export function tell(
  house: HouseParts,
  entry: Entry,
  news: readonly News[],
  asked: Asked | undefined,
): void {
  const { fact } = entry;
  if (fact.kind === "enter" && !isRefused(entry)) replacePeer(house, fact.session);
  for (const each of news) tellNews(house, each, fact.kind === "mark" ? asked : undefined);
  if (!house.isClosing()) { for (const watcher of house.watchers) watcher(news); }
  switch (fact.kind) {
    case "say":
      return tellSaid(house, fact, entry, asked);
    case "direct":
      return tellDirect(house, fact, entry, asked);
    case "revise":
    case "remove":
    case "react":
    case "pin":
    case "answer":
      return tellAbout(house, fact, entry, asked);
    case "topic":
      return tellTopic(house, fact, entry, asked);
    case "mark":
    case "away":
      return answerPerson(house, fact, entry, news, asked);
    case "people":
      if (isRefused(entry)) return;
      for (const change of fact.changes) {
        if (change.type !== "sign-out") continue;
        for (const come of house.coming.values()) come.signOuts.push(change);
      }
      if (house.log.decidesAgain) beginMod(house, fact);
      endMod(house, fact);
      return tellRooms(house, fact);
  }
}

/** Ends the connection that a session had before; it stays in its rooms. */
function replacePeer(house: HouseParts, hash: Hash): void {
  const session = house.registry.session(hash);
  if (session === undefined) return;
  part(house, session, {
    type: "bye",
    reason: "replaced",
    text: "Your client has connected again; this connection ends.",
  });
}

/** Parts a session from its peer, if it has one, which can't change the session any more from here on. */
function part({ audiences }: HouseParts, session: Session, bye: EventOf<"bye">): void {
  const { peer } = session;
  if (peer === undefined) return;
  audiences.unlisten(session);
  session.peer = undefined;
  peer.close(bye);
}

/** Tells of one thing that evolve.ts has found. */
function tellNews(house: HouseParts, news: News, asked: Asked | undefined): void {
  const { audiences } = house;
  switch (news.kind) {
    case "opened":
      return audiences.open(news.room.key);
    case "closed":
      return audiences.close(news.room.key);
    case "joined":
      tellJoined(house, news);
      return news.isOwn ? tellOwnJoined(house, news) : undefined;
    case "left":
      audiences.of(news.room.key)?.unlisten(news.session);
      if (news.why.reason === "invite-only") tellShutOut(news.session, news.room);
      if (house.isClosing()) return;
      if (news.isOwn) tellOwnLeft(news);
      return tellLeft(house, news);
    case "renamed":
      tellRenamed(house, news);
      for (const each of [news.session, ...news.others]) {
        each.peer?.named(each.name);
        if (news.forced !== undefined) tellForced(each, news.from, news.forced);
      }
      return;
    case "identified":
      return tellIdentified(house, news);
    case "replaced":
      return tellReplaced(house, news.session);
    case "lost":
      return tellLost(house, news.session);
    case "signed-out":
      return tellSignedOut(news.session);
    case "role":
      if (news.isTold) tellRole(house, news.account);
      return tellRoleInRooms(house, news.account);
    case "read":
      return tellRead(house, news, asked);
    case "settings":
      return tellSettings(house, news);
    case "away":
      return tellAway(house, news);
    case "forgotten":
      for (const come of house.coming.values()) {
        if (come.session === news.session.hash) come.isForgotten = true;
      }
  }
}

/** Answers whoever has marked what it has read, or said that it is away. */
function answerPerson(
  house: HouseParts,
  fact: MarkFact | AwayFact,
  entry: Entry,
  news: readonly News[],
  asked: Asked | undefined,
): void {
  if (asked === undefined) return;
  if (isRefused(entry)) return refuseAsked(asked, entry);
  const { session } = asked;
  if (fact.kind === "away") {
    const { text } = fact;
    const why = text === undefined ? {} : { text };
    session.deliver({ type: "away", ...idOf(asked), name: session.name, ...why });
  } else if (news.length === 0) answerRead(house, fact.log, asked);
}

/** Tells a session that it had to take another name. */
function tellForced(session: Session, from: string, { why, isWanted }: Forced): void {
  if (isWanted) session.wanted = from;
  session.deliver({ type: "renamed", from, to: session.name });
  const own = session.wanted === undefined
    ? ""
    : sentence` If it is yours, ${{ to: "login" }} takes it.`;
  const text = sentence`The name ${from} ${why}; you are ${session.name}.${own}`;
  session.deliver({ type: "notice", text: text.in(wordsOf(session)) });
}

/** Ends the connection of a device that came before as many others as an account may have here. */
function tellReplaced(house: HouseParts, session: Session): void {
  const { peer } = session;
  if (peer === undefined) return;
  house.end(session, "replaced");
  peer.close({
    type: "bye",
    reason: "replaced",
    text: "Another device of yours has come, and this one is one too many; this connection ends.",
  });
}

/** Ends the connection of a session that is here, though for the others this node is dead. */
function tellLost(house: HouseParts, session: Session): void {
  part(house, session, {
    type: "bye",
    reason: "shutdown",
    text: "This server was cut off from the others for too long; come again.",
    retryAfterMs: RETRY_AFTER_SHUTDOWN_MS,
  });
}

/** Ends the connection of a session that is its account's no more. */
function tellSignedOut({ peer }: Session): void {
  peer?.close({
    type: "bye",
    reason: "signed-out",
    text: "This device was signed out; it needs the password of your name again.",
  });
}

/** Tells the sessions of an account that it has another role. */
function tellRole({ state: { people, registry } }: HouseParts, account: Account): void {
  const { key, role } = account;
  const more = role === "member" ? "" : sentence`; ${{ to: "moderation" }} says what you may do`;
  const said = sentence`You are ${withArticle(role)} now${more}.`;
  for (const session of registry.allNamed(key)) {
    if (people.accountOf(session)?.key !== key) continue;
    session.deliver({ type: "notice", text: said.in(wordsOf(session)) });
  }
}

/** Everybody in the room gets the topic; the session that set it gets it as the answer, there or not. */
function tellTopic(
  { registry, audiences }: HouseParts,
  fact: TopicFact,
  entry: Entry,
  asked?: Asked,
): void {
  if (entry.receipt !== undefined) return refuseAsked(asked, entry);
  const { log, title, text, from } = fact;
  const event: Event = { type: "topic", room: title, text, from, at: isoTime(entry.at) };
  const room = registry.roomOf(log);
  const audience = room && audiences.of(room.key);
  if (asked === undefined) return audience?.publish(event);
  const { session } = asked;
  const answer: Event = { ...event, ...idOf(asked) };
  const listening = audience?.hears(session) ?? false;
  audience?.publish(event, session, answer);
  if (!listening) session.deliver(answer);
}

function isRefused({ receipt }: Entry): boolean {
  return receipt !== undefined && "refused" in receipt;
}
