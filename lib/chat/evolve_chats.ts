/** Evolves what facts make of conversations. */

import type { HouseState } from "./house_state.ts";
import { otherParty, sessionsOf, whoIsSession } from "./judge/parties.ts";
import type { DirectFact, PeopleFact } from "./log/fact.ts";
import type { AnswerFact, ReviseFact } from "./log/life_facts.ts";
import type { Receipt } from "./log/receipt.ts";
import { chatLog, isChatLog, keyOf } from "./messages/log_key.ts";
import { isAccount, type PersonId } from "./people/chats.ts";
import type { Change } from "./people/records.ts";
import { openerOf } from "./people/who_is.ts";
import type { Session } from "./sessions/session.ts";

/** Puts changes into conversations, and whom accounts block. */
export function changeChats(state: HouseState, fact: PeopleFact, at: number): void {
  state.chats.apply(fact.changes);
  listChats(state, fact.changes, at);
  state.blocks.apply(fact.changes);
  if (fact.ask?.kind === "chat") countBegun(state, fact);
}

/** Counts a message that was said in a conversation, whether it had been stored before or not. */
export function countDirect(
  state: HouseState,
  fact: DirectFact,
  at: number,
  receipt: Receipt | undefined,
): void {
  if (receipt !== undefined && "refused" in receipt) return;
  const { log, to, onlyAgain, session, id } = fact;
  const record = isChatLog(log) ? state.chats.get(keyOf(log)) : undefined;
  if (onlyAgain || record === undefined || to === undefined) return;
  const by = otherParty(record, to).who;
  if (by === to) return;
  const mark = session === undefined || id === undefined ? undefined : `${session} ${id}`;
  const isAway = sessionsOf(state, to).length === 0;
  state.chats.said(record.key, by, mark, at, isAway ? to : undefined);
}

/** Counts an edit in a conversation: the other one reads it like a message. */
export function countEdit(
  state: HouseState,
  { log, author, by, session: sender, id }: ReviseFact,
  receipt: Receipt | undefined,
): void {
  if (receipt !== undefined && "refused" in receipt || !isChatLog(log)) return;
  const who = whoDid(state, { author, by });
  if (who === undefined) return;
  const mark = sender === undefined || id === undefined ? undefined : `${sender} ${id}`;
  state.chats.edited(keyOf(log), who, mark);
}

/** Takes an answer to a question for one to all that the other has said in a conversation. */
export function countAnswer(
  state: HouseState,
  { log, author, by }: AnswerFact,
  receipt: Receipt | undefined,
): void {
  if (receipt !== undefined && "refused" in receipt || !isChatLog(log)) return;
  const who = whoDid(state, { author, by });
  if (who !== undefined) state.chats.answered(keyOf(log), who);
}

/** Who has done something about a message. */
function whoDid(
  state: HouseState,
  { author, by }: { readonly author: string | undefined; readonly by: string },
): PersonId | undefined {
  if (author !== undefined) return `account ${author}`;
  const session = state.registry.session(by);
  return session && whoIsSession(state, session);
}

/** Lists conversations for the accounts that are in them. What was said in them before counts as read. */
function listChats({ lists }: HouseState, changes: readonly Change[], at: number): void {
  for (const change of changes) {
    if (change.type !== "chat") continue;
    for (const { who, gone } of change.chat.parties) {
      if (isAccount(who) && !gone) lists.list(keyOf(who), chatLog(change.chat.key), "", at);
    }
  }
}

/** Counts a conversation that somebody has begun. */
function countBegun({ chats, people, registry }: HouseState, { by = "" }: PeopleFact): void {
  const session = registry.session(by);
  if (session === undefined) return;
  chats.begun(openerOf(people, people.accountOf(session), session.address), registry.time);
}

/** A session is not known any more. If it was the last of a guest, its conversations end. */
export function leaveChats({ chats }: HouseState, { person, hash, name }: Session): void {
  const others = [...person.sessions].filter((each) => each.hash !== hash);
  const who = person.who as PersonId;
  if (!isAccount(who) && others.length === 0) chats.left(who, name);
}
