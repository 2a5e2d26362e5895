/** One participant: a name, the rooms it is in, and the way to its peer while it has one. */

import type { Event, EventOf } from "../wire/event.ts";
import { Batch } from "./batch.ts";
import { fingerprint, idReused } from "./fingerprint.ts";
import type { Room } from "./room.ts";

/** What a door gives the house: the way to one peer. Nothing here waits or throws. */
export interface Peer {
  /** Queues events for the peer, after those queued before. */
  deliver(batch: Batch): void;
  /** Tells the peer why, after what is queued, and ends its connection. */
  close(bye: EventOf<"bye">): void;
  /** Settles when the peer has taken nearly all of its queue or is gone; `undefined`: it has. */
  drained(): Promise<void> | undefined;
}

/** Direct messages that are kept for a client that may have missed them. */
const DIRECTS_KEPT = 100;
/** The same in UTF-16 code units. */
const DIRECT_LENGTH_KEPT = 262_144;
const IDS_KEPT = 256;

type Direct = EventOf<"direct">;

/** A participant. It outlives its connections: a client that comes back finds it by its secret. */
export class Session {
  /** Known to the client alone; names the session when it comes back. Classic clients have none. */
  readonly secret: string | undefined;
  name: string;
  key: string;
  peer: Peer | undefined;
  /** By key. */
  readonly rooms = new Map<string, Room>();
  /** When a session without a peer loses its name and when it is forgotten (monotonic ms). */
  nameUntil = Infinity;
  forgetAt = Infinity;
  #directs: Direct[] = [];
  #directCount = 0;
  #directLength = 0;
  readonly #sent = new Map<string, { readonly print: string; readonly ack: EventOf<"ack"> }>();

  constructor(peer: Peer, name: string, key: string, secret: string | undefined) {
    this.peer = peer;
    this.name = name;
    this.key = key;
    this.secret = secret;
  }

  /** How many direct messages have been sent to this session. */
  get directCount(): number {
    return this.#directCount;
  }

  /** Queues one event for this session alone. */
  deliver(event: Event): void {
    this.peer?.deliver(new Batch([event]));
  }

  /** Delivers a direct message, and keeps it for a client that may have missed it. */
  direct(message: Omit<Direct, "n" | "id">): void {
    const numbered: Direct = { ...message, n: ++this.#directCount };
    if (this.secret !== undefined) {
      this.#directs.push(numbered);
      this.#directLength += numbered.text.length;
      while (this.#directs.length > DIRECTS_KEPT || this.#directLength > DIRECT_LENGTH_KEPT) {
        this.#directLength -= this.#directs.shift()?.text.length ?? 0;
      }
    }
    this.deliver(numbered);
  }

  /** Delivers the kept direct messages after number `n` once more. */
  repeatDirects(n: number): void {
    for (const message of this.#directs) if (message.n > n) this.deliver(message);
  }

  /** The ack that a direct message under `id` got before, if it was this one. */
  earlierAck(id: string | undefined, to: string, text: string): EventOf<"ack"> | undefined {
    const earlier = id === undefined ? undefined : this.#sent.get(id);
    if (earlier === undefined || earlier.print === `${fingerprint(text)} ${to}`) {
      return earlier?.ack;
    }
    throw idReused(id);
  }

  /** Keeps the ack of a direct message, for a client that sends it again. */
  keepAck(id: string, to: string, text: string, ack: EventOf<"ack">): void {
    this.#sent.set(id, { print: `${fingerprint(text)} ${to}`, ack });
    if (this.#sent.size > IDS_KEPT) {
      for (const oldest of this.#sent.keys()) {
        this.#sent.delete(oldest);
        break;
      }
    }
  }
}
