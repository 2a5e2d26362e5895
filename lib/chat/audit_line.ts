/** A line of the audit trail. */

import type { AuditLine } from "../wire/events.ts";

/** The line that says, at a time in ms since 1970, who did what to whom; a room or detail that is empty is left out. */
export function auditLine(
  at: number,
  { by, action, target, room = "", detail = "" }: Omit<AuditLine, "at">,
): AuditLine {
  return {
    at: new Date(at).toISOString(),
    by,
    action,
    target,
    ...(room === "" ? {} : { room }),
    ...(detail === "" ? {} : { detail }),
  };
}
