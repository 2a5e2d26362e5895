/** Finds the messages in memory that mention an account, or are for it alone. */

import { type Mentioned, MOST_COUNTED, type Page } from "./history.ts";
import type { ReadLog } from "./log_key.ts";
import type { Numbered } from "./memory_search.ts";
import type { RecentLogs } from "./recent.ts";

/** How often an account was mentioned in each log after a seq. */
export function mentionsInMemory(
  recent: RecentLogs,
  account: string,
  after: ReadonlyMap<ReadLog, number>,
): Map<ReadLog, number> {
  const counts = new Map<ReadLog, number>();
  for (const [log, seq] of after) {
    let count = 0;
    for (const stored of recent.backwards(log)) {
      if (stored.message.seq <= seq || count === MOST_COUNTED) break;
      if (isFor(stored as Numbered, account)) count++;
    }
    counts.set(log, count);
  }
  return counts;
}

/** The messages that mention an account, the newest first; those of one moment are on one page. */
export function mentionedInMemory(recent: RecentLogs, asked: Mentioned): Page {
  const { account, after, before = Infinity, limit } = asked;
  const found: Numbered[] = [];
  for (const [log, seq] of after) {
    let count = 0;
    for (const stored of recent.backwards(log)) {
      if (count > limit || stored.message.seq <= seq) break;
      if (!isFor(stored as Numbered, account) || Date.parse(stored.message.at) >= before) continue;
      found.push(stored as Numbered);
      count++;
    }
  }
  found.sort((a, b) => b.n - a.n);
  const shown = wholeMoments(found.slice(0, limit + 1), limit, ({ message }) => message.at);
  return { entries: shown, more: found.length > shown.length };
}

function isFor({ mentions }: Numbered, account: string): boolean {
  return mentions?.includes(account) ?? false;
}

/**
 * The first `limit` entries, but not those of the moment in which the limit falls: the next page begins
 * before the time of the last one. All of them if there is only one moment.
 */
export function wholeMoments<Entry>(
  entries: readonly Entry[],
  limit: number,
  timeOf: (entry: Entry) => unknown,
): readonly Entry[] {
  const next = entries[limit];
  if (next === undefined) return entries;
  const whole = entries.findIndex((entry) => timeOf(entry) === timeOf(next));
  return entries.slice(0, whole > 0 ? whole : limit);
}
