/** Waits for what is still on its way when the last message of a load has been sent. */

import { micros, sleep } from "./clock.ts";
import type { Tally } from "./tally.ts";

/** What comes so long after the last message was sent is late, in ms. */
export const LATE_MS = 1_000;
const POLL_MS = 5;

/** How long is waited. */
export interface Patience {
  /** When nothing came for so long, what is owed is missing; in ms. */
  readonly silenceMs: number;
  /** The longest that is waited for what does come; in ms. */
  readonly longestMs: number;
}

/** What came of waiting. */
export interface Drained {
  /** Deliveries that came {@linkcode LATE_MS} after the last message was sent, or later. */
  readonly late: number;
  /** Deliveries that were owed when it was waited no longer, though others still came. */
  readonly coming: number;
}

/** Waits until nothing is owed, nothing comes any more, or the patience or the signal ends it. */
export async function drain(
  tally: Tally,
  { silenceMs, longestMs }: Patience,
  stop: AbortSignal,
): Promise<Drained> {
  const began = micros();
  let heard = began;
  let { delivered } = tally;
  let inTime = delivered;
  let coming = 0;
  while (tally.owed > 0 && !stop.aborted) {
    await sleep(POLL_MS, stop);
    const now = micros();
    if (tally.delivered > delivered) heard = now;
    delivered = tally.delivered;
    if (now - began < LATE_MS * 1_000) inTime = delivered;
    if (now - heard >= silenceMs * 1_000) break;
    if (now - began < longestMs * 1_000) continue;
    coming = tally.owed;
    break;
  }
  return { late: tally.delivered - inTime, coming };
}
