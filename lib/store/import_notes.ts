/** Notes on what an import has changed, and what nobody could say on a server of this version. */

import type { DatabaseSync } from "node:sqlite";
import { alike } from "../chat/names/check_name.ts";
import { RoomNames } from "../chat/rooms/room_names.ts";
import { nameKey } from "../words/names.js";
import { ROOM } from "./columns.ts";
import type { Line } from "./import_line.ts";
import { someOf } from "./rooms.ts";

/**
 * Collects notes about a file. Exports of earlier versions may have texts, rooms and names that nobody
 * could use now. They are imported nevertheless.
 */
export class ImportNotes {
  readonly #rooms: RoomNames;
  readonly #addressOf: (text: string) => string | undefined;
  readonly #alike: string[] = [];
  readonly #addresses: string[] = [];
  #changed = 0;
  #blank = 0;
  #fileless = 0;
  #aboutNothing = 0;
  #reasons = 0;
  readonly #refused: string[] = [];

  /** Reads from `db` the rooms that exist before the import. */
  constructor(db: DatabaseSync, addressOf: (text: string) => string | undefined = () => undefined) {
    const rows = db.prepare("SELECT name, key FROM room WHERE kind = ? ORDER BY id").all(ROOM);
    const rooms = rows.map(({ name, key }) => ({ name: String(name), key: String(key) }));
    this.#rooms = new RoomNames(() => true, rooms);
    this.#addressOf = addressOf;
  }

  /** To be called for each message. One with an empty text is left out. */
  line({ text, isChanged }: Line): void {
    if (text === "") this.#blank++;
    else if (isChanged) this.#changed++;
  }

  /** To be called for each message whose file is left out. */
  withoutFile(): void {
    this.#fileless++;
  }

  /** To be called for what was done about a message that is not there. */
  withoutMessage(): void {
    this.#aboutNothing++;
  }

  /** To be called for what was done about a message and is refused, with its place, such as `Line 3`, and the code. */
  refused(place: string, code: string): void {
    this.#refused.push(`${place.charAt(0).toLowerCase()}${place.slice(1)} (${code})`);
  }

  /** To be called for a removal whose reason is left out. */
  withoutReason(): void {
    this.#reasons++;
  }

  /** To be called for each new room. */
  room(name: string, key: string): void {
    const other = this.#rooms.find(name, key);
    if (other !== undefined) this.#alike.push(alike(name, other.name));
    this.#rooms.add({ name, key });
  }

  /** To be called once for each name of a sender. */
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
      ...this.#fileless === 0 ? [] : [
        `Messages that were stored without the files that they had brought: ${this.#fileless}`,
      ],
      ...this.#aboutNothing === 0 ? [] : [
        `Left out, since they are about messages that are not there: ${this.#aboutNothing}`,
      ],
      ...this.#refused.length === 0 ? [] : [
        `Left out, since a server would have refused it: ${someOf(this.#refused)}`,
      ],
      ...this.#reasons === 0 ? [] : [
        `Removals without their reasons, which are no line of at most 200 characters: ${this.#reasons}`,
      ],
      ...this.#alike.length === 0 ? [] : [
        `Rooms that look like others, which nobody can open now: ${someOf(this.#alike)}`,
      ],
      ...this.#addresses.length === 0 ? [] : [
        `Names that are addresses, which nobody can take now: ${someOf(this.#addresses)}`,
      ],
    ];
  }
}
