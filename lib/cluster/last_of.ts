/** Where a stream ends, for a node that begins. */

import { CannotGoOn } from "./replica.ts";
import type { Stream, StreamBounds } from "./stream.ts";

/** How often a stream must say, a second apart, that it ends before what was read of it. */
const SURE = 4;
const PAUSE_MS = 1_000;

/**
 * The seq of the last message of a stream, for a node that has applied it up to `seq`. A leader that was just
 * elected may not tell all that it has yet. Rejects with a {@linkcode CannotGoOn}.
 */
export async function lastOf(stream: Stream, seq: number): Promise<number> {
  for (let tries = 1;; tries++) {
    const { last } = await askedBounds(stream);
    if (last >= seq || tries === SURE) return last;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** The bounds of a stream. Rejects with a {@linkcode CannotGoOn}. */
export async function askedBounds(stream: Stream): Promise<StreamBounds> {
  try {
    return await stream.bounds();
  } catch (error) {
    const why = (error as Error).message;
    throw new CannotGoOn(`the log does not say how far it goes: ${why}`, { cause: error });
  }
}
