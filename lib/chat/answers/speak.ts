/** The answer to `say`: a message is stored, and only then acknowledged and told to others. */

import type { SentFile } from "../../wire/events.ts";
import type { RequestOf } from "../../wire/requests.ts";
import { Asked } from "../asked.ts";
import type { FileOwner } from "../files/file_store.ts";
import type { HouseParts } from "../house_parts.ts";
import { roleIn, roomOf } from "../judge/checks.ts";
import type { Later } from "../later.ts";
import type { Entry, SayFact } from "../log/fact.ts";
import type { LifeFact } from "../log/life_facts.ts";
import type { Unfinished } from "../log/unfinished.ts";
import { keyOf } from "../messages/log_key.ts";
import { messageText } from "../messages/message_text.ts";
import { countSpeech } from "../presence.ts";
import { put } from "../put.ts";
import { askedIn } from "../judge/judge_question.ts";
import { Refusal, tryLater } from "../refusal.ts";
import type { Session } from "../sessions/session.ts";

/** The level of the order of facts from which on everybody who reads it knows messages that mark nothing as read. */
const UNSEEN_LEVEL = 3;

/** A file that is sent, and what is done when it is known what became of that. */
export interface Sending {
  readonly file: SentFile;
  readonly owner: FileOwner;
  readonly then: (entry: Entry) => void;
}

/** Says something in a room, with a file if one is sent. */
export function say(
  house: HouseParts,
  session: Session,
  request: RequestOf<"say">,
  sending?: Sending,
): Later<void> {
  const room = roomOf(house.state, session, request.room);
  const text = messageText(request.text);
  const audience = house.audiences.of(room.key);
  const { hash: by, name: from } = session;
  // Built field by field: spreading parts into it would take longer than everything else here.
  const fact: Unfinished<SayFact> = {
    kind: "say",
    by,
    log: room.log,
    title: room.name,
    from,
    text,
  };
  if (request.action) fact.action = true;
  if (request.notice) fact.notice = noticeOf(request);
  if (request.re !== undefined) fact.re = request.re;
  if (request.ask !== undefined) Object.assign(fact, askedIn(house, request.ask));
  if (isUnseen(house, request, sending)) fact.unseen = true;
  const account = house.state.people.accountOf(session);
  if (account !== undefined) fact.author = account.id;
  if (room.opener !== undefined) fact.opener = room.opener;
  // Nobody asks again who does not come back; but a guest is known by nothing else for who has said it.
  if (request.id !== undefined && (session.traits.resumes || account === undefined)) {
    fact.session = by;
    fact.id = request.id;
  }
  if (sending !== undefined) {
    fact.file = sending.file;
    fact.owner = sending.owner;
  }
  const pause = pauseFor(house, session, room.key);
  const stored = putPausing(house, session, { request, fact, pause, then: sending?.then });
  if (audience !== undefined) audience.said++;
  const held = countSpeech(house, audience, text.length) ??
    audience?.crowded(house.limits.roundLength);
  return stored === undefined ? held : stored.then(() => held);
}

/** That a message is a notice. Throws a {@linkcode Refusal} (`bad-field`) for one that is an action, too. */
export function noticeOf({ action }: Pick<RequestOf<"say">, "action">): true {
  if (!action) return true;
  throw new Refusal("bad-field", "A message is an action or a notice; leave one of the fields out");
}

/**
 * Whether what was said before a message may not have been seen by whoever says it: its client says so, or it is a
 * file, which takes its time. Not all nodes of a cluster may know that.
 */
export function isUnseen(
  { log: { cluster } }: Pick<HouseParts, "log">,
  { unseen = false }: Pick<RequestOf<"say">, "unseen">,
  sending: Sending | undefined,
): boolean {
  if (!unseen && sending === undefined) return false;
  return cluster === undefined || cluster.level >= UNSEEN_LEVEL;
}

/** What is put, how long its speaker pauses then, and what is done when it is known what became of it. */
interface Putting {
  readonly request: { readonly id?: string };
  readonly fact: SayFact | LifeFact;
  readonly pause: ReturnType<typeof pauseFor>;
  readonly then: ((entry: Entry) => void) | undefined;
}

/**
 * Puts what is read like a message, whose speaker pauses then; throws as {@linkcode put}. What turns out not to
 * be said is no reason to pause.
 */
export function putPausing(
  house: HouseParts,
  session: Session,
  { request: { id }, fact, pause, then }: Putting,
): Promise<void> | undefined {
  if (pause === undefined) return put(house, fact, new Asked(session, id, then));
  const room = keyOf(fact.log);
  const until = house.now() + pause.ms;
  let isSaid = true;
  const asked = new Asked(session, id, (entry) => {
    isSaid = entry.receipt !== undefined && "seq" in entry.receipt;
    if (!isSaid) house.pauses.takeBack(room, pause.who, until);
    then?.(entry);
  });
  const stored = put(house, fact, asked);
  if (isSaid) house.pauses.begin(room, pause.who, until);
  return stored;
}

/**
 * How long somebody who speaks has to pause then, in a room that is slow; throws a `Refusal`
 * (`try-later`) while that is not over. It is counted where the request came in.
 */
export function pauseFor(
  { state, pauses, now }: HouseParts,
  session: Session,
  room: string,
): { readonly who: string; readonly ms: number } | undefined {
  const record = state.rooms.of(room);
  if (record === undefined || record.slow === 0) return undefined;
  if (roleIn(state, session, room) !== "member") return undefined;
  const { who } = session.person;
  const waitMs = pauses.waitMs(room, who, now());
  if (waitMs === 0) return { who, ms: record.slow * 1_000 };
  const text = `${record.name} is slow: ${record.slow} s pass between two messages of one person`;
  throw tryLater(text, waitMs);
}
