/**
 * Whether a fact may be, by what the house knows. It changes nothing and waits for nothing, and never
 * looks at what only a store knows: so every house that knows the same decides the same.
 */

import { bytesInEvent } from "../wire/events.ts";
import { REQUESTS } from "../wire/requests.ts";
import { checkMute, notInRoom } from "./checks.ts";
import { fits } from "./fits.ts";
import type { HouseState } from "./house_state.ts";
import type { DirectFact, Fact, Hash, JoinFact, SayFact, TopicFact } from "./log/fact.ts";
import { keyOf, type RoomLog } from "./log_key.ts";
import { Refusal } from "./refusal.ts";
import { checkBanOf } from "./sanction_text.ts";
import { isSecret, MAY_BE_SECRET } from "../words/secret.js";
import type { Session } from "./session.ts";
import { whoIs } from "./who_is.ts";

const MAX_TOPIC_LENGTH = REQUESTS.topic.text.most;

/** Throws a {@linkcode Refusal} for a fact that may not be at the time `at`, in ms since 1970. */
export function decide(state: HouseState, fact: Fact, at: number): void {
  switch (fact.kind) {
    case "say":
      return decideSay(state, fact, at);
    case "direct":
      return decideDirect(state, fact, at);
    case "topic":
      return decideTopic(state, fact, at);
    case "join":
      return decideJoin(state, fact, at);
  }
}

function decideSay(state: HouseState, { by, log, title, text }: SayFact, at: number): void {
  const session = asker(state, by);
  const room = session && checkMember(state, session, log, title);
  checkText(text);
  if (session !== undefined) checkMute(state, session, room, at);
  if (isSecret(text)) throw new Refusal("may-be-secret", MAY_BE_SECRET);
  checkSize(state, text);
}

function decideDirect(state: HouseState, fact: DirectFact, at: number): void {
  const { by, text, title, to, onlyAgain } = fact;
  const session = asker(state, by);
  checkText(text);
  if (session !== undefined) checkMute(state, session, undefined, at);
  if (to === undefined && !onlyAgain) throw nobodyCalled(title);
  checkSize(state, text);
}

function decideTopic(state: HouseState, { by, log, title, text }: TopicFact, at: number): void {
  const session = asker(state, by);
  if (session !== undefined) {
    checkMute(state, session, checkMember(state, session, log, title), at);
  }
  if (text.length <= MAX_TOPIC_LENGTH && !/[\r\n]/.test(text)) return;
  throw new Refusal(
    "bad-topic",
    `A topic is one line of at most ${MAX_TOPIC_LENGTH} characters; ` +
      `this one has ${text.length}`,
  );
}

function decideJoin(
  state: HouseState,
  { session: hash, room, opener }: JoinFact,
  at: number,
): void {
  const { registry, people } = state;
  const session = asker(state, hash);
  if (session === undefined) return;
  checkBanOf(people, whoIs(people, session), room.name, at);
  // A room's name is a text that others see.
  if (registry.isNew(room.key)) checkMute(state, session, undefined, at);
  registry.checkJoin(session, room.name, opener);
}

/** What somebody is told who has a message for nobody. */
export function nobodyCalled(name: string): Refusal {
  return new Refusal("no-such-name", `Nobody here is called ${name}; /who lists who is here`);
}

/** The session that asks, if any does. */
function asker({ registry }: HouseState, by: Hash | undefined): Session | undefined {
  if (by === undefined) return undefined;
  const session = registry.session(by);
  if (session !== undefined) return session;
  throw new Refusal("not-ready", "Your session is over; say hello again");
}

/** The key of a room that `session` is in. */
function checkMember(
  { registry }: HouseState,
  session: Session,
  log: RoomLog,
  title: string,
): string {
  const key = keyOf(log);
  if (!session.rooms.has(key) || registry.room(key) === undefined) throw notInRoom(title);
  return key;
}

function checkText(text: string): void {
  if (text === "") throw new Refusal("empty-text", "A message needs a text");
}

function checkSize({ messageBytes }: HouseState, text: string): void {
  if (fits(text, messageBytes)) return;
  throw new Refusal(
    "too-large",
    `A message that takes ${bytesInEvent(text)} bytes as JSON can't be passed on: ` +
      `at most ${messageBytes} may wait for a client; send it in parts`,
  );
}
