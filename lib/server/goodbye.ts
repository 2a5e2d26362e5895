/** Tells peers why they are not let in: a few at a time, and each for a second at most. */

import type { Swept } from "./timers.ts";
import type { Transport } from "./transport.ts";

/** The most goodbyes at once; further peers are closed without a word. */
const MAX_GOODBYES = 16;

/** How long a goodbye may take, in ms. */
const GOODBYE_MS = 1_000;

/** Makes the last words for a peer by its first byte; `undefined`: it would understand none. */
export type LastWords = (firstByte: number | undefined) => Uint8Array | undefined;

/** The goodbyes under way. Each takes a file descriptor for a second or two at most. */
export class Goodbyes implements Swept {
  readonly #since = new Map<Transport, number>();
  readonly #saying = new Set<Promise<void>>();

  /** Waits for the peer's first byte, says goodbye, and closes. Never throws. */
  say(peer: Transport, words: LastWords): void {
    if (this.#since.size >= MAX_GOODBYES) return peer.destroy();
    // Not the time of the last sweep, which may be long ago when the machine is busy.
    this.#since.set(peer, performance.now());
    // It fails when the peer has gone, or when its time is over.
    const said = tell(peer, words).catch(() => {}).finally(() => {
      this.#since.delete(peer);
      this.#saying.delete(said);
      peer.destroy();
    });
    this.#saying.add(said);
  }

  sweep(now: number): void {
    for (const [peer, since] of this.#since) if (now - since > GOODBYE_MS) peer.destroy();
  }

  /** Ends all goodbyes; settles when they have ended. */
  async close(): Promise<void> {
    for (const peer of this.#since.keys()) peer.destroy();
    await Promise.all(this.#saying);
  }
}

async function tell(peer: Transport, lastWords: LastWords): Promise<void> {
  const first = await peer.read();
  if (first === undefined) return;
  const words = lastWords(first[0]) ?? new Uint8Array();
  for (let at = 0; at < words.length;) {
    const count = await peer.write(words.subarray(at));
    if (count === 0) break;
    at += count;
  }
  await peer.finish(undefined);
  // A socket that is closed while bytes are unread is reset, and the reset can overtake the words.
  while (await peer.read() !== undefined);
}
