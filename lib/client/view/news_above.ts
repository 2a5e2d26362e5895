/** Which messages of a conversation are news, and which of those stand above and below the screen. Does no IO. */

import type { CountedNews } from "../terminal/counted.ts";
import type { Known } from "../terminal/known.ts";
import type { SeenParts } from "../terminal/seen.ts";
import type { ShownMessage } from "../terminal/shown_messages.ts";
import { messageIn } from "./item_rows.ts";
import type { PlaceState } from "./place_state.ts";
import type { TranscriptItem } from "./transcript_item.ts";

/** Whether an item is a message of somebody else, who is not blocked, which has not been removed. */
export function isNewsItem(known: Known, item: TranscriptItem | undefined): boolean {
  const message = messageIn(item);
  return message !== undefined && isNewsMessage(known, message);
}

/** The same of a message. */
export function isNewsMessage(known: Known, message: ShownMessage): boolean {
  return message.text !== "" && !known.isOurs(message) && !known.blocked.says(message);
}

/**
 * How many messages are new that nobody has had on screen, of those that are loaded: what stands beyond a hole was on
 * it. Whether that is all of them only the transcript knows.
 */
export function newsUnseen(
  { transcript: { items } }: PlaceState,
  known: Known,
  { seen, beyond }: SeenParts,
): CountedNews {
  // Nobody knows of a beginning: all that has come was shown.
  const after = seen ?? Infinity;
  const isShown = (seq: number): boolean =>
    beyond !== undefined && seq > beyond.after && seq <= beyond.upTo;
  const news = items.filter((item) =>
    item.seq > after && !isShown(item.seq) && isNewsItem(known, item)
  );
  return { unread: news.length, mentions: news.filter((item) => isForReader(known, item)).length };
}

/** Whether something of a place is new that nobody has had on screen, or may be. */
export function hasUnseen(state: PlaceState, known: Known, place: string): boolean {
  const room = known.rooms.get(place);
  if (room === undefined) return false;
  return !state.transcript.hasNewest || newsUnseen(state, known, room).unread > 0;
}

function isForReader(known: Known, item: TranscriptItem): boolean {
  const message = messageIn(item);
  return message !== undefined && known.isForReader(message);
}

/** How many messages stand above the item `from`, the first on screen, that are new and were not on it yet. */
export function newsAbove(
  { newFrom, newCount, transcript }: PlaceState,
  known: Known,
  { place, from }: { readonly place: string; readonly from: number },
): CountedNews | undefined {
  if (newFrom === undefined) return undefined;
  const { items, first, hasOldest } = transcript;
  const { seen = 0, beyond } = known.rooms.get(place) ?? {};
  const upTo = Math.min((items[from]?.seq ?? 0) - 1, beyond?.after ?? Infinity);
  const after = Math.max(newFrom, seen);
  if (upTo <= after) return undefined;
  // Reactions and edits have numbers, too.
  const news = items.filter((item) => isNewsItem(known, item));
  const above = news.filter(({ seq }) => seq > after && seq <= upTo);
  const isAll = hasOldest || first > 0 && first <= after + 1;
  // Of what is not loaded only the server has told how much it is.
  const rest = news.filter(({ seq }) => seq > upTo).length;
  const unread = isAll ? above.length : Math.max(above.length, newCount - rest);
  const own = above.filter((item) => isForReader(known, item));
  return unread > 0 ? { unread, mentions: own.length } : undefined;
}

/** Where what is new begins among what is loaded; -1: it is not loaded, `undefined`: nothing is new. */
export function firstNew({ newFrom, transcript }: PlaceState): number | undefined {
  if (newFrom === undefined) return undefined;
  const { items, first, hasOldest } = transcript;
  if (!hasOldest && (first === 0 || first > newFrom + 1)) return -1;
  const at = items.findIndex((item) => item.seq > newFrom && messageIn(item) !== undefined);
  return at < 0 ? undefined : at;
}

/** The last of these items is on screen: it is new no more, nor is what stands before it. */
export function sawBelow(items: readonly TranscriptItem[], state: PlaceState, known: Known): void {
  const upTo = items.findLast((item) => messageIn(item) !== undefined)?.seq ?? 0;
  if (upTo <= state.seen || state.below === 0) return;
  const news = items.filter((item) => item.seq > state.seen && isNewsItem(known, item));
  const own = news.filter((item) => isForReader(known, item));
  state.below = Math.max(0, state.below - news.length);
  state.mentions = Math.max(0, Math.min(state.below, state.mentions - own.length));
  state.seen = upTo;
}
