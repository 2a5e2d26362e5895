/**
 * Where the view begins: where its person was when they left it on this machine, which is kept there, as is which
 * conversations they have closed. Does no IO itself.
 */

import { sameName } from "../../words/names.js";
import type { EventOf } from "../../wire/events.ts";
import type { KeptPlaces } from "../kept_places.ts";
import type { Known } from "../terminal/known.ts";

export class Whereabouts {
  readonly #known: Known;
  readonly #kept: KeptPlaces | undefined;

  /** Without `kept` nothing is. */
  constructor(known: Known, kept: KeptPlaces | undefined) {
    [this.#known, this.#kept] = [known, kept];
    known.conversations.onClosed = (chat, last) => {
      if (known.isListed) kept?.close(known.name, chat, last);
    };
  }

  /** The person comes in; returns whether they look already at somewhere else than where the server says. */
  begins({ room: first, last }: EventOf<"ready">): boolean {
    const { rooms, conversations, stream, name } = this.#known;
    this.takeClosed(name);
    const { room = "", chat = "" } = this.#kept?.left(name) ?? {};
    const place = conversations.place(chat) ?? rooms.get(room)?.name;
    if (place === undefined || sameName(place, first)) return false;
    // Of where the server begins, all follows that it has announced.
    if (last !== undefined) stream.entered(first, last);
    if (rooms.get(place) === undefined) {
      Object.assign(rooms.join(place), { unseen: true, ...conversations.standing(chat) });
    }
    stream.recall(place, rooms.enter(place).unread);
    return true;
  }

  /** What was closed under this name on this machine stays so. */
  takeClosed(name: string): void {
    const { conversations } = this.#known;
    for (const [chat, last] of this.#kept?.closed(name) ?? []) conversations.closed(chat, last);
  }

  /** The view is left: the next one begins here, where the server keeps what is ours. */
  leave(): void {
    const { rooms, isListed, name, logOf } = this.#known;
    const log = rooms.get(rooms.current) && logOf(rooms.current);
    if (isListed && log !== undefined) this.#kept?.leave(name, log);
  }
}
