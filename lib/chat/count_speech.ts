/** How fast people may speak in a room. */

import type { Audience } from "./audience.ts";
import type { HouseParts } from "./house_parts.ts";
import { costOf, opensAt, spend } from "./rate.ts";

/**
 * Counts what a room is told against its rate: once for all members, with a text of `length` UTF-16
 * code units. A promise means that the speaker should wait before it says more.
 */
export function countSpeech(
  { roomRate, now, until }: HouseParts,
  audience: Audience | undefined,
  length: number,
): Promise<void> | undefined {
  if (audience === undefined) return undefined;
  const at = now();
  audience.due = spend(roomRate, audience.due, costOf(length), at);
  const time = opensAt(roomRate, audience.due);
  return time > at ? until(time) : undefined;
}
