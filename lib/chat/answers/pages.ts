/** The answers to `history` and `search`: pages of messages. */

import type { Request, RequestOf } from "../../wire/requests.ts";
import { nameKey } from "../../words/names.js";
import { idOf } from "../asked.ts";
import type { HouseParts } from "../house_parts.ts";
import { roomOf } from "../judge/checks.ts";
import { mayRead } from "../judge/may_read.ts";
import { fittingPage } from "../messages/fits.ts";
import type { Cursor, Page, Search, Stored } from "../messages/history.ts";
import { type RoomLog, roomLog } from "../messages/log_key.ts";
import { lookedFor } from "../messages/looked_for.ts";
import { Refusal } from "../refusal.ts";
import { addressOf, type Session } from "../sessions/session.ts";

/** In UTF-16 code units. */
const MAX_PAGE_LENGTH = 65_536;
/** The most bytes that JSON takes for a code unit: the page must fit an outbox. */
const JSON_FACTOR = 6;

const NOTHING: Page = { entries: [], more: false };

/** Answers with the messages before one, or with the newest. */
export async function history(
  house: HouseParts,
  session: Session,
  request: RequestOf<"history">,
): Promise<void> {
  const room = roomOf(house.state, session, request.room);
  const { before, limit = 50 } = request;
  const found = await house.index.page(room.log, {
    limit: sizeOf(house, limit),
    ...(before === undefined ? {} : { before }),
  });
  const page = fittingPage(found, house.state.rules.messageBytes);
  // The session may have been sent out of the room meanwhile.
  roomOf(house.state, session, request.room);
  const most = pageLength(house);
  let from = page.entries.length;
  for (let length = 0; from > 0; from--) {
    length += page.entries[from - 1]?.message.text.length ?? 0;
    if (length > most && from < page.entries.length) break;
  }
  house.audiences.of(room.key)?.flush();
  await answerPage(session, request, room.name, {
    entries: page.entries.slice(from),
    more: page.more || from > 0,
  });
}

/** Searches the rooms that the session is in, and no others: what is said in a room is for its members. */
export async function search(
  house: HouseParts,
  session: Session,
  request: RequestOf<"search">,
): Promise<void> {
  const { query, from, before, cursor, skip, limit = 50 } = request;
  const room = request.room === undefined ? undefined : roomOf(house.state, session, request.room);
  const rooms = room === undefined
    ? [...session.rooms].map(roomLog).filter((log) => mayRead(house.state, session, log))
    : [room.log];
  const wanted: Search = {
    query,
    logs: rooms,
    limit: sizeOf(house, limit),
    ...(from === undefined ? {} : { from }),
    ...(before === undefined ? {} : { before }),
    ...(cursor === undefined ? {} : { cursor: cursorOf(cursor, rooms) }),
    ...(skip === undefined ? {} : { skip }),
  };
  // Mistakes in the search are refused at once, and not when its turn has come.
  lookedFor(wanted);
  const found = await house.searches.run(addressOf(session), async () => {
    // If the client has gone meanwhile, nobody needs the result.
    return session.peer === undefined ? NOTHING : await house.index.search(wanted);
  });
  const page = fittingPage(found, house.state.rules.messageBytes);
  const most = pageLength(house);
  // The session may have been sent out of a room meanwhile.
  const readable = page.entries.filter(({ message }) => {
    const key = nameKey(message.room);
    return session.rooms.has(key) && mayRead(house.state, session, roomLog(key));
  });
  let count = 0;
  for (let length = 0; count < readable.length; count++) {
    length += readable[count]?.message.text.length ?? 0;
    if (length > most && count > 0) break;
  }
  const entries = readable.slice(0, count);
  const more = page.more || count < readable.length;
  const next = more ? cursorText(entries.at(-1)) : undefined;
  await answerPage(session, request, room?.name ?? "", { ...page, entries, more }, next);
}

/** The cursor from which a search goes on: room and seq of its last match, which the client knows. */
function cursorText(last: Stored | undefined): string | undefined {
  return last === undefined ? undefined : `${last.message.seq} ${nameKey(last.message.room)}`;
}

/** Reads a cursor. Throws a {@linkcode Refusal} (`bad-query`) for one that is malformed, or of another room. */
function cursorOf(text: string, rooms: readonly RoomLog[]): Cursor {
  const [, seq = "", key = ""] = /^(\d{1,16}) (.+)$/s.exec(text) ?? [];
  const log = roomLog(key);
  if (rooms.includes(log)) return { log, seq: Number(seq) };
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
export function sizeOf({ pageMessages }: HouseParts, limit: number): number {
  return Math.max(1, Math.min(limit, pageMessages));
}

export async function answerPage(
  session: Session,
  request: Request,
  room: string,
  { entries, more, ignored }: Page,
  cursor?: string,
): Promise<void> {
  const messages = entries.map(({ message }) => message);
  session.deliver({
    type: "page",
    ...idOf(request),
    room,
    messages,
    more,
    ...(cursor === undefined ? {} : { cursor }),
    ...(ignored === undefined ? {} : { ignored }),
  });
  // The next request waits until this page has gone out: a client can ask faster than it reads.
  await session.peer?.drained();
}
