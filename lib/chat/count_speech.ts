/** How fast a room may be spoken in. */

import type { Audience } from "./audience.ts";
import type { HouseParts } from "./house_parts.ts";
import { costOf, opensAt, spend } from "./rate.ts";

/**
 * Counts what a whole room is told, with `length` UTF-16 code units of somebody's own in it. A
 * promise means that its speaker should wait before it says more: the room has had more than its
 * rate.
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
