/** Where a stream ends, for a node that begins. */

import type { Stream } from "./stream.ts";

/** How often a stream must say, a second apart, that it ends before what was read of it. */
const SURE = 4;
const PAUSE_MS = 1_000;

/**
 * The seq of the last message of a stream, for a node that has applied it up to `seq`. A leader that was just
 * elected may not tell all that it has yet.
 */
export async function lastOf(stream: Stream, seq: number): Promise<number> {
  for (let tries = 1;; tries++) {
    const { last } = await stream.bounds();
    if (last >= seq || tries === SURE) return last;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
