/** Back to where somebody read in a conversation, before something took them elsewhere in it. */

import type { Known } from "../terminal/known.ts";
import { newsUnseen } from "./news_above.ts";
import type { PageLoader } from "./page_loader.ts";
import type { PlaceState } from "./place_state.ts";

/**
 * Goes back to where the person read before they went to what was found there, or said something at the end; false
 * if they have read elsewhere since.
 */
export function goBack(
  place: string,
  state: PlaceState,
  { known, loader }: { readonly known: Known; readonly loader: PageLoader },
): boolean {
  const { spot: now, leftAt, readAt } = state;
  const to = now === undefined ? readAt && { spot: readAt } : leftAt;
  if (to === undefined) return false;
  const { spot } = to;
  Object.assign(state, { spot, readAt: undefined, leftAt: undefined, below: 0, mentions: 0 });
  if (spot === undefined) return true;
  // To read on from the end to a place far up would take one page after the other.
  if (!state.transcript.has(spot.seq)) loader.around(place, spot.seq, () => {});
  const room = known.rooms.get(place);
  if (room === undefined) return true;
  // What was shown meanwhile at the end may be a part of what is below.
  const { unread: below, mentions } = newsUnseen(state, known, room);
  Object.assign(state, { below, mentions, seen: room.seen ?? 0 });
  return true;
}

/** What reads in conversations, as far as going and coming back need it. */
interface Reading {
  readonly key: string;
  readonly state: PlaceState;
  readonly back: () => boolean;
}

/** Goes to something by `go`; where that is in the same place, one can come back to where one read. */
export function goAway(reader: Reading, go: () => boolean): boolean {
  const { key, state: { spot } } = reader;
  if (!go()) return false;
  const { state } = reader;
  if (reader.key === key && state.spot !== undefined) state.leftAt = { spot };
  return true;
}

/** Comes back: what was gone from last comes first. */
export function comeBack(reader: Reading, retracing: Pick<Reading, "back">): boolean {
  const ways = reader.state.spot === undefined ? [reader, retracing] : [retracing, reader];
  return ways.some((way) => way.back());
}
