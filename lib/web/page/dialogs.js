// @ts-check
/// <reference lib="dom" />
/** What opens over the page: help, rooms, search, settings. One at a time. */

import { COMMANDS } from "../../words/commands/table.js";
import { byId, h } from "./dom.js";
import { inertLine } from "../../words/inert.js";
import { nameKey, roomName } from "../../words/names.js";
import { hitsOf } from "../../words/search.js";
import { dayName, nameView, textView } from "./row_view.js";

/** @import { Message, RoomSummary } from "../../wire/events.ts" */
/** @import { Command } from "../../words/command.js" */
/** @import { Hit } from "../../words/search.js" */
/** @import { Child } from "./dom.js" */

/** As the terminal shows it, and of one width everywhere. */
const time = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

const KEYS = [
  ["Enter", "send; Shift Enter makes a new line"],
  ["Alt 1 … 9", "go to a room or conversation"],
  ["Alt ↑, Alt ↓", "go to the one before, or after"],
  ["Page Up, Page Down", "read what was said before"],
  ["Alt End", "go to what was said last"],
  ["Esc", "go to what you are writing"],
];

/**
 * @param {string} title
 * @param {...Child} body
 */
export function openDialog(title, ...body) {
  const dialog = byId("dialog", HTMLDialogElement);
  const place = byId("dialog-body", HTMLElement);
  const focused = place.contains(document.activeElement) ? document.activeElement?.textContent : "";
  byId("dialog-title", HTMLElement).textContent = title;
  place.replaceChildren(...body.filter((child) => child !== false && child !== undefined));
  if (!dialog.open) return dialog.showModal();
  // What had the focus has been made anew.
  const buttons = [...place.querySelectorAll("button")];
  (buttons.find(({ textContent }) => textContent === focused) ?? place).focus();
}

export function closeDialog() {
  byId("dialog", HTMLDialogElement).close();
}

export function showHelp() {
  /** @param {Command[]} some */
  const rowsOf = (some) => some.map(({ name, usage, summary }) => [`/${name} ${usage}`, summary]);
  const first = COMMANDS.filter(({ first }) => first).sort((a, b) =>
    Number(a.first) - Number(b.first)
  );
  const rest = COMMANDS.filter(({ first }) => !first);
  /** @param {string[][]} pairs */
  const list = (pairs) =>
    h(
      "dl",
      { class: "commands" },
      ...pairs.flatMap((
        [left = "", right = ""],
      ) => [h("dt", {}, left.trimEnd()), h("dd", {}, right)]),
    );
  openDialog(
    "Commands and keys",
    list([...rowsOf(first), ["//text", "say a message that begins with a slash"]]),
    h("details", {}, h("summary", {}, "Names, topics and moderation"), list(rowsOf(rest))),
    h("details", {}, h("summary", {}, "Keys"), list(KEYS)),
  );
}

/**
 * @param {readonly RoomSummary[]} rooms that somebody is in
 * @param {readonly string[]} visited rooms that we were in; they may be empty now
 * @param {(room: string) => void} enter
 */
export function showRooms(rooms, visited, enter) {
  /** @param {string} room */
  const go = (room) => {
    closeDialog();
    enter(room);
  };
  const input = h("input", {
    "aria-label": "A room's name",
    placeholder: "A room's name, such as dev",
    autocapitalize: "none",
    spellcheck: "false",
    autofocus: true,
    dir: "auto",
  });
  const form = h(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        const room = roomName(input.value.trim());
        if (room !== "") go(room);
      },
    },
    input,
    h("button", { class: "primary" }, "Enter"),
  );
  const sorted = [...rooms].sort((a, b) => b.members - a.members || a.room.localeCompare(b.room));
  const open = new Set(rooms.map(({ room }) => nameKey(room)));
  const empty = visited.filter((room) => !open.has(nameKey(room)))
    .map((room) => ({ room, members: 0, topic: "you were there" }));
  const list = [...sorted, ...empty].map(({ room, members, topic = "" }) =>
    h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: "pick", onclick: () => go(room) },
        h("bdi", {}, inertLine(room)),
        h(
          "span",
          { class: "meta" },
          members === 0 ? "nobody is here" : members === 1 ? "1 person" : `${members} people`,
          topic !== "" && " · ",
          h("bdi", {}, inertLine(topic)),
        ),
      ),
    )
  );
  openDialog("Rooms", form, h("ul", {}, ...list));
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
  const hitsIn = hitsOf(query);
  const views = messages?.map((message) => foundView(message, hitsIn, open));
  openDialog(
    "Search",
    searchForm(query, search),
    ignored.length > 0 &&
      none(`Nothing can be found by ${inertLine(ignored.join(" "))}, which was left out.`),
    views === undefined
      ? none("A phrase goes in quotes; from:bob, in:dev and after:2026-11-01 narrow it down.")
      : views.length === 0
      ? none(
        "Nothing was found. Words are looked for in the rooms that you are in; try fewer, or other ones.",
      )
      : h("ul", {}, ...views),
    more && h("button", { type: "button", class: "plain", onclick: () => search("") }, "Show more"),
  );
}

/** @type {(query: string, search: (query: string) => void) => HTMLElement} */
function searchForm(query, search) {
  const input = h("input", {
    "aria-label": "What to look for",
    placeholder: "Words to look for",
    value: query,
    autofocus: true,
    dir: "auto",
    enterkeyhint: "search",
  });
  /** @param {Event} event */
  const onsubmit = (event) => {
    event.preventDefault();
    if (input.value.trim() !== "") search(input.value.trim());
  };
  return h(
    "form",
    { role: "search", onsubmit },
    input,
    h("button", { class: "primary" }, "Search"),
  );
}

/**
 * @param {Message} message
 * @param {(text: string) => Hit[]} hitsIn
 * @param {(message: Message) => void} open
 * @returns {HTMLElement}
 */
function foundView(message, hitsIn, open) {
  const { room, from, text } = message;
  const at = new Date(message.at);
  const onclick = () => {
    closeDialog();
    open(message);
  };
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: "pick", onclick },
      h(
        "span",
        { class: "meta" },
        h("bdi", {}, `#${inertLine(room)}`),
        ` · ${dayName(at.getTime())}, ${time.format(at)}`,
      ),
      nameView(from),
      " ",
      h("bdi", { class: "text" }, ...markedText(text, hitsIn)),
    ),
  );
}

/**
 * @param {string} text why there is nothing to see
 * @returns {HTMLElement}
 */
function none(text) {
  return h("p", { class: "none" }, text);
}

/**
 * The same with what it was found by marked.
 * @type {(text: string, hitsIn: (text: string) => Hit[]) => Child[]}
 */
function markedText(text, hitsIn) {
  return plainText(text).flatMap((part) => {
    if (typeof part !== "string") return [part];
    let at = 0;
    /** @type {Child[]} */
    const marked = hitsIn(part).flatMap(({ start, end }) => {
      const before = part.slice(at, start);
      at = end;
      return [before, h("mark", {}, part.slice(start, end))];
    });
    return [...marked, part.slice(at)];
  });
}

/**
 * A text without links and focus of its own, for inside a button.
 * @type {(text: string) => Child[]}
 */
function plainText(text) {
  return textView(text, () => false).map((part) =>
    typeof part === "string" ? part : part instanceof HTMLElement ? part.textContent ?? "" : ""
  );
}
