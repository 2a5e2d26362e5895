// @ts-check
/// <reference lib="dom" />
/** The bar above the messages that has what is pinned to a room: the last of it, and the way to the rest. */

import { button, h } from "../dom.js";
import { el, setText } from "../head.js";
import { quoteText } from "../../../words/fold.js";
import { inertLine } from "../../../words/inert.js";
import { RequestFault } from "../request_fault.js";
import { takePins } from "./take_pins.js";

/** @import { Chat } from "../chat.js" */
/** @import { Place } from "../place.js" */

export class PinsBar {
  #text = h("bdi");
  #all;
  #bar;
  /** The message that the bar leads to. */
  #seq = 0;
  /** Places whose pins are asked for, or can't be had. @type {WeakSet<Place>} */
  #asked = new WeakSet();
  #changed;

  /**
   * @param {object} actions
   * @param {(seq: number) => void} actions.go
   * @param {() => void} actions.all shows all of them
   * @param {() => void} actions.changed they have come
   */
  constructor({ go, all, changed }) {
    this.#changed = changed;
    this.#all = button({ class: "quiet", "aria-haspopup": "dialog", onclick: all });
    const sign = h("span", { "aria-hidden": "true" }, "📌 ");
    const told = h("span", { class: "unseen" }, "Go to what is pinned: ");
    const last = button(
      { class: "pinned-last", onclick: () => go(this.#seq) },
      sign,
      told,
      this.#text,
    );
    this.#bar = h(
      "div",
      { id: "pins", role: "region", "aria-label": "Pinned", hidden: true },
      last,
      this.#all,
    );
    el.scroller.before(this.#bar);
  }

  /** @param {Place | undefined} place which is shown @param {Chat} chat */
  paint(place, chat) {
    const pins = place?.kind === "room" ? place.pins ?? [] : [];
    const last = pins.at(-1);
    if (last === undefined && this.#bar.contains(document.activeElement)) el.scroller.focus();
    this.#bar.hidden = last === undefined;
    if (last !== undefined) {
      this.#seq = last.seq;
      setText(this.#text, `${inertLine(last.from)}: ${inertLine(quoteText(last.text))}`);
      setText(this.#all, pins.length === 1 ? "Show" : `All ${pins.length}`);
      const what = pins.length === 1 ? "what is" : `all ${pins.length} that are`;
      this.#all.setAttribute("aria-label", `Show ${what} pinned here`);
    }
    if (place?.kind === "room" && place.pins === undefined && chat.online) {
      void this.#ask(place, chat);
    }
  }

  /** @param {Place} place @param {Chat} chat */
  async #ask(place, chat) {
    if (this.#asked.has(place)) return;
    this.#asked.add(place);
    try {
      const event = await chat.link.ask({ type: "pins", room: place.name });
      if (event.type === "page") takePins(place, event);
    } catch (error) {
      if (!(error instanceof RequestFault)) throw error;
      if (error.code !== "offline") place.pins = [];
    }
    this.#asked.delete(place);
    this.#changed();
  }
}
