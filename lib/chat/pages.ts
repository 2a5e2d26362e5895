/** The answers that are pages of messages: what a room's history holds, and what is found in it. */

import type { Request, RequestOf } from "../wire/event.ts";
import type { Page } from "./history.ts";
import { idOf, type Inside, roomOf } from "./inside.ts";
import { nameKey } from "./name.ts";
import type { Session } from "./session.ts";

/** In UTF-16 code units. */
const MAX_PAGE_LENGTH = 65_536;
/** JSON may take so many bytes for each, and they must fit an outbox. */
const JSON_FACTOR = 6;

/** Answers with the messages before one. */
export async function history(
  house: Inside,
  session: Session,
  request: RequestOf<"history">,
): Promise<void> {
  const room = roomOf(house, session, request.room);
  const { before, limit = 50 } = request;
  const page = await house.history.page(room.log, {
    limit: sizeOf(house, limit),
    ...(before === undefined ? {} : { before }),
  });
  // Somebody may have sent it out of the room meanwhile.
  roomOf(house, session, request.room);
  const most = pageLength(house);
  let from = page.entries.length;
  for (let length = 0; from > 0; from--) {
    length += page.entries[from - 1]?.message.text.length ?? 0;
    if (length > most && from < page.entries.length) break;
  }
  room.flush();
  await answerPage(session, request, room.name, {
    entries: page.entries.slice(from),
    more: page.more || from > 0,
  });
}

/** Looks in the rooms that the session is in, so that nobody finds what was said behind a door. */
export async function search(
  house: Inside,
  session: Session,
  request: RequestOf<"search">,
): Promise<void> {
  const { query, from, before, skip, limit = 50 } = request;
  const room = request.room === undefined ? undefined : roomOf(house, session, request.room);
  const page = await house.history.search({
    query,
    rooms: room === undefined ? [...session.rooms.values()].map(({ log }) => log) : [room.log],
    limit: sizeOf(house, limit),
    ...(from === undefined ? {} : { from }),
    ...(before === undefined ? {} : { before }),
    ...(skip === undefined ? {} : { skip }),
  });
  const most = pageLength(house);
  // Somebody may have sent it out of a room meanwhile.
  const readable = page.entries.filter(({ message }) => session.rooms.has(nameKey(message.room)));
  let count = 0;
  for (let length = 0; count < readable.length; count++) {
    length += readable[count]?.message.text.length ?? 0;
    if (length > most && count > 0) break;
  }
  await answerPage(session, request, room?.name ?? "", {
    entries: readable.slice(0, count),
    more: page.more || count < readable.length,
  });
}

/** How much the texts of a page may come to, in UTF-16 code units. */
function pageLength({ messageBytes }: Inside): number {
  return Math.min(MAX_PAGE_LENGTH, messageBytes / JSON_FACTOR);
}

/** How many messages a page may have: never none, or who walks through pages would walk for ever. */
function sizeOf({ pageMessages }: Inside, limit: number): number {
  return Math.max(1, Math.min(limit, pageMessages));
}

async function answerPage(
  session: Session,
  request: Request,
  room: string,
  { entries, more }: Page,
): Promise<void> {
  const messages = entries.map(({ message }) => message);
  session.deliver({ type: "page", ...idOf(request), room, messages, more });
  // The next request waits until this page has gone: asking is quicker than reading.
  await session.peer?.drained();
}
