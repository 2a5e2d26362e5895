/** Who is banned or mute, and who did what: the answers to `bans` and `audit`. */

import type { ListedBan, RequestOf } from "../wire/event.ts";
import { check, scopeOf } from "./deed.ts";
import { idOf, type Inside } from "./inside.ts";
import type { Sanction } from "./records.ts";
import type { Session } from "./session.ts";

/** Bans or lines of the audit trail in one answer. */
const MAX_LISTED = 200;
const DEFAULT_LISTED = 20;

/** Lists the bans and mutes that somebody may know of. */
export function bans(
  house: Inside,
  session: Session,
  request: RequestOf<"bans">,
): void | Promise<void> {
  const { people } = house.keeper;
  const room = scopeOf(house, session, "bans", request.room);
  check(house, session, "bans", room, "member", "");
  const all = people.sanctions(room === "" ? undefined : room);
  session.deliver({
    type: "bans",
    ...idOf(request),
    bans: all.slice(0, MAX_LISTED).map(listed),
    more: all.length > MAX_LISTED,
  });
  // As with every list: the next request waits until it has gone, as asking is quicker than reading.
  return session.peer?.drained();
}

/** Tells what was done to whom. */
export async function audit(
  house: Inside,
  session: Session,
  request: RequestOf<"audit">,
): Promise<void> {
  check(house, session, "audit", "", "member", "");
  const limit = Math.min(request.limit ?? DEFAULT_LISTED, MAX_LISTED);
  const { lines, more } = await house.keeper.people.records.audit(limit);
  session.deliver({ type: "audit", ...idOf(request), entries: lines, more });
  await session.peer?.drained();
}

function listed({ kind, target, room, by, at, until, reason }: Sanction): ListedBan {
  return {
    kind,
    target,
    ...(room === "" ? {} : { room }),
    by,
    at: new Date(at).toISOString(),
    ...(until === 0 ? {} : { until: new Date(until).toISOString() }),
    ...(reason === "" ? {} : { reason }),
  };
}
