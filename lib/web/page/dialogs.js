// @ts-check
/// <reference lib="dom" />
/** What opens over the page: help, rooms, search. One at a time; it comes when it is opened. */

import { choice, setting } from "./controls.js";
import { button, byId, h } from "./dom.js";
import { closeDialog } from "./drawers.js";
import { inertLine } from "../../words/inert.js";
import { lineView } from "./late_text.js";
import { pageCommands } from "./own_commands.js";
import { nameKey, roomName } from "../../words/names.js";
import { HELP_HEADINGS, noHelp } from "../../words/commands/help_topics.js";
import { findCommand } from "../../words/parse.js";
import { hitsOf } from "../../words/search.js";
import { dayName, nameView, timeOfDay } from "./row_view.js";

/** @import { Message, RoomSummary } from "../../wire/events.ts" */
/** @import { CommandWords } from "../../words/command.js" */
/** @import { Hit } from "../../words/search.js" */
/** @import { Access, Choices } from "./controls.js" */
/** @import { Child } from "./dom.js" */

const KEYS = [
  ["Enter", "send; Shift Enter makes a new line"],
  ["Alt 1 … 9", "go to a room or conversation"],
  ["Alt ↑, Alt ↓", "go to the one before, or after"],
  ["Page Up, Page Down", "read what was said before"],
  ["Alt End", "go to what was said last"],
  ["Esc", "go to what you are writing"],
  ["↑ with nothing written", "edit what you said last"],
  ["Ctrl ↑", "go to the last message; the arrows go on from there"],
  ["Enter at a message", "see what can be done about it"],
  ["R, +, E, Del at a message", "answer, react, edit, remove"],
];

/**
 * @param {string} title
 * @param {...Child} body
 */
export function openDialog(title, ...body) {
  const dialog = byId("dialog", HTMLDialogElement);
  const place = byId("dialog-body", HTMLElement);
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const { ariaLabel: label = null, textContent: text = "" } = focused ?? {};
  byId("dialog-title", HTMLElement).textContent = title;
  place.replaceChildren(...body.filter((child) => child !== false && child !== undefined));
  if (!dialog.open) return dialog.showModal();
  // What had the focus has been made anew.
  const field = [...place.querySelectorAll("input")].find(({ ariaLabel }) =>
    label !== null && ariaLabel === label
  );
  const button = [...place.querySelectorAll("button")].find(({ textContent }) =>
    textContent === text
  );
  (field ?? button ?? place).focus();
}

/**
 * What everybody needs and the rest behind it, or what there is of a topic or a command.
 * @param {string} [topic]
 * @returns {string | undefined} what is told where there is no such thing
 */
