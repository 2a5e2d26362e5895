/**
 * How many rooms one address or account may open, since the number of rooms is limited. Owners and
 * operators of the server may open as many as there are left.
 */

import { DEFAULT_ROOM } from "../../wire/names.ts";
import { Quota, type QuotaDump } from "../limits/quota.ts";
import type { Index } from "../log/fact_log.ts";
import { roomLog } from "../messages/log_key.ts";
import type { Named } from "../names/name_tables.ts";
import { againText, Refusal } from "../refusal.ts";

/** The limits. */
export interface RoomLimits {
  /** Rooms that are open at once; those that had been there before are counted without the others. */
  readonly rooms: number;
  /** Rooms that are open at once and were opened from one address, or by one account. */
  readonly roomsPerAddress: number;
  /** Rooms that are new, of which nothing is kept, and that one address or account opens in an hour. */
  readonly newRoomsPerHour: number;
  /** Rooms that are kept and were opened from one address, or by one account. */
  readonly keptRoomsPerAddress: number;
}

/** What is known of rooms that are kept. */
type Past = Pick<Index, "has" | "keptBy" | "spareRooms">;

/** What is counted of rooms. */
export interface SharesDump {
  readonly hourly: QuotaDump;
  readonly open: ReadonlyArray<readonly [opener: string, rooms: number]>;
  readonly fresh: readonly string[];
  readonly old: number;
}

/** Counts rooms by `opener`: an address or an account; rooms without one are not counted. */
export class RoomShares {
  readonly #limits: RoomLimits;
  readonly #past: Past;
  readonly #hourly: Quota;
  readonly #open = new Map<string, number>();
  /** The keys of the open rooms that had not been there before. */
  readonly #new = new Set<string>();
  /** How many other rooms are open. */
  #old = 0;

  constructor(limits: RoomLimits, past: Past) {
    this.#limits = limits;
    this.#past = past;
    this.#hourly = new Quota(() => limits.newRoomsPerHour);
  }

  /** All that is counted. */
  get dump(): SharesDump {
    return {
      hourly: this.#hourly.dump,
      open: [...this.#open],
      fresh: [...this.#new],
      old: this.#old,
    };
  }

  /** Counts what was counted, in the place of what is. */
  load({ hourly, open, fresh, old }: SharesDump): void {
    this.#hourly.load(hourly);
    this.#open.clear();
    for (const [opener, rooms] of open) this.#open.set(opener, rooms);
    this.#new.clear();
    for (const key of fresh) this.#new.add(key);
    this.#old = old;
  }

  /** Throws a {@linkcode Refusal} (`room-limit`) when `opener` may not open the room now. */
  check(named: Named, opener: string | undefined, now: number): void {
    this.#checkPlaces(named);
    if (opener !== undefined) this.#checkShare(named, opener, now);
  }

  /** A room that has been there before is its people's, so new ones don't take its place. */
  #checkPlaces({ key, name }: Named): void {
    const isNew = !this.#past.has(roomLog(key));
    const count = this.#old + (isNew ? this.#new.size : 0);
    if (count >= this.#limits.rooms) {
      throw new Refusal(
        "room-limit",
        `${name} can't be opened: the server has ${count} rooms, which is its limit`,
      );
    }
    if (!isNew) return;
    const spare = this.#past.spareRooms();
    // Each of the others may have something said in it too.
    if (spare > this.#new.size) return;
    const unkept = [...this.#new].filter((other) => !this.#past.has(roomLog(other))).length;
    if (spare > unkept) return;
    throw new Refusal(
      "room-limit",
      `${name} can't be opened: the server keeps as many rooms as it can; its operator can remove some`,
    );
  }

  #checkShare({ key, name }: Named, opener: string, now: number): void {
    const { roomsPerAddress, keptRoomsPerAddress, newRoomsPerHour } = this.#limits;
    const open = this.#open.get(opener) ?? 0;
    const whose = opener.startsWith("account ") ? "Your account" : "Your address";
    const refuse = (why: string, waitMs?: number): never => {
      throw new Refusal("room-limit", `${name} can't be opened: ${why}`, waitMs);
    };
    if (open >= roomsPerAddress) {
      refuse(`${whose.toLowerCase()} has ${open} rooms open, which is the limit; leave some first`);
    }
    if (this.#past.has(roomLog(key))) return;
    const kept = this.#past.keptBy(opener);
    if (kept >= keptRoomsPerAddress) {
      refuse(
        `${whose.toLowerCase()} has opened ${kept} rooms that are kept, which is the limit; ` +
          "the operator can remove some",
      );
    }
    const waitMs = this.#hourly.waitMs(opener, now);
    if (waitMs === 0) return;
    const why = `${whose.toLowerCase()} has opened ${newRoomsPerHour} new rooms within an hour, ` +
      "which is the limit";
    refuse(againText(why, waitMs), Math.ceil(waitMs));
  }

  /** Counts a room that was opened after a {@linkcode check}. */
  opened(key: string, opener: string | undefined, now: number): void {
    const isNew = key !== DEFAULT_ROOM && !this.#past.has(roomLog(key));
    if (isNew) this.#new.add(key);
    else this.#old++;
    if (opener === undefined) return;
    this.#open.set(opener, (this.#open.get(opener) ?? 0) + 1);
    if (isNew) this.#hourly.count(opener, now);
  }

  /** Counts a new room that is on record before anybody is in it. */
  recorded(opener: string | undefined, now: number): void {
    if (opener !== undefined) this.#hourly.count(opener, now);
  }

  /** Counts a room that was closed. */
  closed(key: string, opener: string | undefined): void {
    if (!this.#new.delete(key)) this.#old--;
    if (opener === undefined) return;
    const open = (this.#open.get(opener) ?? 0) - 1;
    if (open > 0) this.#open.set(opener, open);
    else this.#open.delete(opener);
  }

  /** Forgets what is over. Call it now and then. */
  expire(now: number): void {
    this.#hourly.expire(now);
  }
}
