/** Which accounts are hosts of which rooms. */

import type { Host } from "./records.ts";

/** Rooms' operators. A room is named by its key, and so is an account. */
export class Hosts {
  readonly #rooms = new Map<string, Set<string>>();

  /** Whether an account is a host of a room. */
  has({ room, key }: Host): boolean {
    return this.#rooms.get(room)?.has(key) ?? false;
  }

  /** Whether a room has operators. */
  hasAny(room: string): boolean {
    return (this.#rooms.get(room)?.size ?? 0) > 0;
  }

  /** How many rooms an account is a host of. */
  count(account: string): number {
    let count = 0;
    for (const keys of this.#rooms.values()) if (keys.has(account)) count++;
    return count;
  }

  /** The hosts of the rooms for whose keys `wanted` holds. */
  of(wanted: (room: string) => boolean): Host[] {
    return [...this.#rooms].filter(([room]) => wanted(room)).flatMap(([room, keys]) =>
      [...keys].map((key): Host => ({ room, key }))
    );
  }

  /** Makes an account a host of a room. */
  add({ room, key }: Host): void {
    const keys = this.#rooms.get(room);
    if (keys === undefined) this.#rooms.set(room, new Set([key]));
    else keys.add(key);
  }

  /** An account is no longer a host of a room. */
  delete({ room, key }: Host): void {
    const keys = this.#rooms.get(room);
    if (keys?.delete(key) && keys.size === 0) this.#rooms.delete(room);
  }

  /** An account is no longer a host of any room. */
  deleteAccount(key: string): void {
    for (const room of [...this.#rooms.keys()]) this.delete({ room, key });
  }
}
