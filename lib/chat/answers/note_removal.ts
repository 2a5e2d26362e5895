/** Notes in the audit trail that somebody has removed what somebody else had said; never what that was. */

import type { HouseParts } from "../house_parts.ts";
import type { Entry } from "../log/fact.ts";
import { isoTime } from "../log/times.ts";

/** Notes it where an entry is such a removal. Its own message everybody may remove. */
export function noteRemoval(
  { log, onModerated }: Pick<HouseParts, "log" | "onModerated">,
  { fact, receipt, at }: Entry,
): void {
  if (fact.kind !== "remove" || receipt === undefined || !("seq" in receipt)) return;
  const { whose } = receipt;
  if (whose === undefined) return;
  const { from: by, title: room, re, reason } = fact;
  const line = {
    ...{ at: isoTime(at), by, action: "remove", target: whose, room },
    detail: `message ${re}${reason === undefined ? "" : `: ${reason}`}`,
  };
  log.put({ kind: "people", changes: [{ type: "audit", line }] });
  onModerated(line);
}
