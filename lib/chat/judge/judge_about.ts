/**
 * What becomes of an edit, a removal, a reaction, a pin or an answer, by what the house knows. Whether the message
 * is there, and whose it is, the log judges in the fact's place.
 */

import { REQUESTS } from "../../wire/requests.ts";
import { reactionKey } from "../../words/reaction.js";
import { isSecret, MAY_BE_SECRET } from "../../words/secret.js";
import type { HouseState } from "../house_state.ts";
import type { DirectFact } from "../log/fact.ts";
import type {
  AnswerFact,
  LifeFact,
  PinFact,
  ReactFact,
  RemoveFact,
  ReviseFact,
} from "../log/life_facts.ts";
import { isRoomLog, keyOf } from "../messages/log_key.ts";
import { MAX_CHOICE_LENGTH } from "./judge_question.ts";
import { ROLES } from "../people/permissions.ts";
import { Refusal } from "../refusal.ts";
import { sentence } from "../sentence.ts";
import type { Session } from "../sessions/session.ts";
import { checkMute, roleIn } from "./checks.ts";
import { whyNotMore, whyNotTalk } from "./judge_direct.ts";
import { checkMember, checkSize, checkSpeech } from "./speaking.ts";

const MAX_REASON_LENGTH = REQUESTS.remove.reason.most;

/** The fact as it is granted at a time. Throws a {@linkcode Refusal} for one that is not. */
export function judgeAbout(
  state: HouseState,
  session: Session,
  { refusal: _, ...fact }: LifeFact,
  at: number,
): LifeFact {
  const { log, title } = fact;
  const room = isRoomLog(log)
    ? checkMember(state, state.registry.roomOf(log), session, title)
    : undefined;
  checkMute(state, session, room, at);
  const judged = judgeKind(state, session, signedBy(state, session, fact as LifeFact), room, at);
  if (isRoomLog(log)) return judged;
  const refused = whyNotInChat(state, session, judged, { log, title });
  if (refused === undefined) return judged;
  // As with a direct message: what was done before is acked again, whatever has become of the two since.
  if (fact.id === undefined || refused.code === "no-such-chat") throw refused;
  const { code, message: text } = refused;
  return { ...judged, refusal: { code, text } };
}

function judgeKind(
  state: HouseState,
  session: Session,
  fact: LifeFact,
  room: string | undefined,
  at: number,
): LifeFact {
  switch (fact.kind) {
    case "revise":
      return judgeRevise(state, session, fact, room, at);
    case "remove":
      return judgeRemove(state, session, fact, room, at);
    case "react":
      return judgeReact(state, session, fact);
    case "pin":
      return judgePin(state, session, fact);
    case "answer":
      return judgeAnswer(state, session, fact, room);
  }
}

/** Why something may not be done about a message to somebody, who reads of it. */
function whyNotInChat(
  state: HouseState,
  session: Session,
  fact: LifeFact,
  place: Pick<DirectFact, "log" | "title">,
): Refusal | undefined {
  const refused = whyNotTalk(state, session, place);
  if (fact.kind === "react" && fact.off) return refused;
  if (fact.kind !== "remove") return refused ?? whyNotMore(state, session, place);
  // Whoever has left or blocks one is not spared that a message to them goes, but anything said with that.
  if (refused !== undefined && !ENDS.has(refused.code)) return refused;
  if (fact.reason === undefined) return undefined;
  return withoutReason(refused ?? whyNotMore(state, session, place));
}

/** Why nothing more can be said to somebody who could read what was said before. */
const ENDS: ReadonlySet<string> = new Set(["chat-gone", "blocked"]);

/** The fact with the name and the account that its session has now. */
function signedBy<Signed extends LifeFact>(
  { people }: HouseState,
  session: Session,
  { author: _, ...fact }: Signed,
): Signed {
  const author = people.accountOf(session)?.id;
  const signed = { ...fact, from: session.name, ...(author === undefined ? {} : { author }) };
  return signed as unknown as Signed;
}

function judgeRevise(
  state: HouseState,
  session: Session,
  fact: ReviseFact,
  room: string | undefined,
  at: number,
): ReviseFact {
  const { text } = fact;
  if (room !== undefined) checkSpeech(state, session, room, at);
  if (isSecret(text)) throw new Refusal("may-be-secret", MAY_BE_SECRET);
  checkSize(state, text);
  return { ...fact, windowMs: state.rules.editMs };
}

function judgeRemove(
  state: HouseState,
  session: Session,
  { mayAny: _, ...fact }: RemoveFact,
  room: string | undefined,
  at: number,
): RemoveFact {
  const { reason = "" } = fact;
  if (reason.length > MAX_REASON_LENGTH || /[\r\n\u2028\u2029]/.test(reason)) {
    throw new Refusal(
      "bad-field",
      `The reason of a removal is one line of at most ${MAX_REASON_LENGTH} characters; ` +
        `this one has ${reason.length}`,
    );
  }
  if (isSecret(reason)) throw new Refusal("may-be-secret", MAY_BE_SECRET);
  if (reason !== "" && room !== undefined) {
    checkReason(() => checkSpeech(state, session, room, at));
  }
  const moderates = room !== undefined && roleIn(state, session, room) !== "member";
  return moderates ? { ...fact, mayAny: true } : fact;
}

/**
 * A removal's reason is read like a message: it is refused as that would be, while the removal without
 * one would not.
 */
export function checkReason<Result>(check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    throw error instanceof Refusal ? withoutReason(error) : error;
  }
}

function withoutReason(refusal: Refusal): Refusal;
function withoutReason(refusal: Refusal | undefined): Refusal | undefined;
function withoutReason(refusal: Refusal | undefined): Refusal | undefined {
  if (refusal === undefined) return undefined;
  const { code, retryAfterMs } = refusal;
  return new Refusal(code, sentence`${refusal.sentence}; remove it without a reason`, retryAfterMs);
}

function judgeReact(state: HouseState, session: Session, fact: ReactFact): ReactFact {
  const key = reactionKey(fact.key);
  if (key === undefined) {
    throw new Refusal(
      "bad-reaction",
      `A reaction is one emoji or one other character, not ${
        JSON.stringify(fact.key.slice(0, 40))
      }`,
    );
  }
  return { ...fact, key, who: reactorOf(state, session) };
}

function judgeAnswer(
  state: HouseState,
  session: Session,
  fact: AnswerFact,
  room: string | undefined,
): AnswerFact {
  if (fact.choice.length > MAX_CHOICE_LENGTH) {
    const text = `An answer has at most ${MAX_CHOICE_LENGTH} characters, not ${fact.choice.length}`;
    throw new Refusal("bad-field", text);
  }
  const rank = ROLES.indexOf(roleIn(state, session, room ?? ""));
  return { ...fact, who: reactorOf(state, session), roles: ROLES.slice(0, rank + 1) };
}

function judgePin(state: HouseState, session: Session, fact: PinFact): PinFact {
  if (roleIn(state, session, keyOf(fact.log)) !== "member") return fact;
  throw new Refusal("not-allowed", `Only those who moderate ${fact.title} pin messages there`);
}

/** Who a session is where people are counted: its account, or all guests of its address. */
export function reactorOf(
  { people }: Pick<HouseState, "people">,
  session: Session,
): ReactFact["who"] {
  const account = people.accountOf(session);
  return account === undefined ? `address ${session.address ?? ""}` : `account ${account.id}`;
}
