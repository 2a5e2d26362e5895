// @ts-check
/** Asks who is in a room, and what it is about, when it is looked at. It comes with the commands. */

/** @import { PageConnection } from "./connection.js" */
/** @import { Place } from "./place.js" */
/** @import { Store } from "./store.js" */

export class RoomDetails {
  #store;
  #connection;
  #changed;
  /** The rooms of which it is known since the connection began. @type {Set<Place>} */
  #known = new Set();

  /** @param {Store} store @param {PageConnection} connection @param {() => void} changed */
  constructor(store, connection, changed) {
    this.#store = store;
    this.#connection = connection;
    this.#changed = changed;
  }

  /** A new connection knows nothing of what came to be meanwhile. */
  forget() {
    this.#known.clear();
  }

  look() {
    const place = this.#store.active;
    if (place?.kind !== "room" || !this.#connection.online || this.#known.has(place)) return;
    this.#known.add(place);
    for (const type of /** @type {const} */ (["who", "topic"])) {
      this.#connection.ask({ type, room: place.name }).then((event) => {
        this.#store.take(event);
        this.#changed();
      }, () => this.#known.delete(place));
    }
  }
}
