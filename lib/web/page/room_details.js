// @ts-check
/** Asks for what is not told of a room unasked, once one looks at it: who is there, and the topic. */

/** @typedef {import("./place.js").Place} Place */

export class RoomDetails {
  #store;
  #connection;
  #changed;
  /** The rooms of which it is known since the connection began. @type {Set<Place>} */
  #known = new Set();

  /**
   * @param {import("./store.js").Store} store
   * @param {import("./connection.js").PageConnection} connection
   * @param {() => void} changed
   */
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
