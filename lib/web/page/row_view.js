// @ts-check
/// <reference lib="dom" />
/** One row of the list of messages as an element. */

import { button, h } from "./dom.js";
import { inertLine } from "../../words/inert.js";
import { nameHue } from "../../words/names.js";
import { textView } from "./late_text.js";

/** @import { SentFile } from "../../wire/events.ts" */
/** @import { Child } from "./dom.js" */
/** @import { Row, SaidRow } from "./rows.js" */
/**
 * @typedef {object} RowActions
 * @property {(name: string) => boolean} isName whether a key is the name of somebody here
 * @property {(id: string) => void} retry puts a message that was refused back for editing
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
      return foldedView(row, actions);
    case "told":
      return toldView(row.item);
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
    stateView(row, actions),
    life?.below(row),
  );
  const side = speaks ? tileView(from) : timeView(row);
  const properties = { class: classes.filter(Boolean).join(" "), "data-sent": attached && text };
  return h("li", { ...properties, tabindex: life && -1 }, side, body, life?.tools(row));
}

/** Brings what is beside the text of a row up to date. @type {(element: HTMLElement, row: Row, actions: RowActions) => void} */
export function redrawRow(element, row, actions) {
  const life = actions.life();
  if (row.kind !== "said" || life === undefined) return;
  element.querySelector(".answers")?.replaceWith(life.above(row));
  element.querySelector(".below")?.replaceWith(life.below(row));
}

/**
 * What has become of a message of ours that is not acked.
 * @type {(row: SaidRow, actions: RowActions) => HTMLElement | undefined}
 */
function stateView({ id, failed, asks }, { retry, discard, resend }) {
  if (id === undefined) return undefined;
  if (failed === undefined) return h("p", { class: "state" }, "Waiting to be sent");
  /** @param {string} text @param {(id: string) => void} act */
  const link = (text, act) => button({ class: "link", onclick: () => act(id) }, text);
  const [why, again] = asks ? ["Send it again?", "Send"] : ["Not sent.", "Send again"];
  const links = [link(again, resend), " ", link("Edit", retry), " ", link("Discard", discard)];
  return h("p", { class: "state" }, `${why} ${inertLine(failed)} `, ...links);
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

/** @type {(row: Extract<Row, { kind: "folded" }>, actions: RowActions) => HTMLElement} */
function foldedView({ keys }, { unfold }) {
  const many = keys.length === 1 ? "A message" : `${keys.length} messages`;
  const show = button({ class: "link", onclick: () => unfold(keys) }, "Show");
  return h(
    "li",
    { class: "told" },
    h("span", {}, `${many} of somebody whom you have blocked. `, show),
  );
}

/** @type {(item: Extract<Row, { kind: "told" }>["item"]) => HTMLElement} */
function toldView(item) {
  if (item.kind === "notice") {
    const text = h("span", { dir: "auto" }, ...inertLine(item.text).split("↵"));
    return h("li", { class: item.tone === "error" ? "told error" : "told" }, text);
  }
  if (item.kind === "gap") return h("li", { class: "told" }, h("span", {}, gapText(item)));
  const line = h("span", { dir: "auto" });
  tell(line, item.joined, item.joinedMore, "came in");
  tell(line, item.left, item.leftMore, "left");
  return h("li", { class: "told" }, line);
}

/** @param {{ from: number, to: number }} gap */
function gapText({ from, to }) {
  const many = to - from + 1;
  return many === 1
    ? "One message is missing here: the server no longer has it."
    : `${many.toLocaleString("en")} messages are missing here: the server no longer has them.`;
}

/**
 * @param {HTMLElement} line
 * @param {readonly string[]} names
 * @param {number} more others, without their names
 * @param {string} what
 */
function tell(line, names, more, what) {
  const count = names.length + more;
  if (count === 0) return;
  if (line.hasChildNodes()) line.append(" · ");
  names.slice(0, 4).forEach((name, n) => {
    if (n > 0) line.append(n === count - 1 ? " and " : ", ");
    line.append(h("bdi", {}, inertLine(name)));
  });
  if (count > 4) line.append(` and ${(count - 4).toLocaleString("en")} more`);
  line.append(` ${what}`);
}

/** @type {(at: number) => number} */
function startOfDay(at) {
  return new Date(at).setHours(0, 0, 0, 0);
}
