/** The answers to `history` and `search`: pages of messages. */

import type { Message } from "../../wire/events.ts";
import type { Request, RequestOf } from "../../wire/requests.ts";
import { nameKey } from "../../words/names.js";
import { idOf } from "../asked.ts";
import type { HouseParts } from "../house_parts.ts";
import { roomOf } from "../judge/checks.ts";
import { noSuchChat } from "../judge/judge_direct.ts";
import { isOwnIn, otherParty, partyName, whoIsSession } from "../judge/parties.ts";
import { reactorOf } from "../judge/judge_about.ts";
import { mayRead } from "../judge/may_read.ts";
import { firstThatFit, fittingPage, lastThatFit } from "../messages/fits.ts";
import type { Cursor, Page, Search, Stored } from "../messages/history.ts";
import {
  chatLog,
  isChatLog,
  isRoomLog,
  keyOf,
  type ReadLog,
  roomLog,
} from "../messages/log_key.ts";
import { lookedFor } from "../messages/looked_for.ts";
import { Refusal } from "../refusal.ts";
import { addressOf, type Session } from "../sessions/session.ts";

/** In UTF-16 code units. */
const MAX_PAGE_LENGTH = 65_536;
/** The most bytes that JSON takes for a code unit: the page must fit an outbox. */
const JSON_FACTOR = 6;

/** Stands in a cursor before the key of a conversation. */
const CHAT_SIGN = "@";

const NOTHING: Page = { entries: [], more: false };

/** What a request asks of: a room that the session is in, or a conversation of its person. */
export interface Place {
  readonly log: ReadLog;
  /** The room's name; empty for a conversation. */
  readonly room: string;
  readonly chat?: string;
}

/** Where a session wants to look. Throws a {@linkcode Refusal} where it may not. */
export function placeToRead(
  house: HouseParts,
  session: Session,
  { room, chat }: { readonly room?: string; readonly chat?: string },
): Place | undefined {
  if (chat !== undefined) {
    const log = chatLog(chat);
    if (!mayRead(house.state, session, log)) throw noSuchChat();
    return { log, room: "", chat };
  }
  if (room === undefined) return undefined;
  const { log, name } = roomOf(house.state, session, room);
  return { log, room: name };
}

/** Answers with the messages before one, or with the newest, or with the first ones after one. */
export async function history(
  house: HouseParts,
  session: Session,
  request: RequestOf<"history">,
): Promise<void> {
  const place = placeToRead(house, session, request);
  if (place === undefined) throw new Refusal("bad-field", "The field room or chat is missing");
  const { before, after, limit = 50, files } = request;
  const range = after !== undefined ? { after } : before === undefined ? {} : { before };
  const found = await house.index.page(place.log, {
    limit: sizeOf(house, limit),
    ...range,
    ...(files ? { files } : {}),
    asker: reactorOf(house.state, session),
  });
  const page = fittingPage(found, house.state.rules.messageBytes);
  // The session may have been sent out of the room meanwhile.
  placeToRead(house, session, request);
  house.audiences.of(keyOf(place.log))?.flush();
  const part = after === undefined
    ? lastPart(house, page, place.log)
    : firstPart(house, page, place.log, before);
  await answerPage(house, session, request, place, part);
}

/** What of a page of one log fits into an event: the beginning of it, up to a seq. */
function firstPart(house: HouseParts, page: Page, log: ReadLog, before = Infinity): Page {
  const wanted = page.entries.filter(({ message: { seq } }) => seq < before);
  const first = firstThatFit(wanted, pageLength(house));
  const entries = first.map((entry) => ({ ...entry, log }));
  const isEnd = wanted.length < page.entries.length;
  return { ...page, entries, more: first.length < wanted.length || page.more && !isEnd };
}

/** What of a page of one log fits into an event: the end of it. */
export function lastPart(house: HouseParts, page: Page, log: ReadLog): Page {
  const last = lastThatFit(page.entries, pageLength(house));
  const entries = last.map((entry) => ({ ...entry, log }));
  return { ...page, entries, more: page.more || last.length < page.entries.length };
}

/** Everything that a session may look through: the rooms it is in, and its person's conversations. */
function readable(house: HouseParts, session: Session): ReadLog[] {
  const rooms = [...session.rooms].map(roomLog).filter((log) => mayRead(house.state, session, log));
  // A client that knows no conversations could not say what it has found there.
  if (!session.hasPeople) return rooms;
  const chats = house.state.chats.of(whoIsSession(house.state, session));
  return [...rooms, ...chats.map(({ key }) => chatLog(key))];
}

/** Whether a session may still read what was found: it may have left a room meanwhile. */
function mayStillRead({ state }: HouseParts, session: Session, log: ReadLog): boolean {
  const isThere = !isRoomLog(log) || session.rooms.has(keyOf(log));
  return isThere && mayRead(state, session, log);
}

