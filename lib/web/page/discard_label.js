// @ts-check
/** What it is called to take back something that waits. Pure. */

/** @import { SaidRow } from "./rows.js" */

/**
 * What it is called to take back a message that waits, or a change of one.
 * @type {(row: Pick<SaidRow, "seq" | "removed">) => string}
 */
export function discardLabel({ seq, removed }) {
  if (seq === 0) return "Discard";
  return removed === undefined ? "Take back the edit" : "Keep the message";
}
