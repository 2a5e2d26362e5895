/** Finds what was said by a time, and when what: for doors whose clients go by times. Loaded by those alone. */

import type { HouseParts } from "../house_parts.ts";
import { unlessRefused } from "../later.ts";
import type { Page } from "../messages/history.ts";
import type { ReadLog } from "../messages/log_key.ts";
import { listerOf } from "../people/who_is.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../sessions/session.ts";
import { placeToRead } from "./pages.ts";

/**
 * The seq of the last message of a room or conversation that was said at `at` or before, in ms since 1970; what
 * the oldest that is kept follows if that was later, and so 0 where there is none. Halves what is left with each
 * look, so that it takes some 20 pages of one message for a million. Throws or rejects as `history` does.
 */
export async function seqAt(
  house: HouseParts,
  session: Session,
  where: { readonly room?: string; readonly chat?: string },
  at: number,
): Promise<number> {
  const place = placeToRead(house, session, where);
  if (place === undefined) throw new Refusal("bad-field", "The field room or chat is missing");
  const found = await lastBy(house, place.log, at);
  // The session may have been sent out of the room meanwhile.
  placeToRead(house, session, where);
  return found;
}

/**
 * When the last message was said, as RFC 3339, that the session's account has read in a room or conversation;
 * `undefined` for guests, where nothing was read or is kept, and where the session may not read.
 */
export async function readUpTo(
  house: HouseParts,
  session: Session,
  where: { readonly room?: string; readonly chat?: string },
): Promise<string | undefined> {
  const { index, state: { people, lists } } = house;
  const account = listerOf(people, session);
  const place = await unlessRefused(() => placeToRead(house, session, where), () => undefined);
  if (account === undefined || place === undefined) return undefined;
  const { read = 0 } = lists.get(account.id, place.log) ?? {};
  if (read === 0) return undefined;
  const page = await unlessRefused<Page>(
    () => index.page(place.log, { before: read + 1, limit: 1 }),
    () => ({ entries: [], more: false }),
  );
  return page.entries[0]?.message.at;
}

/**
 * When the last message of a room was said that is kept, in ms since 1970; 0 where there is none or the session may
 * not read. Takes a page of one message.
 */
export async function lastSaidIn(
  house: HouseParts,
  session: Session,
  room: string,
): Promise<number> {
  const place = await unlessRefused(() => placeToRead(house, session, { room }), () => undefined);
  if (place === undefined) return 0;
  const { index } = house;
  const before = index.last(place.log) + 1;
  const page = await unlessRefused<Page>(
    () => index.page(place.log, { before, limit: 1 }),
    () => ({ entries: [], more: false }),
  );
  return Date.parse(page.entries[0]?.message.at ?? "") || 0;
}

async function lastBy(
  { index }: Pick<HouseParts, "index">,
  log: ReadLog,
  at: number,
): Promise<number> {
  /** All up to this one was said by then, and nothing from that one on. */
  let [by, after] = [0, index.last(log) + 1];
  while (after - by > 1) {
    const middle = Math.floor((by + after) / 2);
    const { entries: [next] } = await index.page(log, { after: middle - 1, limit: 1 });
    // Not every number is a message that is kept: what comes next tells of all up to it.
    if (next === undefined || next.message.seq >= after) after = middle;
    else if (Date.parse(next.message.at) > at) after = middle;
    else by = next.message.seq;
  }
  return by;
}
