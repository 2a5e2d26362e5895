/** Who is there and who comes and goes, as far as the person at the terminal wants to know it. */

import { whyLeft } from "../../words/commands/rooms.js";
import { nameKey } from "../../words/names.js";
import type { EventOf } from "../../wire/events.ts";
import type { Preferences } from "./preferences.ts";
import { Presence } from "./presence.ts";
import { Recent } from "./recent.ts";
import type { Rooms } from "./rooms.ts";

/** The most names that are kept for Tab. */
const MAX_NAMES = 1_000;

/** The people in our rooms. */
export class People {
  readonly #rooms: Rooms;
  readonly #preferences: Preferences;
  readonly #presence = new Presence();
  readonly #names = new Recent(MAX_NAMES);
  #lastDirect: string | undefined;

  constructor(rooms: Rooms, preferences: Preferences) {
    this.#rooms = rooms;
    this.#preferences = preferences;
  }

  /** Who last wrote to us alone, by the name that they have now. */
  get lastDirect(): string | undefined {
    return this.#lastDirect;
  }

  /** Names, last spoken first. */
  get names(): string[] {
    return this.#names.list();
  }

  /** Who came and who went since this was asked last, in sentences. */
  takePresence(): string[] {
    return this.#presence.flush();
  }

  get presencePending(): boolean {
    return this.#presence.pending;
  }

  spoke(name: string): void {
    this.#names.use(name);
  }

  /** Somebody wrote to us alone. */
  wrote(name: string): void {
    this.spoke(name);
    this.#lastDirect = name;
  }

  renamed(from: string, to: string): void {
    if (nameKey(from) === nameKey(this.#lastDirect ?? "")) this.#lastDirect = to;
    this.#names.rename(from, to);
  }

  listed({ room: place, members, total }: EventOf<"members">): void {
    members.forEach((name) => this.#names.seen(name));
    const room = this.#rooms.get(place);
    if (room !== undefined) room.members = total;
  }

  /** Somebody else came or went. */
  moved(event: EventOf<"joined"> | EventOf<"left">): void {
    const { type: way, room: place, name } = event;
    if (way === "joined") this.#names.seen(name);
    else this.#names.delete(name);
    const room = this.#rooms.get(place);
    const tells = this.#preferences.tellsPresence(room?.members ?? 0);
    if (room !== undefined) room.members = Math.max(1, room.members + (way === "joined" ? 1 : -1));
    if (!tells || this.#preferences.mutes(place) || this.#preferences.ignores(name)) return;
    this.#presence.note({
      room: place,
      name,
      way,
      reason: event.type === "left" ? whyLeft(event) : "",
      isForced: event.type === "left" && event.by !== undefined,
    });
  }
}
