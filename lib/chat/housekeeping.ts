/** What a house does now and then, asked or not: it lets go of what is over. */

import { noteSessionsMs } from "./history.ts";
import type { HouseParts } from "./house_parts.ts";
import type { Hash } from "./log/fact.ts";
import { keyOf, roomLog } from "./log_key.ts";
import { put } from "./put.ts";
import { putPeople } from "./put_people.ts";

/** How often it is looked for rooms that may go, in ms. */
const TIDY_MS = 60_000;

/** Lets go of sessions, rooms, bans and mutes. */
export class Housekeeping {
  readonly #house: HouseParts;
  readonly #noteMs: number;
  #notedAt: number;
  #tidiedAt: number;
  /** When it was told here last that time has passed. */
  #tickedAt: number;
  /** Sessions that the log has been asked to forget. */
  readonly #forgetting = new Set<Hash>();

  constructor(house: HouseParts) {
    this.#house = house;
    this.#noteMs = noteSessionsMs(house.state.rules.sessionMs);
    this.#notedAt = this.#tidiedAt = this.#tickedAt = house.now();
  }

  /** Does what is due at `now`. */
  expire(now: number): void {
    if (now - this.#notedAt > this.#noteMs) this.#noteSessions(now);
    this.#house.keeper.expire();
    if (now - this.#tidiedAt > TIDY_MS) this.#tidy(now);
    this.#tick(now);
  }

  /** It was told, here or elsewhere, that time has passed. */
  ticked(): void {
    this.#tickedAt = this.#house.now();
  }

  /** Tells how much time has passed since it was told last. */
  #tick(now: number): void {
    const { registry } = this.#house;
    const time = registry.time + now - this.#tickedAt;
    const done = (): void => {
      this.#forget([...registry.sessions.forgotten].filter((hash) => !this.#forgetting.has(hash)));
    };
    put(this.#house, { kind: "tick", time }, { done });
  }

  /** Notes of the sessions that are here that they are in use. */
  #noteSessions(now: number): void {
    this.#notedAt = now;
    const hashes = this.#house.registry.presentSessions();
    if (hashes.length > 0) this.#house.log.put({ kind: "session-use", hashes });
  }

  /**
   * Has sessions forgotten where they are kept: here they are already. What the disk refuses to forget
   * may be come back to again, until upkeep removes it as out of use.
   */
  #forget(hashes: readonly Hash[]): void {
    if (hashes.length === 0) return;
    for (const hash of hashes) this.#forgetting.add(hash);
    const done = (): void => hashes.forEach((hash) => this.#forgetting.delete(hash));
    put(this.#house, { kind: "session-forget", hashes }, { done });
  }

  /** Lets go of the rooms that are nobody's and of which nothing is kept, and of who hosts them. */
  #tidy(now: number): void {
    this.#tidiedAt = now;
    const { registry, log, index } = this.#house;
    const isOpen = (key: string): boolean => registry.room(key) !== undefined;
    log.removeEmpty((log) => isOpen(keyOf(log)));
    const isGone = (key: string): boolean => !isOpen(key) && !index.has(roomLog(key));
    // What can't be stored now is done at the next call.
    const gone = this.#house.state.people.hostsOf(isGone).map(({ room }) => room);
    putPeople(this.#house, { kind: "tidy", gone }).catch(() => {});
  }
}