/** Searches what the session may read, and nothing else: what is said in a room is for its members. */
export async function search(
  house: HouseParts,
  session: Session,
  request: RequestOf<"search">,
): Promise<void> {
  const { query, from, before, cursor, skip, limit = 50 } = request;
  const place = placeToRead(house, session, request);
  const logs = place === undefined ? readable(house, session) : [place.log];
  const wanted: Search = {
    query,
    logs,
    limit: sizeOf(house, limit),
    ...(from === undefined ? {} : { from }),
    ...(before === undefined ? {} : { before }),
    ...(cursor === undefined ? {} : { cursor: cursorOf(cursor, logs) }),
    ...(skip === undefined ? {} : { skip }),
    asker: reactorOf(house.state, session),
  };
  // Mistakes in the search are refused at once, and not when its turn has come.
  lookedFor(wanted);
  const hasGone = (): boolean => session.peer?.hasEnded ?? true;
  const found = await house.searches.run({ address: addressOf(session), hasGone }, async () => {
    // If the client has gone meanwhile, nobody needs the result.
    return session.peer === undefined ? NOTHING : await house.index.search(wanted);
  });
  const page = fittingPage(found, house.state.rules.messageBytes);
  const most = pageLength(house);
  // The session may have been sent out of a room meanwhile.
  const all = page.entries.filter((entry) => mayStillRead(house, session, logOf(entry)));
  const entries = firstThatFit(all, most);
  const more = page.more || entries.length < all.length;
  const next = more ? cursorText(entries.at(-1)) : undefined;
  const { chat, room = "" } = place ?? {};
  const named = { room, ...(chat === undefined ? {} : { chat }) };
  await answerPage(house, session, request, named, { ...page, entries, more }, next);
}

/** Where a message that was found was said. */
function logOf({ log, message }: Stored): ReadLog {
  const isKnown = log !== undefined && (isRoomLog(log) || isChatLog(log));
  return isKnown ? log : roomLog(nameKey(message.room));
}

/** The cursor from which a search goes on: where its last match is, which the client knows. */
function cursorText(last: Stored | undefined): string | undefined {
  if (last === undefined) return undefined;
  const log = logOf(last);
  return `${last.message.seq}${isRoomLog(log) ? "" : CHAT_SIGN} ${keyOf(log)}`;
}

/** Reads a cursor. Throws a {@linkcode Refusal} (`bad-query`) for one that is malformed, or of another log. */
function cursorOf(text: string, logs: readonly ReadLog[]): Cursor {
  const [, seq = "", sign = "", key = ""] = /^(\d{1,16})(@?) (.+)$/s.exec(text) ?? [];
  const log = sign === "" ? roomLog(key) : chatLog(key);
  if (logs.includes(log)) return { log, seq: Number(seq) };
  throw new Refusal(
    "bad-query",
    "This search can't be gone on with: its cursor is none, or of a room that you have left; " +
      "search anew",
  );
}

/** The most text that one page holds, in UTF-16 code units. */
export function pageLength({ state: { rules: { messageBytes } } }: HouseParts): number {
  return Math.min(MAX_PAGE_LENGTH, messageBytes / JSON_FACTOR);
}

/** The most messages of a page: at least 1, or a client that walks through pages would never get on. */
export function sizeOf({ limits: { pageMessages } }: HouseParts, limit: number): number {
  return Math.max(1, Math.min(limit, pageMessages));
}

export async function answerPage(
  house: HouseParts,
  session: Session,
  request: Request,
  { room, chat }: Pick<Place, "room" | "chat">,
  { entries, more, upTo, ignored }: Page,
  cursor?: string,
): Promise<void> {
  const messages = entries.map((entry) => shown(house, session, entry));
  session.deliver({
    type: "page",
    ...idOf(request),
    room,
    ...(chat === undefined ? {} : { chat }),
    messages,
    more,
    ...(upTo === undefined ? {} : { upTo }),
    ...(cursor === undefined ? {} : { cursor }),
    ...(ignored === undefined ? {} : { ignored }),
  });
  // The next request waits until this page has gone out: a client can ask faster than it reads.
  await session.peer?.drained();
}

/** A message as it stands in a page. One of a conversation has that in place of a room. */
function shown({ state }: HouseParts, session: Session, entry: Stored): Message {
  const log = logOf(entry);
  const record = isRoomLog(log) ? undefined : state.chats.get(keyOf(log));
  if (record === undefined) return entry.message;
  const other = otherParty(record, whoIsSession(state, session));
  return {
    ...entry.message,
    room: "",
    chat: record.key,
    with: partyName(state, other),
    ...(isOwnIn(state, session, record, entry.message) ? { own: true } : {}),
  };
}
