// @ts-check
/// <reference lib="dom" />
/**
 * Finds the way: the address of the page tells where one is, Back and Forward go where one was, and
 * where in a room's past one was reading is kept while one is elsewhere.
 */

import { addressIn, fragmentOf } from "./place.js";
import { sameName } from "../../words/names.js";

/** @import { Chat } from "./chat.js" */
/** @import { MessageList } from "./list.js" */
/** @import { Address, Place } from "./place.js" */

/** What an entry of the browser's history has that was made here, and not by a link. */
const OURS = "chatroom";

export class Travel {
  #list;
  #chat;
  #paint;
  #reading;
  /** Whether somebody has been somewhere yet. */
  #began = false;
  #going = false;
  /** Where the address led when the page came, until one can go there. @type {Address | undefined} */
  #expected;

  /**
   * @param {MessageList} list
   * @param {object} actions
   * @param {() => Chat | undefined} actions.chat
   * @param {() => void} actions.paint now
   * @param {() => void} actions.update soon
   */
  constructor(list, { chat, paint, update }) {
    this.#list = list;
    this.#chat = chat;
    this.#paint = paint;
    const bring = (/** @type {Place} */ place, /** @type {number} */ seq) =>
      chat()?.around(place, seq) ?? Promise.resolve(false);
    this.#reading = new ReadingPlace(list, bring, update);
    globalThis.addEventListener("popstate", async (event) => {
      const { state } = /** @type {PopStateEvent} */ (event);
      const address = addressIn(location.hash);
      if (address === undefined) return;
      this.#going = true;
      // A room that one has left is not entered again by going back.
      await this.go(address, state !== OURS);
      this.#going = false;
      update();
    });
  }

  /** Makes the address that of the place that is shown. @param {Place | undefined} place */
  arrive(place) {
    if (this.#going || this.#expected !== undefined) return;
    const address = addressIn(location.hash);
    const isSame = place === undefined
      ? location.hash === ""
      : address?.kind === place.kind && sameName(address.name, place.name);
    if (!isSame) {
      const fragment = place === undefined ? "#" : fragmentOf(place);
      if (this.#began) history.pushState(OURS, "", fragment);
      else history.replaceState(OURS, "", fragment);
    }
    this.#began = true;
  }

  /** Takes note of where the address leads, before what was shown last is in its place. */
  expect() {
    this.#expected = addressIn(location.hash);
  }

  /** Goes nowhere any more: somebody has chosen another place, or it can't be had. */
  forget() {
    this.#expected = undefined;
  }

  /** Goes where the address led. */
  async goOn() {
    const address = this.#expected;
    if (address === undefined) return;
    try {
      await this.go(address);
    } finally {
      this.#expected = undefined;
    }
  }

  /**
   * Goes where an address leads.
   * @param {Address} address
   * @param {boolean} [enters] also into a room that one is not in
   */
  async go({ kind, name, seq }, enters = true) {
    const chat = this.#chat();
    if (chat === undefined) return;
    if (kind === "direct") return chat.converse(name);
    if (!enters && chat.store.room(name) === undefined) return;
    await chat.enter(name);
    if (seq !== undefined && chat.store.room(name) !== undefined) await this.showMessage(name, seq);
  }

  /** @param {string} room @param {number} seq */
  async showMessage(room, seq) {
    const chat = this.#chat();
    const found = await chat?.showMessage(room, seq);
    const place = chat?.store.active;
    if (place?.kind !== "room") return;
    place.reading = undefined;
    if (!found) {
      this.#paint();
      return this.#list.toEnd();
    }
    this.#list.stay();
    this.#paint();
    this.#list.reveal(rowKey(place.timeline, seq));
  }

  /**
   * Goes back to where one was reading in the place that is shown.
   * @param {Place} place @param {boolean} online
   */
  find(place, online) {
    void this.#reading.find(place, online);
  }

  /** @param {Place} place where something else has come in sight */
  note(place) {
    this.#reading.note(place);
  }
}

/**
 * @param {Place["timeline"]} timeline
 * @param {number} seq
 * @returns {string} the key of the row
 */
function rowKey({ era }, seq) {
  return `${era}.${seq}.0`;
}

class ReadingPlace {
  #list;
  #bring;
  /** The place in which we are where we were. @type {Place | undefined} */
  #settled;
  #changed;
  #busy = false;

  /**
   * @param {MessageList} list
   * @param {(place: Place, seq: number) => Promise<boolean>} bring asks for what is not here
   * @param {() => void} changed
   */
  constructor(list, bring, changed) {
    this.#list = list;
    this.#bring = bring;
    this.#changed = changed;
  }

  /** Notes where one is, when what is in sight has changed. @param {Place} place */
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
