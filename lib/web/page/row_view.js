// @ts-check
/// <reference lib="dom" />
/** One row of the list of messages as an element. */

import { h } from "./dom.js";
import { inertLine } from "../../words/inert.js";
import { nameHue } from "../../words/names.js";
import { lateText, textView } from "./late_text.js";

/** @import { SentFile } from "../../wire/events.ts" */
/** @import { Child } from "./dom.js" */
/** @import { Row, SaidRow } from "./rows.js" */
/**
 * @typedef {object} RowActions
 * @property {(name: string) => boolean} isName whether a key is the name of somebody here
 * @property {(id: string) => void} retry lets somebody edit a message that waits or was refused
 * @property {(id: string) => void} discard
 * @property {() => RowLife | undefined} life what shows what has become of a message, once it is here
 * @property {(keys: readonly string[]) => void} unfold shows what somebody said who is blocked
 * @property {(said: { readonly text: string, readonly file: SentFile }) =>
 *   { readonly caption: string, readonly element: HTMLElement } | undefined} attached how a file looks
 * @property {(id: string) => void} resend sends a message once more that was refused or may have arrived
 */

/**
 * What a message brings beside its text. Each is made anew when it changes, while the row stays.
 * @typedef {object} RowLife
 * @property {(row: SaidRow) => HTMLElement} above what it answers
 * @property {(row: SaidRow) => HTMLElement} below reactions, and that it is pinned
 * @property {(row: SaidRow) => Child} tools what can be done about it
 * @property {(row: SaidRow) => Child} gone what stands in the place of one that was removed
 */

/** As the terminal shows it, and of one width everywhere. */
export const timeOfDay = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** @type {(row: Row, actions: RowActions) => HTMLElement} */
export function rowView(row, actions) {
  switch (row.kind) {
    case "day":
      return h("li", { class: "day" }, h("span", {}, dayName(row.at)));
    case "unread":
      return h("li", { class: "unread-line" }, h("span", {}, "New"));
    case "folded":
      return lateText.here?.foldedView(row, actions) ?? h("li", {});
    case "told":
      return lateText.here?.toldView(row.item) ?? h("li", {});
    case "said":
      return saidView(row, actions);
  }
}

/**
 * A name in its colour, apart from the direction of the text around it.
 * @type {(name: string) => HTMLElement}
 */
export function nameView(name) {
  return coloured(name, h("bdi", { class: "name" }, inertLine(name)));
}

/** The first letter of a name, in its colour. @type {(name: string) => HTMLElement} */
export function tileView(name) {
  const [letter = ""] = inertLine(name.trim());
  return coloured(name, h("span", { class: "tile", "aria-hidden": "true" }, letter.toUpperCase()));
}

/** @type {(name: string, element: HTMLElement) => HTMLElement} */
function coloured(name, element) {
  element.style.setProperty("--hue", String(nameHue(name)));
  return element;
}

/** The day for a person: today and yesterday by name. @type {(at: number) => string} */
export function dayName(at) {
  const date = new Date(at);
  const days = Math.round((startOfDay(Date.now()) - startOfDay(at)) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  const sameYear = date.getFullYear() === new Date().getFullYear();
  return day.format(date) + (sameYear ? "" : ` ${date.getFullYear()}`);
}

/** The time of something, and its day where that is not today. @type {(at: number) => string} */
export function dayAndTime(at) {
  const [date, time] = [dayName(at), timeOfDay.format(at)];
  return date === "Today" ? time : `${date}, ${time}`;
}

/** @type {(row: SaidRow, actions: RowActions) => HTMLElement} */
function saidView(row, actions) {
  const { id, failed, from, head, action, file, text, edited } = row;
  const life = actions.life();
  const attached = file && actions.attached({ text, file });
  const said = attached?.caption ?? text;
  const classes = [
    "said",
    head && "head",
    action && "action",
    row.own && "own",
    row.addressed && "addressed",
    failed !== undefined ? "failed" : id !== undefined && "waiting",
    // A change of it waits for so short a time that a line for that would only make it jump.
    id !== undefined && row.seq > 0 && "changing",
    edited !== undefined && "edited",
  ];
  const speaks = head && !action;
  const body = h(
    "div",
    { class: "body" },
    speaks && h("div", { class: "speaker" }, nameView(from), " ", timeView(row)),
    !head && h("span", { class: "aside" }, `${inertLine(from)}: `),
    life?.above(row),
    attached?.element,
    row.removed && life?.gone(row),
    said !== "" && h(
      "div",
      { class: "text", dir: "auto", title: edited && `Edited ${full.format(new Date(edited))}` },
      ...action ? [nameView(from), " "] : [],
      ...textView(said, actions.isName),
    ),
    lateText.here?.stateView(row, actions),
    life?.below(row),
  );
  const side = speaks ? tileView(from) : timeView(row);
  const properties = { class: classes.filter(Boolean).join(" "), "data-sent": attached && text };
  return h("li", { ...properties, tabindex: life && -1 }, side, body, life?.tools(row));
}

/** Brings what is beside the text of a row up to date. @type {(element: HTMLElement, row: Row, actions: RowActions) => void} */
export function redrawRow(element, row, actions) {
  if (row.kind === "day") element.querySelector("span")?.replaceChildren(dayName(row.at));
  const life = actions.life();
  if (row.kind !== "said" || life === undefined) return;
  element.querySelector(".answers")?.replaceWith(life.above(row));
  element.querySelector(".below")?.replaceWith(life.below(row));
}

/**
 * When it was said; a link to the message where it has an address.
 * @type {(row: SaidRow) => HTMLElement}
 */
function timeView({ at, timed, href, seq }) {
  const date = new Date(at);
  // By its number it is meant in commands.
  const title = `${full.format(date)}${seq > 0 ? ` · message ${seq}` : ""}`;
  const exact = { datetime: date.toISOString(), title };
  const view = h("time", exact, timeOfDay.format(date));
  const shown = timed ? "when shown" : "when";
  if (href === undefined) return h("span", { class: shown }, view);
  // With the keyboard one goes to what was said, not to each time of it.
  return h("a", { class: shown, href, tabindex: -1 }, view);
}

/** @type {(at: number) => number} */
function startOfDay(at) {
  return new Date(at).setHours(0, 0, 0, 0);
}
