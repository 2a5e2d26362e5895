/** The answers to `bans` and `audit`: who is banned or muted, and what operators did. */

import type { ListedBan } from "../wire/events.ts";
import type { RequestOf } from "../wire/requests.ts";
import { fitting } from "./fitting.ts";
import type { HouseParts } from "./house_parts.ts";
import { check, scopeOf } from "./mod_action.ts";
import { MAX_NAME_LENGTH } from "../words/names.js";
import type { Sanction } from "./records.ts";
import { idOf } from "./reply.ts";
import type { Session } from "./session.ts";

/** Bans or lines of the audit trail in one answer. */
const MAX_LISTED = 200;
const DEFAULT_LISTED = 20;

/** Lists the bans and mutes that the session may see. */
export function bans(
  house: HouseParts,
  session: Session,
  request: RequestOf<"bans">,
): void | Promise<void> {
  const { people } = house.keeper;
  const room = scopeOf(house.state, session, "bans", request.room);
  check(house.state, session, "bans", room);
  const all = people.sanctions(room === "" ? undefined : room);
  const bans = fitting(all.slice(0, MAX_LISTED).map(listed));
  session.deliver({ type: "bans", ...idOf(request), bans, more: all.length > bans.length });
  // As with every list, the next request waits until it has gone out.
  return session.peer?.drained();
}

/** Lists the last lines of the audit trail. */
export async function audit(
  house: HouseParts,
  session: Session,
  request: RequestOf<"audit">,
): Promise<void> {
  check(house.state, session, "audit", "");
  const limit = Math.max(1, Math.min(request.limit ?? DEFAULT_LISTED, MAX_LISTED));
  const { lines, more } = await house.index.audit(limit);
  const entries = fitting(lines.toReversed()).toReversed();
  session.deliver({
    type: "audit",
    ...idOf(request),
    entries,
    more: more || entries.length < lines.length,
  });
  await session.peer?.drained();
}

function listed({ kind, target, room, by, at, until, reason }: Sanction): ListedBan {
  return {
    kind,
    target,
    // Earlier versions took any text for the name of a room.
    ...(room === "" ? {} : { room: room.slice(0, MAX_NAME_LENGTH) }),
    by,
    at: new Date(at).toISOString(),
    ...(until === 0 ? {} : { until: new Date(until).toISOString() }),
    ...(reason === "" ? {} : { reason }),
  };
}
