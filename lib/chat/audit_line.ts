/** A line of the audit trail. */

import type { AuditLine } from "../wire/events.ts";
import type { People } from "./people.ts";

/** The line that says, at this time, who did what to whom; a room or detail that is empty is left out. */
export function auditLine(
  people: People,
  { by, action, target, room = "", detail = "" }: Omit<AuditLine, "at">,
): AuditLine {
  return {
    at: new Date(people.now).toISOString(),
    by,
    action,
    target,
    ...(room === "" ? {} : { room }),
    ...(detail === "" ? {} : { detail }),
  };
}
