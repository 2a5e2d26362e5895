// @ts-check
/// <reference lib="dom" />
/** What stands beside the conversation: rooms and people, which are drawers where there is little room. And closes what lies over it. */

import { byId } from "./dom.js";
import { el } from "./head.js";

const narrow = matchMedia("(max-width: 720px), (max-width: 950px) and (max-height: 480px)");
const roomy = matchMedia("(min-width: 1041px)");

/** Closes what lies over the page. */
export function closeDialog() {
  byId("dialog", HTMLDialogElement).close();
}

export class Drawers {
  /** Whether the people are to be shown where there are any. */
  #wantsPeople = roomy.matches;

  constructor() {
    /** @param {string} id @param {() => void} action */
    const on = (id, action) => byId(id, HTMLElement).addEventListener("click", action);
    on("side-open", () => this.setSide(true));
    on("side-close", () => this.setSide(false));
    on("people-open", () => this.setPeople(!this.#wantsPeople));
    on("people-close", () => this.setPeople(false));
    on("shade", () => this.close());
    narrow.addEventListener("change", () => this.close());
    roomy.addEventListener("change", () => this.setPeople(roomy.matches));
  }

  /** Whether something lies over the conversation. */
  get open() {
    return el.chat.classList.contains("side-open") || (!roomy.matches && !el.people.hidden);
  }

  close() {
    this.setSide(false);
    this.closePeople();
  }

  /** Puts the people away where they lie over the conversation. */
  closePeople() {
    if (!roomy.matches) this.setPeople(false);
  }

  /** @param {boolean} open */
  setSide(open) {
    const hadFocus = narrow.matches && el.side.contains(document.activeElement);
    el.chat.classList.toggle("side-open", open);
    el.sideOpen.setAttribute("aria-expanded", String(open));
    this.#shade();
    if (open) byId("side-close", HTMLElement).focus();
    else if (hadFocus) el.sideOpen.focus();
  }

  /** @param {boolean} open */
  setPeople(open) {
    const was = !el.people.hidden;
    const hadFocus = el.people.contains(document.activeElement);
    this.#wantsPeople = open;
    this.#show(open);
    if (open === was) return;
    if (!open) hadFocus && el.peopleOpen.focus();
    else if (!roomy.matches) byId("people-close", HTMLElement).focus();
  }

  /** Shows the people if they are wanted, in a place that has any. @param {boolean} hasPeople */
  showPeople(hasPeople) {
    this.#show(hasPeople && this.#wantsPeople);
  }

  /** @param {boolean} shown */
  #show(shown) {
    el.people.hidden = !shown;
    el.chat.classList.toggle("with-people", shown);
    el.peopleOpen.setAttribute("aria-expanded", String(shown));
    this.#shade();
  }

  #shade() {
    el.shade.hidden = !(el.chat.classList.contains("side-open") && narrow.matches) &&
      (el.people.hidden || roomy.matches);
  }
}
