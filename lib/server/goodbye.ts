/** Last words to those who are not let in: few at a time, soon over, and for nobody's waiting. */

import type { EventOf } from "../wire/event.ts";
import { encodeEvent } from "../wire/event.ts";
import { encodeClassic } from "./classic_door.ts";
import type { Socket } from "./socket.ts";
import type { Sweep, Swept } from "./sweep.ts";

/** Goodbyes that are being said at once; whoever comes on top of them is closed without a word. */
export const MAX_GOODBYES = 16;

/** How long a goodbye may take, in ms. */
const GOODBYE_MS = 1_000;

const SPACE = 0x20;

/** Tells peers why they are not let in. Each costs a descriptor for at most a second or two. */
export class Goodbyes implements Swept {
  readonly #sweep: Sweep;
  readonly #since = new Map<Socket, number>();
  readonly #saying = new Set<Promise<void>>();

  constructor(sweep: Sweep) {
    this.#sweep = sweep;
  }

  /** Tells the peer why, in the protocol that it speaks, and closes; never throws. */
  say(conn: Socket, event: EventOf<"bye">): void {
    if (this.#since.size >= MAX_GOODBYES) return close(conn);
    this.#since.set(conn, this.#sweep.now);
    // That it fails means that the peer has gone, or that its time was over.
    const said = tell(conn, event).catch(() => {}).finally(() => {
      this.#since.delete(conn);
      this.#saying.delete(said);
      close(conn);
    });
    this.#saying.add(said);
  }

  sweep(now: number): void {
    for (const [conn, since] of this.#since) if (now - since > GOODBYE_MS) close(conn);
  }

  /** Ends all of them; settles when they have ended. */
  async close(): Promise<void> {
    for (const conn of this.#since.keys()) close(conn);
    await Promise.all(this.#saying);
  }
}

/**
 * The last words to a peer, in the protocol that it speaks. Where that is not known yet, the first
 * byte tells, by which the first header is padded; there are none for a peer that has sent nothing.
 */
export function lastWords(
  event: EventOf<"bye">,
  firstByte: number | undefined,
  speaksEvents = firstByte === undefined ? undefined : firstByte === SPACE,
): Uint8Array | undefined {
  if (speaksEvents === undefined) return undefined;
  return speaksEvents ? encodeEvent(event) : encodeClassic([event]).bytes;
}

async function tell(conn: Socket, event: EventOf<"bye">): Promise<void> {
  const bin = new Uint8Array(64);
  if (await conn.read(bin) === null) return;
  const words = lastWords(event, bin[0]) ?? new Uint8Array();
  for (let at = 0; at < words.length;) at += await conn.write(words.subarray(at));
  await conn.closeWrite();
  // A socket that is closed with bytes unread is reset, and the reset can overtake the words.
  while (await conn.read(bin) !== null);
}

function close(conn: Socket): void {
  try {
    conn.close();
  } catch {
    // Closed already.
  }
}
