/** A line of the audit trail. */

import type { AuditLine } from "../wire/events.ts";

/** A line: who did what to whom, at a time in ms since 1970. An empty room or detail is left out. */
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
