/** Tells about whom there may be something new, for doors whose clients want to know; loaded by those alone. */

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

/** What tells a watcher of what evolve.ts has found; one of the `watchers` of a house. */
export function newsFor(watcher: Watcher): (news: readonly News[]) => void {
  return (news) => {
    for (const each of news) {
      switch (each.kind) {
        case "came":
        case "gone":
        case "joined":
        case "left":
        case "identified":
        case "away":
          watcher(each.session, [each.session.key], isMove(each));
          break;
        case "renamed":
          for (const session of [each.session, ...each.others]) {
            watcher(session, [session.key, nameKey(each.from)], false);
          }
      }
    }
  };
}

function isMove({ kind }: News): boolean {
  return kind === "joined" || kind === "left";
}
