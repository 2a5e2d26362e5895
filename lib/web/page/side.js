// @ts-check
/// <reference lib="dom" />
/** The column beside the messages that says where one is. It comes when somebody joins. */

import { button, byId, h, Keyed } from "./dom.js";
import { setText } from "./head.js";
import { inertLine } from "../../words/inert.js";
import { sameName } from "../../words/names.js";

/** @import { Place, PlaceKey } from "./place.js" */
/** @import { Store } from "./store.js" */

export class Places {
  #rooms = new Keyed(byId("rooms", HTMLElement));
  #invited = new Keyed(byId("invited", HTMLElement));
  #directs = new Keyed(byId("directs", HTMLElement));
  #missed = byId("missed-open", HTMLElement);
  #find = byId("rooms-open", HTMLElement);
  #more = byId("chats-more", HTMLElement);
  #open;
  #enter;

  /**
   * @param {(key: PlaceKey) => void} open
   * @param {(room: string) => void} enter a room to which somebody is invited
   */
  constructor(open, enter) {
    this.#open = open;
    this.#enter = enter;
  }

  /** @param {Store} store */
  show({ places, active, account, moreChats }) {
    const entries = places.map((place, n) => {
      const { kind, key, name, title, gone } = place;
      const isActive = place === active;
      const [news, calls] = [account.newsIn(place), account.callsIn(place)];
      const isDim = gone || (kind === "room" && account.notifyOf(name) === "none");
      return {
        kind,
        key,
        sign: `${name} ${title} ${news} ${calls} ${isActive} ${isDim} ${n}`,
        make: () => this.#view({ place, n, isActive, isDim, news, calls }),
      };
    });
    this.#rooms.show(entries.filter(({ kind }) => kind === "room"));
    this.#directs.show(entries.filter(({ kind }) => kind === "direct"));
    this.#invited.show(
      account.invited.filter(({ room }) => !places.some((place) => isRoom(place, room)))
        .map(({ room, by }) => ({ key: room, sign: by, make: () => this.#invitation(room, by) })),
    );
    this.#more.hidden = !moreChats;
    this.#find.hidden = account.isConfined;
    const missed = account.missedIn(places);
    this.#missed.hidden = missed === 0;
    setText(this.#missed, `${missed.toLocaleString("en")} missed while you were away`);
  }

  /** @type {(room: string, by: string) => HTMLElement} */
  #invitation(room, by) {
    const sigil = h("span", { class: "sigil", "aria-hidden": "true" }, "#");
    const label = h("span", { class: "label" }, h("bdi", {}, inertLine(room)));
    const why = h("span", { class: "you" }, h("bdi", {}, inertLine(by)), " invites you");
    return h("li", {}, button({ onclick: () => this.#enter(room) }, sigil, label, why));
  }

  /**
   * @type {(row: { place: Place, n: number, isActive: boolean, isDim: boolean, news: number,
   *   calls: number }) => HTMLElement}
   */
  #view({ place: { kind, key, name, title }, n, isActive, isDim, news, calls }) {
    const count = news > 999 ? "999+" : String(news);
    const told = `${news} unread${calls > 0 && kind === "room" ? ", some for you" : ""}`;
    const badge = h(
      "span",
      { class: calls > 0 ? "badge strong" : "badge" },
      h("span", { "aria-hidden": "true" }, count),
      h("span", { class: "unseen" }, told),
    );
    const properties = {
      class: isDim ? "dim" : news > 0 ? "unread" : undefined,
      "aria-current": isActive ? "page" : undefined,
      title: [...title === "" ? [] : [`#${inertLine(name)}`], ...n < 9 ? [`Alt ${n + 1}`] : []]
        .join(", ") || undefined,
      onclick: () => this.#open(key),
    };
    const sigil = h("span", { class: "sigil", "aria-hidden": "true" }, kind === "room" ? "#" : "@");
    const label = h("bdi", { class: "label" }, inertLine(title || name));
    return h("li", {}, button(properties, sigil, label, news > 0 && badge));
  }
}

/** @type {(place: Place, room: string) => boolean} */
function isRoom({ kind, name }, room) {
  return kind === "room" && sameName(name, room);
}
