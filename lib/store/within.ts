/** Waiting for what may never come, such as a disk that hangs. */

import { timerMs } from "../chat/timer.ts";

/** Settles with `promise`, or when `ms` are over. */
export async function within(promise: Promise<unknown>, ms: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timerMs(ms));
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
