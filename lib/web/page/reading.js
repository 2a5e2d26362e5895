// @ts-check
/// <reference lib="dom" />
/** Where in a room's past one is reading: kept while one is elsewhere, and found again. */

/** @typedef {import("./place.js").Place} Place */
/**
 * @param {Place["timeline"]} timeline
 * @param {number} seq
 * @returns {string} the key of the row
 */
export function rowKey({ era }, seq) {
  return `${era}.${seq}.0`;
}

export class ReadingPlace {
  #list;
  #bring;
  /** The place in which we are where we were. @type {Place | undefined} */
  #settled;
  #changed;
  #busy = false;

  /**
   * @param {import("./list.js").MessageList} list
   * @param {(place: Place, seq: number) => Promise<boolean>} bring asks for what is not here
   * @param {() => void} changed
   */
  constructor(list, bring, changed) {
    this.#list = list;
    this.#bring = bring;
    this.#changed = changed;
  }

  /**
   * Notes where one is, when what is in sight has changed.
   * @param {Place} place
   */
  note(place) {
    if (place !== this.#settled) return;
    const { key, offset } = this.#list.first ?? { key: "", offset: 0 };
    const seq = Number(key.split(".")[1]);
    const isPast = !this.#list.follows || !place.timeline.atEnd;
    place.reading = isPast && seq > 0 ? { seq, offset } : undefined;
  }

  /**
   * Goes back to where one was, as soon as that is here.
   * @param {Place} place which is shown
   * @param {boolean} online
   */
  async find(place, online) {
    if (place === this.#settled || this.#busy) return;
    const { reading } = place;
    if (
      reading === undefined || this.#list.put(rowKey(place.timeline, reading.seq), reading.offset)
    ) {
      this.#settled = place;
      return;
    }
    if (!online) return;
    this.#busy = true;
    if (!await this.#bring(place, reading.seq)) place.reading = undefined;
    this.#busy = false;
    this.#changed();
  }
}
