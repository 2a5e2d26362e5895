/** The rooms and conversations in the order in which they were looked at, to go back and forth. */

import { sameName } from "../../words/names.js";
import type { MovedPlaces } from "../terminal/conversations.ts";

/** The most that are remembered. */
const MOST_VISITED = 100;

export class Trail {
  #visited: string[] = [];
  #at = -1;
  /** Each once, the latest first. */
  #recent: string[] = [];

  /** Where the person was, the latest first. */
  get recent(): readonly string[] {
    return this.#recent;
  }

  /** Something is looked at, which may be where we have gone back to. */
  visit(place: string): void {
    if (place === "") return;
    const others = this.#recent.filter((each) => !sameName(each, place));
    this.#recent = [place, ...others].slice(0, MOST_VISITED);
    if (sameName(this.#visited[this.#at] ?? "", place)) return;
    this.#visited = [...this.#visited.slice(0, this.#at + 1), place].slice(-MOST_VISITED);
    this.#at = this.#visited.length - 1;
  }

  /** Conversations go by something else. */
  move(moved: MovedPlaces): void {
    this.#visited = this.#visited.map((place) => moved.to(place));
    this.#recent = this.#recent.map((place) => moved.to(place));
  }

  /** Goes back (-1) or forth (1) to what `isThere` still; `undefined`: there is nothing. */
  step(by: 1 | -1, isThere: (place: string) => boolean): string | undefined {
    for (let at = this.#at + by; at >= 0 && at < this.#visited.length; at += by) {
      const place = this.#visited[at] ?? "";
      if (!isThere(place)) continue;
      this.#at = at;
      return place;
    }
    return undefined;
  }
}
