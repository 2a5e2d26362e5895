/**
 * What an import tells of a file that holds what nobody could say now. Exports of earlier versions do,
 * and are not to be lost for it.
 */

import type { DatabaseSync } from "node:sqlite";
import { alike } from "../chat/names/check_name.ts";
import { RoomNames } from "../chat/rooms/room_names.ts";
import { nameKey } from "../words/names.js";
import { ROOM } from "./columns.ts";
import type { Line } from "./import_line.ts";

/** Names that are told at most. */
const MOST_TOLD = 20;

/** Gathers it. */
export class ImportNotes {
  readonly #rooms: RoomNames;
  readonly #addressOf: (text: string) => string | undefined;
  readonly #alike: string[] = [];
  readonly #addresses: string[] = [];
  #changed = 0;
  #blank = 0;

  /** `db` has the rooms that were there before. */
  constructor(db: DatabaseSync, addressOf: (text: string) => string | undefined = () => undefined) {
    const rows = db.prepare("SELECT name, key FROM room WHERE kind = ? ORDER BY id").all(ROOM);
    const rooms = rows.map(({ name, key }) => ({ name: String(name), key: String(key) }));
    this.#rooms = new RoomNames(() => true, rooms);
    this.#addressOf = addressOf;
  }

  /** A message is stored, or left out where nothing is left of its text. */
  line({ text, isChanged }: Line): void {
    if (text === "") this.#blank++;
    else if (isChanged) this.#changed++;
  }

  /** A room is new. */
  room(name: string, key: string): void {
    const other = this.#rooms.find(name, key);
    if (other !== undefined) this.#alike.push(alike(name, other.name));
    this.#rooms.add({ name, key });
  }

  /** Somebody has said something. */
  name(name: string): void {
    if (this.#addressOf(nameKey(name)) !== undefined) this.#addresses.push(name);
  }

  get sentences(): string[] {
    return [
      ...this.#changed === 0 ? [] : [
        `Stored without blank lines at the end and with LF for CR LF, as texts are kept: ${this.#changed}`,
      ],
      ...this.#blank === 0 ? [] : [
        `Left out, since their texts are blank lines and nothing else: ${this.#blank}`,
      ],
      ...this.#alike.length === 0 ? [] : [
        `Rooms that look like others, which nobody can open now: ${some(this.#alike)}`,
      ],
      ...this.#addresses.length === 0 ? [] : [
        `Names that are addresses, which nobody can take now: ${some(this.#addresses)}`,
      ],
    ];
  }
}

function some(all: readonly string[]): string {
  const more = all.length > MOST_TOLD ? ` and ${all.length - MOST_TOLD} more` : "";
  return `${all.slice(0, MOST_TOLD).join(", ")}${more}`;
}
