// @ts-check
/// <reference lib="dom" />
/** The two columns beside the messages: where one is, and who is there. */

import { hueIn } from "./colours.js";
import { button, byId, h, Keyed } from "./dom.js";
import { setText } from "./head.js";
import { inertLine } from "../../words/inert.js";
import { nameKey, sameName } from "../../words/names.js";
import { nameView, tileView } from "./row_view.js";

/** @import { OwnAccount } from "./account.js" */
/** @import { Place, PlaceKey, RoomPerson } from "./place.js" */
/** @import { Store } from "./store.js" */

/** More names than this in the list help nobody. */
const MAX_LISTED = 300;

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

export class MemberList {
  #keyed = new Keyed(byId("members", HTMLElement));
  #unlisted = byId("unlisted", HTMLElement);
  #converse;

  /** @param {(name: string) => void} converse */
  constructor(converse) {
    this.#converse = converse;
  }

  /** @param {Place} place @param {OwnAccount} account */
  show(place, account) {
    const { members, total, visitors } = place;
    const people = listedIn(place);
    const listed = people.slice(0, MAX_LISTED);
    this.#keyed.show(listed.map((person) => {
      const { name, here, away } = person;
      const mine = sameName(name, account.name);
      const hue = hueIn(place, name);
      const sign = `${mine} ${hue} ${here} ${away} ${account.id}`;
      const make = () => this.#view(person, mine, mine && account.id === "", hue);
      return { key: name, sign, make };
    }));
    const more = total - members.length + people.length - listed.length;
    const others = more > 0 ? `and ${more.toLocaleString("en")} more. ` : "";
    const looking = visitors.length > 0 ? `Visitors: ${visitors.map(inertLine).join(", ")}` : "";
    this.#unlisted.textContent = others + looking;
  }

  /** @type {(person: RoomPerson, mine: boolean, disabled: boolean, hue: number) => HTMLElement} */
  #view({ name, here, away }, mine, disabled, hue) {
    const properties = {
      class: here && away === undefined ? undefined : "dim",
      disabled,
      title: disabled ? undefined : mine ? "Notes to yourself" : "Write to this person alone",
      onclick: () => this.#converse(name),
    };
    const label = h("span", { class: "label" }, nameView(name, hue));
    const state = mine
      ? "you"
      : here
      ? away === undefined ? "" : inertLine(away) || "busy"
      : "away";
    const note = state !== "" && h("span", { class: "you" }, state);
    return h("li", {}, button(properties, tileView(name, hue), label, note));
  }
}

/**
 * Those who are here, and after them those who are away.
 * @type {(place: Place) => RoomPerson[]}
 */
function listedIn({ members, people }) {
  const known = new Map(people.map((person) => [nameKey(person.name), person]));
  const here = members.map((name) => ({ ...known.get(nameKey(name)), name, here: true }));
  const away = people.filter((person) => !person.here && person.visitor !== true);
  return [...here, ...away.sort((a, b) => a.name.localeCompare(b.name))];
}

/** @type {(place: Place, room: string) => boolean} */
function isRoom({ kind, name }, room) {
  return kind === "room" && sameName(name, room);
}