export function showHelp(topic = "") {
  const commands = pageCommands(undefined);
  const about = topic.replace(/^\//, "").toLowerCase();
  if (about === "" || about === "all") return showAllHelp(commands, about === "all");
  const heading = Object.entries(HELP_HEADINGS).find(([name]) => name === about)?.[1];
  const one = findCommand(about, commands);
  const rows = about === "keys"
    ? KEYS
    : heading !== undefined
    ? rowsOf(commands.filter((command) => command.topic === about))
    : one && rowsOf([one]);
  if (rows === undefined) return noHelp(topic);
  const title = about === "keys" ? "Keys" : heading ?? `/${one?.name}`;
  const all = button({ class: "plain", onclick: () => void showHelp() }, "All commands and keys");
  openDialog(`Help: ${title}`, pairsView(rows), all);
  return undefined;
}

/** @param {readonly CommandWords[]} some */
function rowsOf(some) {
  return some.map(({ name, usage, summary }) => [`/${name} ${usage}`, summary]);
}

/** @param {readonly (readonly (string | undefined)[])[]} pairs */
function pairsView(pairs) {
  const items = pairs.flatMap(([left = "", right]) => [
    h("dt", {}, left.trimEnd()),
    h("dd", {}, right),
  ]);
  return h("dl", { class: "commands" }, ...items);
}

/** @param {readonly CommandWords[]} commands @param {boolean} open whether all of it is seen at once */
function showAllHelp(commands, open) {
  const first = commands.filter(({ first }) => first)
    .sort((a, b) => Number(a.first) - Number(b.first));
  const rest = commands.filter(({ first }) => !first);
  openDialog(
    "Commands and keys",
    pairsView([...rowsOf(first), ["//text", "say a message that begins with a slash"]]),
    h("details", { open }, h("summary", {}, "More commands"), pairsView(rowsOf(rest))),
    h("details", { open }, h("summary", {}, "Keys"), pairsView(KEYS)),
  );
  return undefined;
}

/**
 * A form of one line. `submit` is given what is written there, without blanks around it.
 * @param {Record<string, string | number | boolean>} field its properties
 * @param {string} label of the button
 * @param {(line: string) => void} submit
 * @param {string} [role]
 */
export function lineForm(field, label, submit, role) {
  const input = h("input", { dir: "auto", ...field });
  /** @param {Event} event */
  const onsubmit = (event) => {
    event.preventDefault();
    submit(input.value.trim());
  };
  return h("form", { role, onsubmit }, input, h("button", { class: "primary" }, label));
}

/** A row of a list that closes the dialog, and goes on. @param {() => void} go @param {...Child} shown */
export function pickView(go, ...shown) {
  const onclick = () => {
    closeDialog();
    go();
  };
  return h("li", {}, button({ class: "pick", onclick }, ...shown));
}

/** @type {Choices} */
export const ACCESS = [["open", "Open"], ["unlisted", "Unlisted"], ["invite", "By invitation"]];

/**
 * @param {readonly RoomSummary[]} rooms that one may see
 * @param {readonly string[]} visited rooms that we were in; they may be empty now
 * @param {(room: string, access?: Access) => void} enter
 * @param {boolean} hasAccount a guest opens rooms for everybody only
 */
export function showRooms(rooms, visited, enter, hasAccount) {
  /** @type {Access | undefined} */
  let access;
  const field = {
    "aria-label": "A room's name",
    placeholder: "A room's name, such as dev",
    autocapitalize: "none",
    spellcheck: "false",
    autofocus: true,
  };
  const form = lineForm(field, "Enter", (line) => {
    const room = roomName(line);
    if (room === "") return;
    closeDialog();
    enter(room, access);
  });
  const accessPlace = h("div");
  const paintAccess = () => {
    const label = "Who may enter, if it is new";
    const choose = (/** @type {string | undefined} */ value) => {
      access = value === "open" ? undefined : /** @type {Access} */ (value);
      paintAccess();
    };
    const chosen = choice(label, access ?? "open", ACCESS, choose);
    const hadFocus = accessPlace.contains(document.activeElement);
    accessPlace.replaceChildren(setting(label, "", chosen));
    const pressed = [...chosen.querySelectorAll("button")].find((each) =>
      each.ariaPressed === "true"
    );
    if (hadFocus) pressed?.focus();
  };
  if (hasAccount) paintAccess();
  const sorted = [...rooms].sort((a, b) => b.members - a.members || a.room.localeCompare(b.room));
  const open = new Set(rooms.map(({ room }) => nameKey(room)));
  const empty = visited.filter((room) => !open.has(nameKey(room)))
    .map((room) => ({ room, members: 0, topic: "you were there" }));
  const list = [...sorted, ...empty].map((room) => roomView(room, () => enter(room.room)));
  openDialog("Rooms", form, hasAccount && accessPlace, h("ul", {}, ...list));
}

/** @type {(room: RoomSummary, enter: () => void) => HTMLElement} */
function roomView({ room, members, topic = "", title = "", access = "open" }, enter) {
  const many = members === 0 ? "nobody is here" : members === 1 ? "1 person" : `${members} people`;
  const kind = ACCESS.find(([value]) => value === access)?.[1].toLowerCase();
  const about = h("bdi", {}, inertLine(topic));
  const what = access === "open" ? many : `${many} · ${kind}`;
  const meta = h("span", { class: "meta" }, what, topic !== "" && " · ", about);
  const called = title === "" ? [] : [" · ", h("bdi", {}, inertLine(title))];
  return pickView(enter, h("bdi", {}, inertLine(room)), ...called, meta);
}

/**
 * @typedef {object} Found
 * @property {string} query
 * @property {readonly Message[] | undefined} messages `undefined`: nothing was looked for yet
 * @property {boolean} more
 * @property {readonly string[]} ignored nothing can be found by these words
 */
/**
 * @param {Found} found
 * @param {{ search: (query: string) => void, open: (message: Message) => void }} actions
 */
export function showSearch({ query, messages, more, ignored }, { search, open }) {
  const field = {
    "aria-label": "What to look for",
    placeholder: "Words to look for",
    value: query,
    autofocus: true,
    enterkeyhint: "search",
    // Heard when the field has the focus again.
    "aria-describedby": "found-count",
  };
  const hitsIn = hitsOf(query);
  const views = messages?.map((message) => foundView(message, hitsIn, () => open(message)));
  openDialog(
    "Search",
    lineForm(field, "Search", (line) => line !== "" && search(line), "search"),
    h("p", { class: "meta", id: "found-count" }, messages && countText(messages.length, more)),
    ignored.length > 0 &&
      none(`Nothing can be found by ${inertLine(ignored.join(" "))}, which was left out.`),
    views === undefined
      ? none("A phrase goes in quotes; from:bob, in:dev and after:2026-11-01 narrow it down.")
      : views.length === 0
      ? none(
        "Nothing was found. Words are looked for in the rooms that you are in; try fewer, or other ones.",
      )
      : h("ul", {}, ...views),
    more && button({ class: "plain", onclick: () => search("") }, "Show more"),
  );
}

/** @type {(count: number, more: boolean) => string} */
function countText(count, more) {
  const many = `${count.toLocaleString("en")} ${count === 1 ? "message" : "messages"}`;
  return more ? `${many}, and there are more` : many;
}

/**
 * A message among others of other places, and where it was said.
 * @type {(message: Message, hitsIn: (text: string) => Hit[], open: () => void) => HTMLElement}
 */
export function foundView(message, hitsIn, open) {
  const { from, text, at } = message;
  const date = new Date(at);
  const when = ` · ${dayName(date.getTime())}, ${timeOfDay.format(date)}`;
  const where = message.with === undefined
    ? `#${inertLine(message.room)}`
    : `@${inertLine(message.with)}`;
  const meta = h("span", { class: "meta" }, h("bdi", {}, where), when);
  const said = h("bdi", { class: "text" }, ...markedText(text, hitsIn));
  return pickView(open, meta, nameView(from), " ", said);
}

/**
 * @param {string} text why there is nothing to see
 * @returns {HTMLElement}
 */
function none(text) {
  return h("p", { class: "none" }, text);
}

/**
 * A text without links and focus of its own, for inside a button, with what it was found by marked.
 * @type {(text: string, hitsIn: (text: string) => Hit[]) => Child[]}
 */
function markedText(text, hitsIn) {
  return lineView(text).flatMap((part) => {
    const plain = typeof part === "string" ? part : part.textContent ?? "";
    let at = 0;
    /** @type {Child[]} */
    const marked = hitsIn(plain).flatMap(({ start, end }) => {
      const before = plain.slice(at, start);
      at = end;
      return [before, h("mark", {}, plain.slice(start, end))];
    });
    return [...marked, plain.slice(at)];
  });
}
