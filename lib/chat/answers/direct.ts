/** The answer to `direct`: a message to one person is stored, and only then acknowledged and told. */

import type { RequestOf } from "../../wire/requests.ts";
import { Asked } from "../asked.ts";
import type { HouseParts } from "../house_parts.ts";
import type { HouseState } from "../house_state.ts";
import { inboxOf } from "../inbox.ts";
import { checkSaid } from "../decide.ts";
import { checkMute } from "../judge/checks.ts";
import { judgeDirect, mayTalk, nobodyCalled, noSuchChat } from "../judge/judge_direct.ts";
import { isParty, otherParty, partyName, partyNamed, whoIsSession } from "../judge/parties.ts";
import type { Later } from "../later.ts";
import type { DirectFact } from "../log/fact.ts";
import { type ChatLog, chatLog, directLog, keyOf } from "../messages/log_key.ts";
import { messageText } from "../messages/message_text.ts";
import { chatText, isAccount, type PersonId } from "../people/chats.ts";
import type { ChatRecord, Party } from "../people/records.ts";
import { put } from "../put.ts";
import { putPeople } from "../put_people.ts";
import { askedIn } from "../judge/judge_question.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../sessions/session.ts";
import { isUnseen, noticeOf, type Sending } from "./speak.ts";
import { whenCounted } from "./when_counted.ts";

/** What is asked for, with the file that is sent. */
type DirectRequest = RequestOf<"direct"> & { readonly sending?: Sending };

/** Digits of the key of a conversation. */
const KEY_LENGTH = 24;

/**
 * Says something to one person, in the conversation of the two, which is begun if there is none; with a
 * file if one is sent.
 */
export function direct(
  house: HouseParts,
  session: Session,
  asked: RequestOf<"direct">,
  sending?: Sending,
): Later<void> {
  const { state } = house;
  const request = sending === undefined ? asked : { ...asked, sending };
  const { to: name, chat: key } = request;
  const who = whoIsSession(state, session);
  if (request.notice) noticeOf(request);
  askedIn(house, request.ask);
  if (key !== undefined) {
    const record = state.chats.get(key);
    // Refused here for both: that of others would be later, which tells that they have one.
    if (record === undefined || !isParty(record, who)) throw noSuchChat();
    const other = otherParty(record, who);
    return sayTo(house, session, request, record, { ...other, name: partyName(state, other) });
  }
  if (name === undefined) throw new Refusal("bad-field", "The field to or chat is missing");
  const other = partyNamed(state, name);
  if (other === undefined || !mayTalk(state, session, other)) {
    return sayToNobody(house, session, request, name);
  }
  const record = state.chats.between(who, other.who);
  if (record !== undefined) return sayTo(house, session, request, record, other);
  // There is nothing yet that it could answer, so it begins nothing either.
  if (request.re !== undefined) return sayToNobody(house, session, request, other.name);
  return begin(house, session, request, other);
}

/**
 * Throws a {@linkcode Refusal} where a session may say nothing to the one that is meant; what is found out
 * only when it does is that it may begin no conversation.
 */
export function checkDirect(
  state: HouseState,
  session: Session,
  { to, chat }: { readonly to?: string; readonly chat?: string },
): void {
  const who = whoIsSession(state, session);
  const other = to === undefined ? undefined : partyNamed(state, to);
  const record = chat === undefined
    ? other && state.chats.between(who, other.who)
    : state.chats.get(chat);
  checkMute(state, session);
  const { hash: by, name: from } = session;
  const said = { kind: "direct", by, from, title: to ?? "", text: "" } as const;
  if (record !== undefined) judgeDirect(state, session, { ...said, log: chatLog(record.key) });
  else if (chat !== undefined) throw noSuchChat();
  else if (other === undefined || !mayTalk(state, session, other)) throw nobodyCalled(to ?? "");
}

