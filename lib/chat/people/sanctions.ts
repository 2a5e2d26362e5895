/** Bans and mutes in memory, found by the name or the address that they are about. */

import { type Named, Subjects } from "../names/name_tables.ts";
import { Refusal } from "../refusal.ts";
import type { Sanction } from "./records.ts";

/** The key of a sanction: there is one of a kind for each subject and room. */
export type SanctionKey = Pick<Sanction, "kind" | "room" | "subject" | "key">;

/** The most bans and mutes in all. */
const MAX_SANCTIONS = 10_000;

/**
 * The most for single rooms, in all and by one name. Anybody can impose those by opening a room under a
 * reserved name; the rest stays free for the operators of the server.
 */
const MAX_OF_ROOMS = 5_000;
const MAX_OF_ROOMS_BY_ONE = 500;

/** All bans and mutes. */
export class Sanctions {
  readonly #all = new Map<string, Sanction>();
  /** Those that are about names. */
  readonly #subjects = new Subjects<Sanction>();

  /** Whether there are none. */
  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  /** The sanction on a subject, if there is one. */
  find(wanted: SanctionKey): Sanction | undefined {
    return this.#all.get(idOf(wanted));
  }

  /** The first on a name, or on one that looks like it, among those that `holds`. */
  named({ name, key }: Named, holds: (sanction: Sanction) => boolean): Sanction | undefined {
    return this.#subjects.find(name, key, holds);
  }

  /** All on a name, and on those that look like it. */
  on({ name, key }: Named): Sanction[] {
    return this.#subjects.all(name, key);
  }

  /** Every one, the oldest first. */
  [Symbol.iterator](): IterableIterator<Sanction> {
    return this.#all.values();
  }

  /**
   * Throws a {@linkcode Refusal} (`too-many-bans`) when `by` can't impose one more, in a room if there
   * is one, where those are there that `counts`.
   */
  checkSpace(room: string, by: string, counts: (sanction: Sanction) => boolean): void {
    const all = [...this.#all.values()].filter(counts);
    const refuse = (count: number, whose: string): never => {
      const text = `There are ${count} bans and mutes${whose}, which is the limit; lift some`;
      throw new Refusal("too-many-bans", text);
    };
    if (all.length >= MAX_SANCTIONS) refuse(all.length, "");
    if (room === "") return;
    const ofRooms = all.filter((sanction) => sanction.room !== "");
    if (ofRooms.length >= MAX_OF_ROOMS) refuse(ofRooms.length, " of rooms");
    const own = ofRooms.filter((sanction) => sanction.by === by).length;
    if (own >= MAX_OF_ROOMS_BY_ONE) refuse(own, " of rooms that are yours");
  }

  /** Whether one more would be too many, in a room if there is one. */
  isFull(room: string, by: string): boolean {
    try {
      this.checkSpace(room, by, () => true);
      return false;
    } catch {
      return true;
    }
  }

  /** Puts one in the place of any other on the same subject. */
  add(sanction: Sanction): void {
    this.delete(sanction);
    this.#all.set(idOf(sanction), sanction);
    if (sanction.subject === "name") {
      this.#subjects.add(sanction.target, sanction.key, sanction);
    }
  }

  /** Removes the one on a subject. */
  delete(like: SanctionKey): void {
    const sanction = this.#all.get(idOf(like));
    if (sanction === undefined) return;
    this.#all.delete(idOf(like));
    if (sanction.subject === "name") {
      this.#subjects.delete(sanction.target, sanction.key, sanction);
    }
  }
}

function idOf({ kind, room, subject, key }: SanctionKey): string {
  return `${kind} ${room} ${subject} ${key}`;
}
