/** What a house does now and then, asked or not: it lets go of what is over. */

import { noteSessionsMs } from "./history.ts";
import type { HouseParts } from "./house_parts.ts";
import { keyOf, roomLog } from "./log_key.ts";
import { put } from "./put.ts";
import { putPeople } from "./put_people.ts";
import type { Change } from "./records.ts";
import type { RoomShares } from "./room_shares.ts";
import type { Session } from "./session.ts";

/** How often it is looked for rooms that may go, in ms. */
const TIDY_MS = 60_000;

/** Lets go of sessions, rooms, bans and mutes. */
export class Housekeeping {
  readonly #house: HouseParts;
  readonly #shares: RoomShares;
  readonly #noteMs: number;
  #notedAt: number;
  #tidiedAt: number;

  /** Sessions are kept for `sessionMs`. */
  constructor(house: HouseParts, shares: RoomShares, sessionMs: number) {
    this.#house = house;
    this.#shares = shares;
    this.#noteMs = noteSessionsMs(sessionMs);
    this.#notedAt = this.#tidiedAt = house.now();
  }

  /** Does what is due at `now`. */
  expire(now: number): void {
    const { registry, keeper } = this.#house;
    if (now - this.#notedAt > this.#noteMs) this.#noteSessions(now);
    keeper.expire();
    this.#shares.expire();
    if (now - this.#tidiedAt > TIDY_MS) this.#tidy(now);
    this.#forget(registry.overdue(now));
  }

  /** Notes of the sessions that are here that they are in use. */
  #noteSessions(now: number): void {
    this.#notedAt = now;
    const hashes = this.#house.registry.presentSessions();
    if (hashes.length > 0) this.#house.log.put({ kind: "session-use", hashes });
  }

  /**
   * Has sessions forgotten: here at once, and where they are kept when the log has come to it. What the
   * disk refuses to forget may be come back to again, until upkeep removes it as out of use.
   */
  #forget(sessions: readonly Session[]): void {
    if (sessions.length === 0) return;
    const { forgetting } = this.#house;
    const hashes = sessions.map(({ hash }) => hash);
    for (const session of sessions) {
      this.#house.missing(session);
      forgetting.add(session.hash);
    }
    const done = (): void => hashes.forEach((hash) => forgetting.delete(hash));
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
    putPeople(this.#house, () => ({ changes: this.#past(isGone) })).catch(() => {});
  }

  /** The bans and mutes that have been over for long, and the operators of rooms that are gone. */
  #past(isGone: (room: string) => boolean): Change[] {
    const { people } = this.#house.state;
    const unhost = people.hostsOf(isGone).map((host): Change => ({ type: "unhost", host }));
    const lift = people.over().map((sanction): Change => ({ type: "lift", sanction }));
    return [...unhost, ...lift];
  }
}
