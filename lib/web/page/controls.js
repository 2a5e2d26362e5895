// @ts-check
/// <reference lib="dom" />
/** What dialogs are made of that let somebody choose. They come late, with the first of them. */

import { button, h } from "./dom.js";

/** @import { RequestOf } from "../../wire/requests.ts" */
/** @import { Chat } from "./chat.js" */
/** @import { Child } from "./dom.js" */
/** @import { Place } from "./place.js" */
/**
 * What a dialog may do. Those that come late are given it.
 * @typedef {object} Opener
 * @property {Chat} chat
 * @property {{ open(opener: Opener): Promise<void> } | undefined} files what shows the files of a place
 * @property {() => void} update paints the page
 * @property {(name: string) => void} write goes to the conversation with somebody
 * @property {(room: string, access?: Access) => void} enter
 * @property {(place: Place | undefined, seq: number) => void} go shows a message
 */
/** @typedef {NonNullable<RequestOf<"join">["access"]>} Access who may enter a room */
/** @typedef {ReadonlyArray<readonly [value: string | undefined, label: string]>} Choices */

/** @type {(text: string, isOn: boolean, onclick: () => void, kind?: string) => HTMLElement} */
export function toggle(text, isOn, onclick, kind) {
  return button({ class: kind, "aria-pressed": String(isOn), onclick }, text);
}

/** A row of a dialog. @type {(label: Child, hint: Child, ...controls: Child[]) => HTMLElement} */
export function setting(label, hint, ...controls) {
  const text = h("span", {}, label, hint !== "" && h("small", {}, hint));
  return h("div", { class: "setting" }, text, ...controls);
}

/**
 * @param {string} label
 * @param {string | undefined} chosen
 * @param {Choices} choices
 * @param {(value: string | undefined) => void} choose
 */
export function choice(label, chosen, choices, choose) {
  const buttons = choices.map(([value, text]) =>
    toggle(text, value === chosen, () => choose(value))
  );
  return h("span", { class: "switch", role: "group", "aria-label": label }, ...buttons);
}

/** A headline between the rows. @type {(text: string) => HTMLElement} */
export function heading(text) {
  return h("h3", {}, text);
}

/** When something was, to the minute. */
export const moment = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "short",
  hourCycle: "h23",
});

/**
 * Does what was asked for, and tells in a dialog why it could not be.
 * @param {HTMLElement} problem
 * @param {() => Promise<unknown>} action
 */
export async function attempt(problem, action) {
  problem.textContent = "";
  try {
    await action();
  } catch (error) {
    problem.textContent = error instanceof Error ? error.message : String(error);
  }
}

/**
 * Whether a dialog still shows something. It may have been closed before an answer comes, which is not to
 * open it again.
 * @type {(element: HTMLElement) => boolean}
 */
export function isStillShown(element) {
  return element.closest("dialog")?.open === true;
}

/** Where a dialog tells what went wrong. @returns {HTMLElement} */
export function problemView() {
  return h("p", { class: "error", role: "alert" });
}
