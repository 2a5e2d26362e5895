/**
 * Decides whether a fact is granted, by what the house knows. It changes nothing, waits for nothing, and
 * never looks at what only a store knows, so every house that knows the same decides the same.
 */

import { REQUESTS } from "../wire/requests.ts";
import { isSecret, MAY_BE_SECRET } from "../words/secret.js";
import type { HouseState } from "./house_state.ts";
import { checkMute, notInRoom } from "./judge/checks.ts";
import { chooseName } from "./judge/choose_name.ts";
import { judgeAbout } from "./judge/judge_about.ts";
import { checkHookSays } from "./judge/judge_hook.ts";
import { judgeDirect } from "./judge/judge_direct.ts";
import { judgeEnter } from "./judge/judge_enter.ts";
import { judgeQuestion } from "./judge/judge_question.ts";
import { judgePeople } from "./judge/judge_people.ts";
import { checkEnter, readerOf, takesAlong } from "./judge/may_read.ts";
import {
  accountsAsked,
  accountsMentioned,
  everybodyMentioned,
  isMeantForAll,
} from "./judge/mentions.ts";
import {
  checkMember,
  checkSize,
  checkSpeech,
  checkText,
  checkTopicLock,
  withPartingWords,
} from "./judge/speaking.ts";
import type { ExitFact } from "./log/ending_facts.ts";
import type {
  DirectFact,
  EnterFact,
  Fact,
  JoinFact,
  LeaveFact,
  RenameFact,
  SayFact,
  TopicFact,
} from "./log/fact.ts";
import type { AwayFact, MarkFact } from "./log/person_facts.ts";
import { roomLog } from "./messages/log_key.ts";
import { checkBanOf, checkEntrance } from "./people/sanction_text.ts";
import { listerOf, namesLeft, openerOf, shownBy, whoIs } from "./people/who_is.ts";
import { Refusal } from "./refusal.ts";
import type { Hash, Session } from "./sessions/session.ts";

const MAX_TOPIC_LENGTH = REQUESTS.topic.text.most;
const MAX_AWAY_LENGTH = REQUESTS.away.text.most;

/**
 * The fact as it is granted at the time `at`, in ms since 1970: with what was found for it, whether
 * something had been found before or not. Throws a {@linkcode Refusal} for one that is not granted.
 */
export function decide(state: HouseState, fact: Fact, at: number): Fact {
  switch (fact.kind) {
    case "say":
      return decideSay(state, fact, at);
    case "direct":
      return decideDirect(state, fact, at);
    case "revise":
    case "remove":
    case "react":
    case "pin":
    case "answer":
      return judgeAbout(state, sessionOf(state, fact.by), fact, at);
    case "topic":
      return decideTopic(state, fact, at);
    case "join":
      return decideJoin(state, fact, at);
    case "leave":
      return decideLeave(state, fact, at);
    case "enter":
      return decideEnter(state, fact, at);
    case "rename":
      return decideRename(state, fact, at);
    case "exit":
      return decideExit(state, fact, at);
    case "mark":
      return decideMark(state, fact);
    case "away":
      return decideAway(state, fact, at);
    case "people":
      return judgePeople(state, fact, asker(state, fact.by), at);
    // A node may be lost with which nobody is connected: whoever put it could not know that in its place,
    // and does not ask again until it has come back.
    case "lost":
    case "list":
    case "session-use":
    case "session-forget":
    case "retain":
    case "tick":
      return fact;
  }
}

function decideSay(state: HouseState, fact: SayFact, at: number): SayFact {
  const { by, log, title, text } = fact;
  const session = asker(state, by);
  const room = session && checkMember(state, state.registry.roomOf(log), session, title);
  checkText(text);
  if (session !== undefined && room !== undefined) checkSpeech(state, session, room, at);
  if (fact.hook !== undefined) checkHookSays(state, fact, at);
  if (isSecret(text)) throw new Refusal("may-be-secret", MAY_BE_SECRET);
  checkSize(state, text);
  return mentioning(state, authored(state, asking(state, fact), session), session);
}

