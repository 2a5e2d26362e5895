/** What has come to a conversation behind what lies over it, as help or a panel. Does no IO. */

import type { CountedNews } from "../terminal/counted.ts";
import type { Known } from "../terminal/known.ts";
import { newsUnseen } from "./news_above.ts";
import type { PlaceState } from "./place_state.ts";

export class Covered {
  readonly #known: Known;
  /** The last message that was loaded where nothing lay over what is looked at. */
  #bare = { key: "", last: 0 };

  constructor(known: Known) {
    this.#known = known;
  }

  /** What has come to the end of a place since something lies over it; `undefined`: nothing has, or does. */
  behind(state: PlaceState, place: string, isCovered: boolean): CountedNews | undefined {
    const key = this.#known.logKey(place);
    if (!isCovered) this.#bare = { key, last: state.transcript.last };
    const room = this.#known.rooms.get(place);
    if (!isCovered || room === undefined) return undefined;
    // What was there before stands above the screen, though nobody has seen it.
    const before = this.#bare.key === key ? this.#bare.last : 0;
    const seen = room.seen === undefined ? undefined : Math.max(room.seen, before);
    const news = newsUnseen(state, this.#known, { seen, beyond: room.beyond });
    return news.unread > 0 ? news : undefined;
  }
}
