/** Last words to peers that are not let in: a few at a time, and none for longer than a second. */

import type { Sweep, Swept } from "./sweep.ts";
import type { Transport } from "./transport.ts";

/** Goodbyes under way at once; a peer beyond them is closed without a word. */
const MAX_GOODBYES = 16;

/** How long a goodbye may take, in ms. */
const GOODBYE_MS = 1_000;

/** The last words for a peer whose first byte is this; `undefined` where it would understand none. */
export type LastWords = (firstByte: number | undefined) => Uint8Array | undefined;

/** Tells peers why they are not let in. Each costs a descriptor for at most a second or two. */
export class Goodbyes implements Swept {
  readonly #sweep: Sweep;
  readonly #since = new Map<Transport, number>();
  readonly #saying = new Set<Promise<void>>();

  constructor(sweep: Sweep) {
    this.#sweep = sweep;
  }

  /** Tells the peer why, when it has shown which protocol it speaks, and closes; never throws. */
  say(peer: Transport, words: LastWords): void {
    if (this.#since.size >= MAX_GOODBYES) return peer.destroy();
    this.#since.set(peer, this.#sweep.now);
    // That it fails means that the peer has gone, or that its time was over.
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

  /** Ends all of them; settles when they have ended. */
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
  // A socket that is closed with bytes unread is reset, and the reset can overtake the words.
  while (await peer.read() !== undefined);
}
