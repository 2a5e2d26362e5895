/**
 * Who is there, and who comes and goes, as far as the person at the terminal wants to know. Several in a
 * row who do the same become one sentence.
 */

import { whyLeft } from "../../words/commands/rooms.js";
import { nameKey } from "../../words/names.js";
import type { EventOf } from "../../wire/events.ts";
import type { Preferences } from "./preferences.ts";
import { Recent } from "./recent.ts";
import type { Rooms } from "./rooms.ts";

/** The most names that are kept for Tab. */
const MAX_NAMES = 1_000;

/** Names in a sentence; the others are counted. */
const MAX_NAMED = 3;

/** What somebody did in one room. */
interface Change {
  readonly room: string;
  readonly name: string;
  readonly way: "joined" | "left";
  readonly reason: string;
}

/** What somebody did, in all rooms together. */
interface Move extends Omit<Change, "room"> {
  readonly rooms: readonly string[];
}

/** The people in our rooms. */
export class RoomPeople {
  readonly #rooms: Rooms;
  readonly #preferences: Preferences;
  readonly #names = new Recent(MAX_NAMES);
  /** The keys of those who are in a room with us. Scripts that say something without joining are not. */
  readonly #here = new Set<string>();
  /** Who came and who went since it was last told. Those who did both are not told, unless by force. */
  readonly #changes = new Map<string, Change>();
  #lastDirect: string | undefined;

  constructor(rooms: Rooms, preferences: Preferences) {
    this.#rooms = rooms;
    this.#preferences = preferences;
  }

  /** The person who last wrote to us alone, by their name of now. */
  get lastDirect(): string | undefined {
    return this.#lastDirect;
  }

  /** Names, first those of the `speakers` in their order, then the last to speak; all who are here before others. */
  inOrder(speakers: readonly string[]): string[] {
    const keys = [...new Set(speakers.map(nameKey))];
    const ranks = new Map(keys.map((key, n) => [key, n]));
    const rank = (name: string): number => ranks.get(nameKey(name)) ?? keys.length;
    const { here = [], away = [] } = Object.groupBy(
      this.#names.list().sort((a, b) => rank(a) - rank(b)),
      (name) => this.#here.has(nameKey(name)) ? "here" : "away",
    );
    return [...here, ...away];
  }

  /** Whether there are comings and goings to tell. */
  get presencePending(): boolean {
    return this.#changes.size > 0;
  }

  /**
   * Takes the sentences about them: one a person, and one for all who did the same. With `room` only those of
   * that room, and the others are not told.
   */
  takePresence(room?: string): string[] {
    // Each message of a flood comes by here.
    if (this.#changes.size === 0) return [];
    const byPerson = Map.groupBy(
      [...this.#changes.values()].filter((change) =>
        room === undefined || nameKey(change.room) === nameKey(room)
      ),
      ({ name, way }) => `${way} ${nameKey(name)}`,
    );
    this.#changes.clear();
    const moves = [...byPerson.values()].map(moveOf);
    const alike = Map.groupBy(moves, ({ way, rooms }) => `${way} ${rooms.map(nameKey).join(" ")}`);
    return [...alike.values()].map(sentence);
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
    if (this.#here.delete(nameKey(from))) this.#here.add(nameKey(to));
  }

  listed({ room: place, members, total }: EventOf<"members">): void {
    members.forEach((name) => this.#come(name));
    const room = this.#rooms.get(place);
    if (room !== undefined) room.members = total;
  }

  /** Somebody else came or went. */
  moved(event: EventOf<"joined"> | EventOf<"left">): void {
    const { type: way, room: place, name } = event;
    if (way === "joined") this.#come(name);
    else {
      this.#names.delete(name);
      this.#here.delete(nameKey(name));
    }
    const room = this.#rooms.get(place);
    const tells = this.#preferences.tellsPresence(room?.members ?? 0);
    if (room !== undefined) room.members = Math.max(1, room.members + (way === "joined" ? 1 : -1));
    if (
      room?.unseen || !tells || this.#preferences.mutes(place) || this.#preferences.ignores(name)
    ) return;
    const reason = event.type === "left" ? whyLeft(event) : "";
    const isForced = event.type === "left" && event.by !== undefined;
    this.#note({ room: place, name, way, reason }, isForced);
  }

  #come(name: string): void {
    this.#names.seen(name);
    if (this.#here.size < MAX_NAMES) this.#here.add(nameKey(name));
  }

  #note(change: Change, isForced: boolean): void {
    const key = `${nameKey(change.room)} ${nameKey(change.name)}`;
    const before = this.#changes.get(key);
    if (isForced) {
      this.#changes.delete(key);
      this.#changes.set(`${key} forced`, change);
    } else if (before === undefined) this.#changes.set(key, change);
    else if (before.way !== change.way) this.#changes.delete(key);
  }
}

function moveOf(changes: readonly Change[]): Move {
  return { ...changes[0] as Change, rooms: changes.map(({ room }) => room) };
}

function sentence(moves: readonly Move[]): string {
  const first = moves[0] as Move;
  const reason = moves.length === 1 && first.reason !== "" ? ` (${first.reason})` : "";
  const names = listOf(moves.map(({ name }) => name), "others");
  return `${names} ${first.way} ${listOf(first.rooms, "rooms")}${reason}.`;
}

/** The first of `names`, and how many `others` there are. */
function listOf(names: readonly string[], others: string): string {
  const shown = names.length > MAX_NAMED ? names.slice(0, MAX_NAMED - 1) : names;
  const rest = names.length - shown.length;
  const parts = rest > 0
    ? [...shown, others === "others" ? `${rest} others` : `${rest} other ${others}`]
    : shown;
  const last = parts.at(-1) ?? "";
  return parts.length === 1 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
}
