/** The answers to requests about a message that was said: edits, removals, reactions, pins and answers. */

import type { EventOf } from "../../wire/events.ts";
import type { RequestOf } from "../../wire/requests.ts";
import { idOf } from "../asked.ts";
import type { HouseParts } from "../house_parts.ts";
import { checkReason, reactorOf } from "../judge/judge_about.ts";
import { mayTalk, nobodyCalled } from "../judge/judge_direct.ts";
import { otherParty, partyName, partyNamed, whoIsSession } from "../judge/parties.ts";
import { after, type Later } from "../later.ts";
import type { Reacting, Reaction } from "../log/fact_log.ts";
import { noSuchMessage } from "../log/judge_life.ts";
import type { Entry } from "../log/fact.ts";
import type { LifeFact } from "../log/life_facts.ts";
import { fitting, fittingPage } from "../messages/fits.ts";
import { isRoomLog, keyOf, type ReadLog } from "../messages/log_key.ts";
import { messageText } from "../messages/message_text.ts";
import { countSpeech } from "../presence.ts";
import { checkQuestions } from "../judge/judge_question.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../sessions/session.ts";
import { noteRemoval } from "./note_removal.ts";
import { answerPage, lastPart, placeToRead } from "./pages.ts";
import { pauseFor, putPausing } from "./speak.ts";
import { whenCounted } from "./when_counted.ts";

/** A request about a message. */
type AboutRequest =
  | RequestOf<"revise" | "remove" | "react" | "reactions" | "answer">
  | RequestOf<"pin">;

/** Gives a message of one's own another text. */
export function revise(
  house: HouseParts,
  session: Session,
  request: RequestOf<"revise">,
): Later<void> {
  const about = aboutOf(house, session, request);
  const text = messageText(request.text);
  const pause = pauseIn(house, session, about.log);
  const { editMs: windowMs } = house.state.rules;
  const fact = { kind: "revise", ...about, text, windowMs } as const;
  const edit = (): Later<void> => putAbout(house, session, request, fact, pause);
  return isRoomLog(about.log) ? edit() : whenCounted(house, session, keyOf(about.log), edit);
}

/** Removes a message. */
export function remove(
  house: HouseParts,
  session: Session,
  request: RequestOf<"remove">,
): Later<void> {
  const reason = request.reason?.trim() ?? "";
  const about = aboutOf(house, session, request);
  if (reason === "") return putAbout(house, session, request, { kind: "remove", ...about });
  const pause = checkReason(() => pauseIn(house, session, about.log));
  return putAbout(house, session, request, { kind: "remove", ...about, reason }, pause);
}

/** Reacts to a message, or takes that back. */
export function react(
  house: HouseParts,
  session: Session,
  request: RequestOf<"react">,
): Later<void> {
  const { key, off } = request;
  const about = aboutOf(house, session, request);
  const who = reactorOf(house.state, session);
  const fact: LifeFact = { kind: "react", ...about, key, ...(off ? { off } : {}), who };
  return putAbout(house, session, request, fact);
}

/** Pins a message to its room, or takes it off. */
export function pin(
  house: HouseParts,
  session: Session,
  request: RequestOf<"pin">,
): Later<void> {
  const { log, ...about } = aboutOf(house, session, request);
  if (!isRoomLog(log)) throw new Refusal("bad-field", "Messages are pinned to rooms");
  const fact: LifeFact = { kind: "pin", ...about, log, ...(request.off ? { off: true } : {}) };
  return putAbout(house, session, request, fact);
}

/** Answers the question of a message. */
export function answerQuestion(
  house: HouseParts,
  session: Session,
  request: RequestOf<"answer">,
): Later<void> {
  checkQuestions(house);
  const about = aboutOf(house, session, withChat(house, session, request));
  const who = reactorOf(house.state, session);
  return putAbout(house, session, request, {
    kind: "answer",
    ...about,
    choice: request.choice,
    who,
  });
}

/** The request with the conversation with the one that it names. */
function withChat(
  { state }: HouseParts,
  session: Session,
  { to, ...request }: RequestOf<"answer">,
): RequestOf<"answer"> {
  if (to === undefined) return request;
  const other = partyNamed(state, to);
  const record = other && state.chats.between(whoIsSession(state, session), other.who);
  if (other === undefined || record === undefined || !mayTalk(state, session, other)) {
    throw nobodyCalled(to);
  }
  return { ...request, chat: record.key };
}

