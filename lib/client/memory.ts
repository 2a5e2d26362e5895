/** What a client remembers of its server between two connections, so that it can take up again. */

import {
  DEFAULT_ROOM,
  type Event,
  type EventOf,
  type RequestOf,
  type ResumePoint,
} from "../wire/event.ts";

/** Name, session, rooms and the last seq seen in each. Pure. */
export class Memory {
  #name: string;
  readonly #wanted: readonly string[];
  #session: string | undefined;
  #epoch: string | undefined;
  /** The epoch of the server that is being opened; it counts once that one has let us in. */
  #nextEpoch: string | undefined;
  #direct = 0;
  readonly #seq = new Map<string, number>();

  constructor(name: string, rooms: readonly string[]) {
    this.#name = name;
    this.#wanted = rooms;
  }

  /** The name that the server knows us by. */
  get name(): string {
    return this.#name;
  }

  /** The request that opens a connection, with all that is needed to go on where we were. */
  hello(welcome: EventOf<"welcome">): RequestOf<"hello"> {
    const [room] = this.#wanted;
    const resume = this.#resumePoint();
    this.#nextEpoch = welcome.epoch;
    return {
      type: "hello",
      name: this.#name,
      ...(room === undefined || resume !== undefined ? {} : { room }),
      ...(this.#session === undefined ? {} : { session: this.#session }),
      ...(resume === undefined ? {} : { resume }),
    };
  }

  /** What a classic server would say if it could. */
  classicReady(): EventOf<"ready"> {
    return {
      type: "ready",
      name: this.#name,
      session: "",
      room: DEFAULT_ROOM,
      seq: 0,
      direct: 0,
    };
  }

  /** The rooms that were asked for and that we are not in. */
  missingRooms(): string[] {
    const rooms = new Set([...this.#seq.keys()].map((room) => room.toLowerCase()));
    return this.#wanted.filter((room) => !rooms.has(room.toLowerCase()));
  }

  /** Takes note of an event; false when it tells nothing that was not told before. */
  take(event: Event): boolean {
    switch (event.type) {
      case "ready":
        return this.#takeReady(event);
      case "message":
        return this.#advance(event.room, event.seq);
      case "ack":
        return event.room === undefined || this.#advance(event.room, event.seq ?? 0);
      case "direct": {
        const isNew = event.n > this.#direct;
        this.#direct = Math.max(this.#direct, event.n);
        return isNew;
      }
      case "gap":
        this.#seq.set(event.room, event.to ?? 0);
        return true;
      case "joined":
        if (event.id !== undefined && event.seq !== undefined) {
          this.#seq.set(event.room, event.seq);
        }
        return true;
      case "left":
        if (event.id !== undefined) this.#seq.delete(event.room);
        return true;
      case "renamed":
        if (event.id !== undefined) this.#name = event.to;
        return true;
      default:
        return true;
    }
  }

  #takeReady(event: EventOf<"ready">): true {
    this.#epoch = this.#nextEpoch;
    // Another session counts its direct messages anew.
    if (event.session !== this.#session) this.#direct = event.direct;
    this.#session = event.session;
    this.#name = event.name;
    if (!this.#seq.has(event.room)) this.#seq.set(event.room, event.seq);
    return true;
  }

  /** Seq 0 is a message that is not numbered, from a classic server. */
  #advance(room: string, seq: number): boolean {
    const last = this.#seq.get(room) ?? 0;
    if (seq !== 0 && seq <= last) return false;
    if (seq !== 0) this.#seq.set(room, seq);
    return true;
  }

  #resumePoint(): ResumePoint | undefined {
    if (this.#epoch === undefined) return undefined;
    return { epoch: this.#epoch, seq: Object.fromEntries(this.#seq), direct: this.#direct };
  }
}
