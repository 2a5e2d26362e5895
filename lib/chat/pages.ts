/** The answers that are pages of messages: what a room's history holds, and what is found in it. */

import type { Request, RequestOf } from "../wire/requests.ts";
import { roomOf } from "./checks.ts";
import { fittingPage } from "./fits.ts";
import type { Cursor, Page, Search, Stored } from "./history.ts";
import type { HouseParts } from "./house_parts.ts";
import { type RoomLog, roomLog } from "./log_key.ts";
import { lookedFor } from "./looked_for.ts";
import { nameKey } from "../words/names.js";
import { Refusal } from "./refusal.ts";
import { idOf } from "./reply.ts";
import { addressOf, type Session } from "./session.ts";

/** In UTF-16 code units. */
const MAX_PAGE_LENGTH = 65_536;
/** JSON may take so many bytes for each, and they must fit an outbox. */
const JSON_FACTOR = 6;

const NOTHING: Page = { entries: [], more: false };

/** Answers with the messages before one. */
export async function history(
  house: HouseParts,
  session: Session,
  request: RequestOf<"history">,
): Promise<void> {
  const room = roomOf(house, session, request.room);
  const { before, limit = 50 } = request;
  const found = await house.index.page(room.log, {
    limit: sizeOf(house, limit),
    ...(before === undefined ? {} : { before }),
  });
  const page = fittingPage(found, house.state.rules.messageBytes);
  // Somebody may have sent it out of the room meanwhile.
  roomOf(house, session, request.room);
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

/** Looks in the rooms that the session is in, so that nobody finds what was said behind a door. */
export async function search(
  house: HouseParts,
  session: Session,
  request: RequestOf<"search">,
): Promise<void> {
  const { query, from, before, cursor, skip, limit = 50 } = request;
  const room = request.room === undefined ? undefined : roomOf(house, session, request.room);
  const rooms = room === undefined ? [...session.rooms].map(roomLog) : [room.log];
  const wanted: Search = {
    query,
    rooms,
    limit: sizeOf(house, limit),
    ...(from === undefined ? {} : { from }),
    ...(before === undefined ? {} : { before }),
    ...(cursor === undefined ? {} : { cursor: cursorOf(cursor, rooms) }),
    ...(skip === undefined ? {} : { skip }),
  };
  // What is wrong with it is told at once.
  lookedFor(wanted);
  const found = await house.searches.run(addressOf(session), async () => {
    // Nobody waits for what is looked for by who has gone.
    return session.peer === undefined ? NOTHING : await house.index.search(wanted);
  });
  const page = fittingPage(found, house.state.rules.messageBytes);
  const most = pageLength(house);
  // Somebody may have sent it out of a room meanwhile.
  const readable = page.entries.filter(({ message }) => session.rooms.has(nameKey(message.room)));
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

/** What a page of a search is gone on from: its last match, of which the client knows room and seq. */
function cursorText(last: Stored | undefined): string | undefined {
  return last === undefined ? undefined : `${last.message.seq} ${nameKey(last.message.room)}`;
}

/** Throws a {@linkcode Refusal} (`bad-query`) for a cursor that is none, or of a room that is not looked in. */
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

/** How much the texts of a page may come to, in UTF-16 code units. */
function pageLength({ state: { rules: { messageBytes } } }: HouseParts): number {
  return Math.min(MAX_PAGE_LENGTH, messageBytes / JSON_FACTOR);
}

/** How many messages a page may have: never none, or who walks through pages would walk for ever. */
function sizeOf({ pageMessages }: HouseParts, limit: number): number {
  return Math.max(1, Math.min(limit, pageMessages));
}

async function answerPage(
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
  // The next request waits until this page has gone: asking is quicker than reading.
  await session.peer?.drained();
}