/** Tells who has reacted to a message. */
export function reactions(
  house: HouseParts,
  session: Session,
  request: RequestOf<"reactions">,
): Later<void> {
  const { log, title } = aboutOf(house, session, request);
  const { re } = request;
  return after(house.index.reactions(log, re), (reactions) => {
    // The session may have been sent out of the room meanwhile.
    aboutOf(house, session, request);
    if (reactions === undefined) throw noSuchMessage({ re, title });
    const { room = title, chat } = request;
    const place = chat === undefined ? { room } : { chat };
    const told = fitting(reactions.map((each) => reactionTold(house, each)));
    session.deliver({ type: "reactions", ...idOf(request), ...place, re, reactions: told });
    return session.peer?.drained();
  });
}

/**
 * A reaction as it is told. It stays when an account is given back, and is nobody's to be taken back then: whoever
 * has the name by now is somebody else, and is not named for it.
 */
function reactionTold(
  { state }: HouseParts,
  { key, count, people }: Reaction,
): EventOf<"reactions">["reactions"][number] {
  const isGone = ({ account }: Reacting): boolean =>
    account !== undefined && state.people.accountWith(account) === undefined;
  const namesOf = (some: readonly Reacting[]): string[] => some.map(({ name }) => name);
  const gone = namesOf(people.filter(isGone));
  const names = namesOf(people.filter((each) => !isGone(each)));
  return { key, count, names, ...(gone.length === 0 ? {} : { gone }) };
}

/** Tells which messages are pinned to a room. */
export async function pins(
  house: HouseParts,
  session: Session,
  request: RequestOf<"pins">,
): Promise<void> {
  const place = placeToRead(house, session, request);
  if (place === undefined || !isRoomLog(place.log)) return;
  const { log } = place;
  const found = await house.index.pins(log, { asker: reactorOf(house.state, session) });
  // The session may have been sent out of the room meanwhile.
  placeToRead(house, session, request);
  house.audiences.of(keyOf(log))?.flush();
  const page = fittingPage(found, house.state.rules.messageBytes);
  await answerPage(house, session, request, place, lastPart(house, page, log));
}

/** Which message it is about, and who asks. */
interface About extends Omit<LifeFact, "kind" | "log"> {
  readonly log: ReadLog;
}

/** What all facts about a message have. Throws a {@linkcode Refusal} where the session may not read it. */
function aboutOf(house: HouseParts, session: Session, request: AboutRequest): About {
  const { state } = house;
  const place = placeToRead(house, session, request);
  if (place === undefined) throw new Refusal("bad-field", "The field room or chat is missing");
  const { log, room, chat } = place;
  const record = chat === undefined ? undefined : state.chats.get(chat);
  const title = record === undefined
    ? room
    : partyName(state, otherParty(record, whoIsSession(state, session)));
  const { hash: by, name: from, traits } = session;
  const { id, re } = request;
  return {
    ...{ log, title, re, from, by },
    ...(id === undefined || !traits.resumes ? {} : { session: by, id }),
  };
}

/** How long somebody has to pause who writes what is read like a message; throws as {@linkcode pauseFor}. */
function pauseIn(house: HouseParts, session: Session, log: ReadLog): ReturnType<typeof pauseFor> {
  return isRoomLog(log) ? pauseFor(house, session, keyOf(log)) : undefined;
}

/** Puts a fact about a message; it counts in the room's rate as what is said there. */
function putAbout(
  house: HouseParts,
  session: Session,
  request: AboutRequest,
  fact: LifeFact,
  pause?: ReturnType<typeof pauseFor>,
): Later<void> {
  const then = (entry: Entry): void => noteRemoval(house, entry);
  const stored = putPausing(house, session, { request, fact, pause, then });
  const audience = isRoomLog(fact.log) ? house.audiences.of(keyOf(fact.log)) : undefined;
  const length = fact.kind === "revise" ? fact.text.length : 0;
  const held = countSpeech(house, audience, length) ?? audience?.crowded(house.limits.roundLength);
  return stored === undefined ? held : stored.then(() => held);
}
