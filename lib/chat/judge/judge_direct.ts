/** What becomes of a direct message: whether one person may say this to another now. */

import type { HouseState } from "../house_state.ts";
import type { DirectFact } from "../log/fact.ts";
import { noSuchMessage } from "../log/judge_life.ts";
import { isChatLog, keyOf } from "../messages/log_key.ts";
import { isAccount } from "../people/chats.ts";
import type { Party } from "../people/records.ts";
import { Refusal } from "../refusal.ts";
import { sentence } from "../sentence.ts";
import type { Session } from "../sessions/session.ts";
import { isConfined, mayMeet } from "./may_read.ts";
import {
  isGone,
  isParty,
  otherParty,
  partyName,
  partyNamed,
  sessionsOf,
  successorOf,
  whoIsSession,
} from "./parties.ts";

/** The refusal for a message to a name that nobody goes by. */
export function nobodyCalled(name: string): Refusal {
  return new Refusal(
    "no-such-name",
    sentence`Nobody here is called ${name}; ${{ to: "who" }} lists who is here`,
  );
}

/**
 * The refusal for a conversation that does not exist, or is not that of the session's person. Its key tells people
 * nothing, and whoever asked knows it.
 */
export function noSuchChat(): Refusal {
  return new Refusal(
    "no-such-chat",
    "You have no such conversation, or no longer; write to a name",
  );
}

/**
 * Who gets it. One that may not be said, and has an id, is only looked for: if it was stored before, it
 * gets the `ack` that it had then. Throws a {@linkcode Refusal} for any other that may not be said.
 */
export function judgeDirect(state: HouseState, session: Session, fact: DirectFact): DirectFact {
  const { onlyAgain: _, refusal: __, ...asked } = fact;
  const refused = whyNotTalk(state, session, fact) ?? whyNotMore(state, session, fact);
  if (refused === undefined) return asked;
  if (fact.id === undefined) throw refused;
  const { code, message: text } = refused;
  return { ...asked, onlyAgain: true, refusal: { code, text } };
}

/** Whether a session may know of somebody: a guest who came by a link meets those in its rooms only. */
export function mayTalk(state: HouseState, session: Session, { who }: Party): boolean {
  const others = sessionsOf(state, who);
  if (!isConfined(state, session) && !others.some((other) => isConfined(state, other))) return true;
  return others.some((other) => mayMeet(state, session, other));
}

/** Why a session may say nothing in a conversation, however little it has said. */
export function whyNotTalk(
  state: HouseState,
  session: Session,
  { log, title, re }: Pick<DirectFact, "log" | "title" | "re">,
): Refusal | undefined {
  if (!isChatLog(log)) {
    const named = re === undefined ? undefined : partyNamed(state, title);
    const isThere = re !== undefined && named !== undefined && mayTalk(state, session, named);
    return isThere ? noSuchMessage({ re, title }) : nobodyCalled(title);
  }
  const who = whoIsSession(state, session);
  const record = state.chats.get(keyOf(log));
  if (record === undefined || !isParty(record, who)) return noSuchChat();
  const other = otherParty(record, who);
  if (other.who === who) return undefined;
  const name = partyName(state, other);
  if (!mayTalk(state, session, other)) return nobodyCalled(name);
  if (isGone(state, other)) return hasLeft(state, session, other);
  if (isAccount(other.who) && state.blocks.has(keyOf(other.who), who)) {
    return new Refusal("blocked", `${name} does not take messages from you`);
  }
  return undefined;
}

/** The refusal for a conversation whose other is gone: it says who can be written to in their place. */
function hasLeft(state: HouseState, session: Session, other: Party): Refusal {
  const name = partyName(state, other);
  const next = successorOf(state, other);
  if (next === undefined || !mayTalk(state, session, next)) {
    return new Refusal("chat-gone", `${name} has left; what was said can still be read`);
  }
  const now = { to: "msg", name: next.name } as const;
  return new Refusal(
    "chat-gone",
    sentence`The ${name} of this conversation has left; ${now} writes to whoever is ${next.name} now`,
  );
}

/** Why a session may say no more for now in a conversation that it has. */
export function whyNotMore(
  state: HouseState,
  session: Session,
  { log }: Pick<DirectFact, "log">,
): Refusal | undefined {
  const { chats, rules } = state;
  const who = whoIsSession(state, session);
  const record = chats.get(keyOf(log));
  if (record === undefined) return noSuchChat();
  const party = otherParty(record, who);
  const { who: other } = party;
  if (other === who) return undefined;
  const name = partyName(state, party);
  const { unansweredDirects, waitingDirects } = rules;
  const refuse = (text: string): Refusal => new Refusal("too-many-unanswered", text);
  if (chats.unanswered(record.key, who) >= unansweredDirects) {
    return refuse(
      `${name} has not answered your last ${unansweredDirects} messages and edits; wait for an answer`,
    );
  }
  if (chats.waiting(other) >= waitingDirects) {
    return refuse(
      `${waitingDirects} messages wait for ${name}, who is away; nobody can leave more until then`,
    );
  }
  return undefined;
}
