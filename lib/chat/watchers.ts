/** Tells doors about whom there may be something new, for clients who want to know of people in no room of theirs. */

import { nameKey } from "../words/names.js";
import type { News } from "./news.ts";
import type { Session } from "./sessions/session.ts";

/**
 * Told, in the step in which others are told, about whom there may be something new: a session that has come or
 * gone, entered or left a room, become another's, or is away or back; and the keys of the names that it goes by,
 * and went by before. What one may know of them is asked for as ever, by a view. `isMove`: it is only in other rooms
 * than before, which is frequent, and matters where one who came by a link meets nobody elsewhere. Neither waits nor
 * throws.
 */
export type Watcher = (session: Session, keys: readonly string[], isMove: boolean) => void;

/** Those who watch a house, unless it is closing. */
interface Watched {
  readonly watchers: ReadonlySet<Watcher>;
  readonly isClosing: () => boolean;
}

/** Tells the watchers of what evolve.ts has found. */
export function tellWatchers(
  { watchers, isClosing }: Watched,
  news: readonly News[],
): void {
  if (watchers.size === 0 || isClosing()) return;
  for (const each of news) {
    switch (each.kind) {
      case "came":
      case "gone":
      case "joined":
      case "left":
      case "identified":
      case "away": {
        const isMove = each.kind === "joined" || each.kind === "left";
        for (const watcher of watchers) watcher(each.session, [each.session.key], isMove);
        break;
      }
      case "renamed":
        for (const session of [each.session, ...each.others]) {
          for (const watcher of watchers) {
            watcher(session, [session.key, nameKey(each.from)], false);
          }
        }
    }
  }
}
