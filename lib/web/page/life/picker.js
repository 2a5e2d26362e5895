// @ts-check
/// <reference lib="dom" />
/** Lets somebody choose a reaction: one that is used often, one that is looked for, or any that is typed. */

import { button, h } from "../dom.js";
import { closeFloat, openFloat } from "./float.js";
import { usualReactions } from "./recent.js";

/** @typedef {{ readonly emoji: string, readonly name: string }} NamedEmoji */

const MOST_SHOWN = 40;
/** How many stand side by side; the style sheet has the same. */
const COLUMNS = 8;
/** One character that is no letter, as somebody's keyboard of emoji writes it. */
const SINGLE = /^[^\p{L}\p{N}\s]\P{L}*$/u;

/**
 * @param {object} picker
 * @param {Element} picker.beside
 * @param {(query: string, most: number) => Promise<readonly NamedEmoji[]>} picker.find
 * @param {(key: string) => void} picker.choose
 * @param {() => void} picker.closed where nothing was chosen
 */
export function openPicker({ beside, find, choose, closed }) {
  let chosen = false;
  /** @param {string} key */
  const take = (key) => {
    chosen = true;
    closeFloat();
    choose(key);
  };
  const field = h("input", {
    "aria-label": "Look for an emoji",
    placeholder: "Look for an emoji",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    enterkeyhint: "done",
  });
  const grid = h("div", { class: "emojis", role: "group", "aria-label": "Emoji" });
  const told = h("p", { class: "unseen", role: "status" });
  const element = h(
    "div",
    { class: "picker", role: "dialog", "aria-label": "React" },
    field,
    grid,
    told,
  );
  const show = async () => {
    const query = field.value.trim();
    const found = await emojisFor(query, find);
    // What was typed meanwhile is looked for by itself.
    if (query !== field.value.trim()) return;
    grid.replaceChildren(...found.map(({ emoji, name }) => {
      const about = { "aria-label": name, title: name, tabindex: -1, onclick: () => take(emoji) };
      return button(about, emoji);
    }));
    told.textContent = query === "" ? "" : `${found.length} found`;
  };
  field.addEventListener("input", () => void show());
  openFloat(element, {
    beside,
    closed: () => chosen || closed(),
    key: (event) => move(event, field, grid),
  });
  field.focus();
  void show();
}

/** @type {(query: string, find: (query: string, most: number) => Promise<readonly NamedEmoji[]>) => Promise<readonly NamedEmoji[]>} */
async function emojisFor(query, find) {
  if (query === "") {
    const usual = usualReactions(MOST_SHOWN);
    const named = await find("", MOST_SHOWN);
    const rest = named.filter(({ emoji }) => !usual.includes(emoji));
    return [...usual.map((emoji) => ({ emoji, name: emoji })), ...rest].slice(0, MOST_SHOWN);
  }
  if (SINGLE.test(query)) return [{ emoji: query, name: query }];
  return await find(query, MOST_SHOWN);
}

/**
 * The arrows go from the field into the emojis, and among them; Enter takes the first.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} field
 * @param {HTMLElement} grid
 * @returns {boolean} whether it does anything
 */
function move({ key }, field, grid) {
  const all = [...grid.querySelectorAll("button")];
  const at = all.findIndex((each) => each === document.activeElement);
  if (at < 0) {
    if (key === "Enter") all[0]?.click();
    else if (key === "ArrowDown") all[0]?.focus();
    else return false;
    return true;
  }
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS };
  const step = key in steps ? steps[/** @type {keyof typeof steps} */ (key)] : undefined;
  if (step === undefined) {
    // A letter goes on with what is looked for.
    if (key.length === 1 && key !== " ") field.focus();
    return false;
  }
  if (at + step < 0) field.focus();
  else all[at + step]?.focus();
  return true;
}
