/** What a frame shows of a conversation, by the numbers of its messages. Does no IO. */

import type { Known } from "../terminal/known.ts";
import type { Stretch } from "../terminal/seen.ts";
import { messageIn } from "./item_rows.ts";
import { isNewsItem } from "./news_above.ts";
import type { Transcript } from "./transcript.ts";

/** A stretch that is on screen. */
export interface ShownStretch extends Stretch {
  readonly place: string;
  /** Whether what was said last is the end of it. */
  readonly isEnd: boolean;
}

/** What the items from `from` up to `to` are of a place; `undefined`: nothing that was said is among them. */
export function shownStretch(
  { items, hasOldest }: Pick<Transcript, "items" | "hasOldest">,
  known: Known,
  { place, isEnd, from, to }: Pick<ShownStretch, "place" | "isEnd"> & {
    readonly from: number;
    readonly to: number;
  },
): ShownStretch | undefined {
  const { seen = 0, last = 0 } = known.rooms.get(place) ?? {};
  // What was told has the number of a message that may not be loaded.
  const said = items.slice(0, to).filter((item) => messageIn(item) !== undefined);
  let first = items.slice(0, from).filter((item) => messageIn(item) !== undefined).length;
  // Where nothing is loaded there is nothing; or it can't be had.
  if (first === said.length && !(isEnd && items.length === 0 && hasOldest)) return undefined;
  // Between what was seen and what is on screen nothing may be that is news.
  while (first > 0 && (said[first - 1]?.seq ?? 0) > seen && !isNewsItem(known, said[first - 1])) {
    first--;
  }
  const above = hasOldest ? 0 : Math.max(0, (said[first]?.seq ?? 1) - 1);
  const after = said[first - 1]?.seq ?? above;
  const upTo = said.at(-1)?.seq ?? 0;
  return { place, after, upTo: isEnd ? Math.max(last, upTo) : upTo, isEnd };
}