/** Begins a conversation, and says the first thing in it. */
async function begin(
  house: HouseParts,
  session: Session,
  request: DirectRequest,
  to: Party,
): Promise<void> {
  const { state, hashOf } = house;
  // What may not be said begins no conversation.
  checkSaid(state, session, messageText(request.text));
  const who = whoIsSession(state, session);
  // Only in tests are hashes shorter, and then they are no hashes.
  const hash = hashOf(chatText(who, to.who));
  const key = hash.length === 64 ? hash.slice(0, KEY_LENGTH) : hash;
  // Otherwise the session could leave before what it says is under way.
  session.begin();
  try {
    await putPeople(house, { kind: "chat", key, to }, session.hash);
    const record = state.chats.between(who, to.who);
    if (record === undefined) throw nobodyCalled(to.name);
    // It is in the lists of both before there is something to read in it, whatever ends the server.
    for (const { who } of record.parties) if (isAccount(who)) house.keepList(keyOf(who));
    await sayIn(house, session, request, chatLog(record.key), to);
  } finally {
    session.told();
  }
}

/** Says something in a conversation that there is. */
function sayTo(
  house: HouseParts,
  session: Session,
  request: DirectRequest,
  record: ChatRecord,
  to: Party,
): Later<void> {
  const say = (): Later<void> => sayIn(house, session, request, chatLog(record.key), to);
  return whenCounted(house, session, record.key, say);
}

function sayIn(
  house: HouseParts,
  session: Session,
  request: DirectRequest,
  log: ChatLog,
  { who: to, name: title }: Party,
): Later<void> {
  const { id, text, action, notice, re, ask, sending } = request;
  const { hash: by, name: from } = session;
  const account = house.state.people.accountOf(session);
  // Notes for oneself are no news, but for a client that knows nothing else of them.
  const isCounted = to !== whoIsSession(house.state, session) || !session.hasPeople;
  return put(house, {
    ...{ kind: "direct", by, log, title, to, from, text: messageText(text) },
    ...(isCounted && isResumed(house, to) ? { inbox: inboxOf(to) } : {}),
    ...(account === undefined ? {} : { author: account.id }),
    ...(re === undefined ? {} : { re }),
    ...(ask === undefined ? {} : { ask }),
    // It is for the addressee alone, so it counts as a mention.
    ...(isAccount(to) && account?.id !== keyOf(to) ? { mentions: [keyOf(to)] } : {}),
    ...(action ? { action } : {}),
    ...(notice ? { notice } : {}),
    ...(isUnseen(house, request, sending) ? { unseen: true as const } : {}),
    ...fileIn(sending),
    ...once(session, id, account !== undefined),
  }, new Asked(session, id, sending?.then));
}

/** Whether somebody can come back for what it has missed: a classic guest can't. */
function isResumed({ registry }: HouseParts, who: PersonId): boolean {
  return isAccount(who) || (registry.session(keyOf(who))?.traits.resumes ?? true);
}

/** Nobody goes by the name, or there is no conversation in which it could answer. A message that is sent again gets the ack that it had before. */
function sayToNobody(
  house: HouseParts,
  session: Session,
  { id, text, action, notice, re, ask, sending }: DirectRequest,
  title: string,
): Later<void> {
  const { hash: by, name: from } = session;
  const sent = once(session, id);
  return put(house, {
    ...{ kind: "direct", by, log: directLog(undefined), title, from, text: messageText(text) },
    // All by which it is known again.
    ...(re === undefined ? {} : { re }),
    ...(ask === undefined ? {} : { ask }),
    ...(action ? { action } : {}),
    ...(notice ? { notice } : {}),
    ...fileIn(sending),
    ...sent,
    ...(sent.id === undefined ? {} : { onlyAgain: true }),
  }, new Asked(session, id, sending?.then));
}

/** The fields of a file that is sent. */
function fileIn(sending: Sending | undefined): Pick<DirectFact, "file" | "owner"> {
  return sending === undefined ? {} : { file: sending.file, owner: sending.owner };
}

/** The session and id by which a message that is sent again is known, so that it is stored once. */
function once(
  { traits, hash }: Session,
  id: string | undefined,
  hasAccount = true,
): Pick<DirectFact, "session" | "id"> {
  // A guest is known by nothing else for who has said it, also one that does not come back.
  const isKept = traits.resumes || !hasAccount;
  return !isKept || id === undefined ? {} : { session: hash, id };
}
