/** The clock of a load: whole microseconds (µs), so that a time fits into a message. */

import { delay } from "@std/async/delay";

/** Microseconds since this process began. */
export function micros(): number {
  return Math.floor(performance.now() * 1_000);
}

/** Waits for `ms`, or until the signal aborts. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, { signal }).catch(() => {});
}
