/** Takes a reserved name from the sessions that have it or one that looks like it, and has sessions leave. */

import type { HouseState } from "./house_state.ts";
import { otherName } from "./judge/choose_name.ts";
import type { Named } from "./names/name_tables.ts";
import type { News } from "./news.ts";
import { namesLeft } from "./people/who_is.ts";
import type { LeaveReason, Session } from "./sessions/session.ts";

/** The most sessions with a name or one that looks like it: one for each way to compare names. */
const MOST_HOLDERS = 3;

/** Who takes a name. */
interface Taking {
  /** The session; `undefined` if the name is only to be free. */
  readonly session: Session | undefined;
  /** It leaves sessions alone that have shown the name's password. */
  readonly visits: boolean;
  /** Why others can't have it, as they are told. */
  readonly why: string;
}

/**
 * Takes a reserved name from everybody but the session that has shown its password. A session that has
 * shown it before is the same person's and leaves; a guest gets another name. A visitor takes the name
 * from guests only, and shares it with its owner's session: then `shares` is true. Rooms that are empty
 * after it stay open: whoever comes may go there; close them then.
 */
export function makeWay(
  state: HouseState,
  { name, key }: Named,
  { session, visits, why }: Taking,
  at: number,
): { readonly shares: boolean; readonly news: News[] } {
  const { registry, people } = state;
  const news: News[] = [];
  for (let count = 0; count < MOST_HOLDERS; count++) {
    const holder = registry.holder(name, key, session);
    if (holder === undefined) break;
    const isOwn = people.accountOf(holder)?.key === key;
    if (isOwn && visits) return { shares: true, news };
    // The holder loses the name in any case.
    registry.releaseName(holder);
    if (!registry.isPresent(holder)) news.push(...leaveAll(state, holder, holder.ended));
    else if (!isOwn) {
      const { name: from, key: before } = holder;
      const [other, otherKey] = otherName(state, holder, at);
      holder.left = namesLeft(people, holder, otherKey, at);
      registry.name(holder, other, otherKey);
      // This may be the owner, who has not shown the password here: see tellForced().
      const isWanted = before === key;
      const rooms = registry.roomsOf(holder);
      news.push({ kind: "renamed", session: holder, from, rooms, forced: { why, isWanted } });
    } else if (!holder.isVisitor) {
      news.push(...leaveAll(state, holder, { reason: "replaced" }));
      news.push({ kind: "replaced", session: holder });
    }
  }
  return { shares: false, news };
}

/** Takes a session out of all its rooms. They are not closed, though nobody may be left in them. */
export function leaveAll({ registry }: HouseState, session: Session, why: LeaveReason): News[] {
  const news: News[] = [];
  for (const room of registry.roomsOf(session)) {
    if (!registry.leave(session, room)) continue;
    news.push({ kind: "left", session, room, announced: room.announced, why });
  }
  return news;
}

/** Closes the rooms that are empty of those that somebody has left, and adds that to the news. */
export function closeEmpty({ registry }: HouseState, news: News[]): News[] {
  for (const each of news) {
    const room = each.kind === "left" ? registry.close(each.room.key) : undefined;
    if (room !== undefined) news.push({ kind: "closed", room });
  }
  return news;
}
