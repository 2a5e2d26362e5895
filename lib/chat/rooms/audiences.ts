/** The audience of each open room. */

import { DEFAULT_ROOM } from "../../wire/names.ts";
import type { Session } from "../sessions/session.ts";
import { Audience, type Pace, Traces } from "./audience.ts";
import type { RoomState } from "./room_state.ts";

/** Audiences by their rooms' keys. Each is opened and closed with its room, see tell.ts. */
export class Audiences {
  readonly #pace: Pace;
  readonly #traces = new Traces();
  readonly #open = new Map<string, Audience>();

  /** Rooms that are `open` already have an audience, to which nobody listens yet. */
  constructor(pace: Pace, open: Iterable<Pick<RoomState, "key">> = [{ key: DEFAULT_ROOM }]) {
    this.#pace = pace;
    for (const { key } of open) this.open(key);
  }

  /** The audience of the room with that key; `undefined` where the room is not open. */
  of(room: string): Audience | undefined {
    return this.#open.get(room);
  }

  /** A room has been opened, and nobody listens to it yet. */
  open(room: string): void {
    this.#open.set(room, new Audience(this.#pace, this.#traces));
  }

  /** A room has been closed: nobody was left in it. */
  close(room: string): void {
    this.#open.delete(room);
  }

  /** `session` no longer hears its rooms, though it is still in them. */
  unlisten(session: Session): void {
    for (const room of session.rooms) this.of(room)?.unlisten(session);
  }

  /** Sends out what `session` did so far, in all rooms, so that what it does next comes after it. */
  flush(session: Session): void {
    this.#traces.flush(session);
  }
}
