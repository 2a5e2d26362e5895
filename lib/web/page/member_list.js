// @ts-check
/// <reference lib="dom" />
/** The column beside the messages that says who is there. It comes when somebody joins. */

import { button, byId, h, Keyed } from "./dom.js";
import { inertLine } from "../../words/inert.js";
import { nameKey, sameName } from "../../words/names.js";
import { nameView, tileView } from "./row_view.js";

/** @import { OwnAccount } from "./account.js" */
/** @import { Place, RoomPerson } from "./place.js" */

/** More names than this in the list help nobody. */
const MAX_LISTED = 300;

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
      const sign = `${mine} ${here} ${away} ${account.id}`;
      const make = () => this.#view(person, mine, mine && account.id === "");
      return { key: name, sign, make };
    }));
    const more = total - members.length + people.length - listed.length;
    const others = more > 0 ? `and ${more.toLocaleString("en")} more. ` : "";
    const looking = visitors.length > 0 ? `Visitors: ${visitors.map(inertLine).join(", ")}` : "";
    this.#unlisted.textContent = others + looking;
  }

  /** @type {(person: RoomPerson, mine: boolean, disabled: boolean) => HTMLElement} */
  #view({ name, here, away }, mine, disabled) {
    const properties = {
      class: here && away === undefined ? undefined : "dim",
      disabled,
      title: disabled ? undefined : mine ? "Notes to yourself" : "Write to this person alone",
      onclick: () => this.#converse(name),
    };
    const label = h("span", { class: "label" }, nameView(name));
    const isThere = here && away === undefined;
    const state = mine ? "you" : isThere ? "" : whereText({ here, away });
    const note = state !== "" && h("span", { class: "you" }, state);
    return h("li", {}, button(properties, tileView(name), label, note));
  }
}

/**
 * Whether somebody is here, and what they say where they are away all the same.
 * @type {(person: { readonly here: boolean, readonly away?: string | undefined }) => string}
 */
export function whereText({ here, away }) {
  if (!here) return "away";
  return away === undefined ? "here" : `away: ${inertLine(away)}`;
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
