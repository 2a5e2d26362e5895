/** The guest beside whose session another one of the same person comes in. */

import type { HouseState } from "../house_state.ts";
import type { EnterFact } from "../log/fact.ts";
import type { Session } from "../sessions/session.ts";

/**
 * The session of a guest that somebody has named who comes in beside it; none for whoever has shown an
 * account, whose sessions are one person anyway.
 */
export function companionOf(
  { registry, people }: Pick<HouseState, "registry" | "people">,
  { beside }: Pick<EnterFact, "beside">,
  shown: Session["account"],
): Session | undefined {
  if (beside === undefined || people.accountOf({ account: shown }) !== undefined) return undefined;
  const session = registry.session(beside);
  return session !== undefined && people.accountOf(session) === undefined ? session : undefined;
}
