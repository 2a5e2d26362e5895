// @ts-check
/// <reference lib="dom" />
/**
 * Finds the way: the address of the page tells where one is, Back and Forward go where one was, and
 * where in a room's past one was reading is kept while one is elsewhere.
 */

import { addressIn, fragmentOf, leadsTo, missingText, placeAddress, tokenIn } from "./place.js";
import { itemKey } from "./item.js";
import { RequestFault } from "./request_fault.js";

/** @import { Chat } from "./chat.js" */
/** @import { Drawers } from "./drawers.js" */
/** @import { MessageList } from "./list.js" */
/** @import { Address, Place } from "./place.js" */

/** What an entry of the browser's history has that was made here, and not by a link. */
const OURS = "chatroom";

export class Travel {
  #list;
  #chat;
  #paint;
  #update;
  /** Whether somebody has been somewhere yet. */
  #began = false;
  /** How many ways are being gone that the address shows already. */
  #going = 0;
  /** Where the address leads, until one can go there. @type {Address | undefined} */
  #expected;
  /** The place in which we are where we were. @type {Place | undefined} */
  #settled;
  #isFinding = false;
  /** How many messages are being sought: what is in sight meanwhile is not looked at. */
  #seeks = 0;

  /**
   * @param {MessageList} list
   * @param {Pick<Drawers, "open" | "close">} drawers
   * @param {object} actions
   * @param {() => Chat | undefined} actions.chat
   * @param {() => void} actions.paint now
   * @param {() => void} actions.update soon
   */
  constructor(list, drawers, { chat, paint, update }) {
    this.#list = list;
    this.#chat = chat;
    this.#paint = paint;
    this.#update = update;
    globalThis.addEventListener("popstate", async (event) => {
      const { state } = /** @type {PopStateEvent} */ (event);
      // Nobody is here any more whose way that was.
      if (state === OURS && chat() === undefined) return this.leave();
      const place = chat()?.store.active;
      // Back closes what lies over the conversation, as it does everywhere on a phone.
      if (state === OURS && place !== undefined && drawers.open) {
        drawers.close();
        return history.pushState(OURS, "", fragmentOf(placeAddress(place)));
      }
      const address = addressIn(location.hash);
      if (address === undefined) return;
      // A room that one has left is not entered again by going back.
      const enters = state !== OURS;
      if (enters && !this.#isNear(address)) this.#expected = address;
      else await this.#follow(address, enters);
      update();
    });
  }

  /** Whether one can go somewhere now: what is not on the page has to be asked for. @param {Address} address */
  #isNear(address) {
    const chat = this.#chat();
    if (chat === undefined || chat.online) return true;
    return address.seq === undefined && chat.store.places.some((place) => leadsTo(address, place));
  }

  /** @param {Address} address which the page has @param {boolean} enters */
  async #follow(address, enters) {
    this.#going++;
    try {
      await this.go(address, enters);
    } finally {
      this.#going--;
    }
  }

  /** Makes the address that of the place that is shown. @param {Place | undefined} place */
  arrive(place) {
    if (this.#going > 0 || this.#expected !== undefined) return;
    // The invitation there has let nobody in yet.
    if (tokenIn(location.hash) !== "") return;
    const address = addressIn(location.hash);
    const isSame = place === undefined
      ? location.hash === ""
      : address !== undefined && leadsTo(address, place);
    if (!isSame) {
      const fragment = place === undefined ? "#" : fragmentOf(placeAddress(place));
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

  /** Leaves: whoever comes next is not led where somebody was who has signed out. */
  leave() {
    this.#expected = this.#settled = undefined;
    this.#began = false;
    this.#list.show("", [], "");
    history.replaceState(OURS, "", "#");
  }

  /** The server has let us in: the invitation has done what it was for. @param {string} token */
  useUp(token) {
    // Another one, that has come meanwhile, has not.
    if (token !== "" && tokenIn(location.hash) === token) history.replaceState(OURS, "", "#");
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
  async go(address, enters = true) {
    const chat = this.#chat();
    if (chat === undefined) return;
    const { kind, name, seq } = address;
    if (kind === "direct") {
      const known = chat.store.places.find((place) => leadsTo(address, place));
      if (known !== undefined) return chat.show(known.key);
      return address.chat === undefined ? await chat.meet(name) : undefined;
    }
    const isIn = chat.store.room(name) !== undefined;
    if (!enters && !isIn) return;
    // A link to a message makes no room.
    if (seq !== undefined && !isIn && !await isThere(chat, name)) return;
    if (seq === undefined || !isIn) await chat.enter(name);
    if (seq !== undefined) await this.showMessage(chat.store.room(name), seq);
  }

  /**
   * Shows one message and what was said around it.
   * @param {Place | undefined} place @param {number} seq
   */
  async showMessage(place, seq) {
    const chat = this.#chat();
    if (place === undefined || chat === undefined) return;
    const { held } = place;
    chat.show(place.key);
    // Whoever is led to a message has not come to read the rest.
    place.held = held;
    place.led = "near";
    this.#seeks++;
    try {
      await this.#reveal(chat, place, seq);
    } finally {
      this.#seeks--;
      this.#update();
    }
  }

  /** @param {Chat} chat @param {Place} place @param {number} seq */
  async #reveal(chat, place, seq) {
    const found = await chat.pager.around(place, seq);
    place.reading = undefined;
    if (!found) {
      // What is told stands at the end.
      await chat.pager.toEnd(place);
      chat.complain(missingText(place, seq));
      this.#paint();
      return this.#list.toEnd();
    }
    place.sought = seq;
    this.#list.stay();
    this.#paint();
    this.#list.reveal(rowKey(place, seq));
  }

  /**
   * Goes back to where one was reading, as soon as that is here.
   * @param {Place} place which is shown
   * @param {boolean} online
   */
  async find(place, online) {
    if (place === this.#settled || this.#isFinding) return;
    const { reading } = place;
    if (reading === undefined || this.#list.put(rowKey(place, reading.seq), reading.offset)) {
      this.#settled = place;
      return;
    }
    if (!online) return;
    this.#isFinding = true;
    if (!await this.#chat()?.pager.around(place, reading.seq)) place.reading = undefined;
    this.#isFinding = false;
    this.#update();
  }

  /** Whether one is where one was, or wants to be. @param {Place} place */
  hasFound(place) {
    return place === this.#settled && this.#seeks === 0 && this.#expected === undefined;
  }

  /** Notes where one is, when what is in sight has changed. @param {Place} place */
  note(place) {
    if (place !== this.#settled) return;
    const { key, offset } = this.#list.first ?? { key: "", offset: 0 };
    const seq = Number(key.split(".")[1]);
    const isPast = !this.#list.follows || !place.timeline.atEnd;
    place.reading = isPast && seq > 0 ? { seq, offset } : undefined;
  }
}

/** Whether there is a room that we may enter; where there is none, that is told. @type {(chat: Chat, room: string) => Promise<boolean>} */
async function isThere(chat, room) {
  try {
    await chat.ask({ type: "room", room });
    return true;
  } catch (error) {
    if (!(error instanceof RequestFault)) throw error;
    const isNone = error.code === "no-such-room";
    // Which of the two, nobody learns.
    chat.complain(isNone ? `There is no room ${room}, or none that you may enter` : error.message);
    return false;
  }
}

/** The key of a message's row. @type {(place: Place, seq: number) => string} */
function rowKey({ timeline: { era } }, seq) {
  return itemKey({ era, seq, sub: 0 });
}
