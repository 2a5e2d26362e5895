// @ts-check
/// <reference lib="dom" />
/** The two columns beside the messages: where one is, and who is there. */

import { hueIn } from "./colours.js";
import { h, Keyed } from "./dom.js";
import { inertLine } from "../../words/inert.js";
import { sameName } from "../../words/names.js";
import { nameView, tileView } from "./row_view.js";

/** @import { Place, PlaceKey } from "./place.js" */

/** More names than this in the list help nobody. */
const MAX_LISTED = 300;

export class Places {
  #rooms;
  #directs;
  #section;
  #open;

  /**
   * @param {{ rooms: HTMLElement, directs: HTMLElement, section: HTMLElement }} elements
   * @param {(key: PlaceKey) => void} open
   */
  constructor({ rooms, directs, section }, open) {
    this.#rooms = new Keyed(rooms);
    this.#directs = new Keyed(directs);
    this.#section = section;
    this.#open = open;
  }

  /** @param {readonly Place[]} places @param {Place | undefined} active */
  show(places, active) {
    const entries = places.map((place, n) => {
      const { key, name, unread, mentions } = place;
      const isActive = place === active;
      return {
        kind: place.kind,
        key,
        sign: `${name} ${unread} ${mentions} ${isActive} ${n}`,
        make: () => this.#view(place, n, isActive),
      };
    });
    this.#rooms.show(entries.filter(({ kind }) => kind === "room"));
    this.#directs.show(entries.filter(({ kind }) => kind === "direct"));
    this.#section.hidden = !entries.some(({ kind }) => kind === "direct");
  }

  /** @type {(place: Place, n: number, isActive: boolean) => HTMLElement} */
  #view({ kind, key, name, unread, mentions }, n, isActive) {
    const count = unread > 999 ? "999+" : String(unread);
    const label = `${unread} unread${mentions > 0 && kind === "room" ? ", some for you" : ""}`;
    return h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: unread > 0 ? "unread" : undefined,
          "aria-current": isActive ? "page" : undefined,
          title: n < 9 ? `Alt ${n + 1}` : undefined,
          onclick: () => this.#open(key),
        },
        h("span", { class: "sigil", "aria-hidden": "true" }, kind === "room" ? "#" : "@"),
        h("bdi", { class: "label" }, inertLine(name)),
        unread > 0 &&
          h(
            "span",
            { class: mentions > 0 ? "badge strong" : "badge" },
            h("span", { "aria-hidden": "true" }, count),
            h("span", { class: "unseen" }, label),
          ),
      ),
    );
  }
}

export class MemberList {
  #keyed;
  #unlisted;
  #converse;

  /**
   * @param {{ list: HTMLElement, unlisted: HTMLElement }} elements
   * @param {(name: string) => void} converse
   */
  constructor({ list, unlisted }, converse) {
    this.#keyed = new Keyed(list);
    this.#unlisted = unlisted;
    this.#converse = converse;
  }

  /** @param {Place} place @param {string} me */
  show(place, me) {
    const { members, total, visitors } = place;
    const listed = members.slice(0, MAX_LISTED);
    this.#keyed.show(listed.map((name) => {
      const mine = sameName(name, me);
      const hue = hueIn(place, name);
      return { key: name, sign: `${mine} ${hue}`, make: () => this.#view(name, mine, hue) };
    }));
    const more = total - listed.length;
    const others = more > 0 ? `and ${more.toLocaleString("en")} more. ` : "";
    const looking = visitors.length > 0 ? `Visitors: ${visitors.map(inertLine).join(", ")}` : "";
    this.#unlisted.textContent = others + looking;
  }

  /** @type {(name: string, mine: boolean, hue: number) => HTMLElement} */
  #view(name, mine, hue) {
    return h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          disabled: mine,
          title: mine ? undefined : "Write to this person alone",
          onclick: () => this.#converse(name),
        },
        tileView(name, hue),
        h("span", { class: "label" }, nameView(name, hue)),
        mine && h("span", { class: "you" }, "you"),
      ),
    );
  }
}