/** The message with those whom it mentions. */
function mentioning(state: HouseState, fact: SayFact, session: Session | undefined): SayFact {
  if (session !== undefined && isMeantForAll(state, session, fact)) {
    return { ...fact, all: true, mentions: everybodyMentioned(state, session, fact.log) };
  }
  const said = fact.all === undefined ? fact : withoutAll(fact);
  const named = accountsMentioned(state, session, fact.log, fact.text);
  const asked = accountsAsked(state, session, fact.log, fact.ask);
  const mentions = asked.length === 0 ? named : [...new Set([...named, ...asked])];
  if (mentions.length === 0 && fact.mentions === undefined) return said;
  return { ...said, mentions };
}

function withoutAll({ all: _, ...fact }: SayFact): SayFact {
  return fact;
}

function decideDirect(state: HouseState, fact: DirectFact, at: number): DirectFact {
  const session = asker(state, fact.by);
  if (session === undefined) throw isOver();
  checkSaid(state, session, fact.text, at);
  return signed(judgeDirect(state, session, asking(state, fact)), session);
}

/** What is said with the accounts that its question names. */
function asking<Said extends SayFact | DirectFact>(state: HouseState, fact: Said): Said {
  const { ask, text } = fact;
  if (ask === undefined) return fact;
  const question = judgeQuestion(state, ask);
  checkSize(state, text + JSON.stringify(question));
  return { ...fact, ask: question };
}

/** Throws a {@linkcode Refusal} for what a session may say to nobody. */
export function checkSaid(state: HouseState, session: Session, text: string, at?: number): void {
  checkText(text);
  checkMute(state, session, undefined, at);
  checkSize(state, text);
}

function decideTopic(state: HouseState, fact: TopicFact, at: number): TopicFact {
  const { by, log, title, text } = fact;
  const session = asker(state, by);
  if (session !== undefined) {
    const room = checkMember(state, state.registry.roomOf(log), session, title);
    checkMute(state, session, room, at);
    checkTopicLock(state, session, room);
  }
  if (text.length <= MAX_TOPIC_LENGTH && !/[\r\n]/.test(text)) return signed(fact, session);
  throw new Refusal(
    "bad-topic",
    `A topic is one line of at most ${MAX_TOPIC_LENGTH} characters; ` +
      `this one has ${text.length}`,
  );
}

/** The fact with the name that its session has now: it may have got another one meanwhile. */
function signed<Signed extends SayFact | DirectFact | TopicFact>(
  fact: Signed,
  session: Session | undefined,
): Signed {
  if (session === undefined || session.name === fact.from) return fact;
  return { ...fact, from: session.name };
}

/** The same for what is said, with the account that says it. */
function authored<Said extends SayFact | DirectFact>(
  { people }: HouseState,
  fact: Said,
  session: Session | undefined,
): Said {
  const author = session && people.accountOf(session)?.id;
  if (author === fact.author) return signed(fact, session);
  const { author: _, ...rest } = signed(fact, session);
  return { ...rest, ...(author === undefined ? {} : { author }) } as Said;
}

function decideJoin(state: HouseState, fact: JoinFact, at: number): JoinFact {
  const { registry, people } = state;
  const { room, session: hash } = fact;
  const session = sessionOf(state, hash);
  checkEnter(state, readerOf(state, session), room.key, room.name);
  checkBanOf(people, whoIs(people, session), room.name, at);
  // Others see a room's name, so a mute session can't open one.
  if (registry.isNew(room.key)) checkMute(state, session, undefined, at);
  registry.checkJoin(
    session,
    room.name,
    openerOf(people, people.accountOf(session), session.address),
    state.lists.before(listerOf(people, session)?.id, roomLog(room.key)),
  );
  return fact;
}

