/**
 * After which number a log in memory begins that has no messages: rooms and conversations that had to give
 * way, or were removed, so that no number is handed out twice in one epoch.
 */

import { isRoomLog, type LogKey, type RoomLog } from "../messages/log_key.ts";

/** Rooms of which something is kept and in which nothing was said, at most. */
const MOST_BEGUN = 20_000;

/** Where logs begin. */
export class MemoryFloors {
  /** The highest number of the rooms that are gone. */
  #rooms = 0;
  /** The same of all other logs that had to give way. */
  #others = 0;
  /** Where rooms begin of which something is kept, though nothing may have been said in them. */
  readonly #begun = new Map<RoomLog, number>();

  /** The number after which a room begins that is made now. */
  get rooms(): number {
    return this.#rooms;
  }

  /** The number after which a log begins of which no message is kept. */
  of(log: LogKey): number {
    if (!isRoomLog(log)) return this.#others;
    return this.#begun.get(log) ?? this.#rooms;
  }

  /** From here on something is kept of a room. */
  begin(log: RoomLog): void {
    if (this.#begun.has(log)) return;
    this.#begun.set(log, this.#rooms);
    for (const oldest of this.#begun.keys()) {
      if (this.#begun.size <= MOST_BEGUN) break;
      this.#begun.delete(oldest);
    }
  }

  /** Rooms that are made from now on begin after a number. */
  raise(floor: number): void {
    this.#rooms = Math.max(this.#rooms, floor);
  }

  /** A log is removed for good, whose last number this was. */
  drop(log: LogKey, last: number): void {
    if (isRoomLog(log)) this.gaveWay(log, last);
  }

  /** A log was silent for longest, and is forgotten. */
  gaveWay(log: LogKey, last: number): void {
    if (isRoomLog(log)) {
      this.#begun.delete(log);
      this.raise(last);
    } else this.#others = Math.max(this.#others, last);
  }
}
