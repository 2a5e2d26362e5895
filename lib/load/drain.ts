/** Waits for the messages that are still on their way after a load has sent its last one. */

import { micros, sleep } from "./clock.ts";
import type { Tally } from "./tally.ts";

/** A delivery is late if it comes so many ms after the last message was sent. */
export const LATE_MS = 1_000;
const POLL_MS = 5;

/** How long to wait. */
export interface Patience {
  /** After so many ms of silence, the deliveries that are owed count as missing. */
  readonly silenceMs: number;
  /** How long to wait at most while deliveries still come, in ms. */
  readonly longestMs: number;
}

/** What the wait found. */
export interface Drained {
  /** Deliveries that came {@linkcode LATE_MS} after the last message was sent, or later. */
  readonly late: number;
  /** Deliveries that were owed when the time was over, though others still came. */
  readonly coming: number;
}

/** Waits until nothing is owed, nothing comes any more, the time is over, or the signal aborts. */
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