function decideLeave(state: HouseState, fact: LeaveFact, at: number): LeaveFact {
  const { key, name } = fact.room;
  const session = sessionOf(state, fact.session);
  const room = state.registry.room(key);
  // Whoever may read it no longer still leaves it.
  if (!room?.members.has(session)) throw notInRoom(name, false);
  return withPartingWords(state, session, [key], fact, at);
}

function decideExit(state: HouseState, fact: ExitFact, at: number): ExitFact {
  const session = sessionOf(state, fact.session);
  const isThere = fact.node === undefined || fact.node === session.node;
  if (isThere && session.times === fact.times && state.registry.isPresent(session)) {
    return withPartingWords(state, session, session.rooms, fact, at);
  }
  throw new Refusal("not-ready", "Your session goes on elsewhere");
}

function decideEnter(state: HouseState, fact: EnterFact, at: number): EnterFact {
  if (state.registry.sessions.forgotten.has(fact.session)) throw isOver();
  return { ...fact, granted: judgeEnter(state, fact, at) };
}

function decideRename(state: HouseState, fact: RenameFact, at: number): RenameFact {
  const { people, registry } = state;
  const { session: hash, wanted, shown } = fact;
  const session = sessionOf(state, hash);
  const isOwn = shown !== undefined && shown.key === session.key;
  // Others see names, so a session that is muted in one of its rooms keeps its name.
  if (shown === undefined) {
    for (const room of ["", ...session.rooms]) checkMute(state, session, room, at);
  }
  checkEntrance(people, wanted, session.address, undefined, at);
  if (isOwn) {
    const left = namesLeft(people, session, session.key, at);
    return { ...fact, granted: { name: session.name, key: session.key, left, account: shown } };
  }
  // Otherwise a session could enter a room under one name and go on under one that is banned there.
  const other = people.accountOf({ account: shown });
  for (const { name, key } of registry.roomsOf(session)) {
    if (!takesAlong(state, session, other, key)) continue;
    checkEntrance(people, wanted, session.address, name, at);
  }
  const proven = shown ?? shownBy(people.accountOf(session));
  const [name, key] = chooseName(state, wanted, { person: session.person, proven }, at);
  // The rights of an account stay with its name.
  const account = shown ?? (session.key === key ? session.account : undefined);
  const left = namesLeft(people, session, key, at);
  const granted = { name, key, left, ...(account === undefined ? {} : { account }) };
  return { ...fact, granted };
}

function decideMark(state: HouseState, fact: MarkFact): MarkFact {
  const account = listerOf(state.people, sessionOf(state, fact.by));
  if (account !== undefined && state.lists.get(account.id, fact.log) !== undefined) return fact;
  throw notInRoom(fact.title);
}

function decideAway(state: HouseState, fact: AwayFact, at: number): AwayFact {
  const session = sessionOf(state, fact.by);
  const { text } = fact;
  if (text === undefined) return fact;
  // Others read it.
  for (const room of ["", ...session.rooms]) checkMute(state, session, room, at);
  if (isSecret(text)) throw new Refusal("may-be-secret", MAY_BE_SECRET);
  if (text.length <= MAX_AWAY_LENGTH && !/[\r\n]/.test(text)) return fact;
  throw new Refusal(
    "bad-field",
    `What is said about being away is one line of at most ${MAX_AWAY_LENGTH} characters; ` +
      `this one has ${text.length}`,
  );
}

/** The session that asks, if any does. */
function asker(state: HouseState, by: Hash | undefined): Session | undefined {
  return by === undefined ? undefined : sessionOf(state, by);
}

function sessionOf({ registry }: HouseState, hash: Hash): Session {
  const session = registry.session(hash);
  if (session !== undefined) return session;
  throw isOver();
}

function isOver(): Refusal {
  return new Refusal("not-ready", "Your session is over; say hello again");
}
