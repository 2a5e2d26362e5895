/** Which share of a log in memory the reactions of one person may take. */

import { isMessage } from "./entries.ts";
import type { Reactor } from "./history.ts";
import type { LogTail } from "./log_tail.ts";

/** Once half of a log's room is taken, one person has this part of all of it, and no more. */
const SHARE = 0.1;

/** Whether a log of `most` entries has room for one more reaction of somebody. */
export function hasShare(log: LogTail | undefined, who: Reactor, most: number): boolean {
  if (log === undefined || log.length * 2 < most) return true;
  return log.length < most && reactionsBy(log, who) < most * SHARE;
}

/** Whether the entry with a number is a message, and here. */
export function isMessageAt(log: LogTail, seq: number): boolean {
  const entry = log.get(seq);
  return entry !== undefined && isMessage(entry);
}

/** How many entries are reactions of somebody, given or taken back. */
function reactionsBy(log: LogTail, who: Reactor): number {
  let count = 0;
  for (let seq = log.first; seq <= log.last; seq++) {
    const entry = log.get(seq);
    if (entry === undefined || isMessage(entry) || entry.kind !== "reacted") continue;
    if (entry.who === who) count++;
  }
  return count;
}
