// @ts-check
/// <reference lib="dom" />
/** Lets somebody choose a reaction: one that is used often, one that is looked for, or any that is typed. */

import { button, h } from "../dom.js";
import { lateEmoji } from "../emoji_choices.js";
import { emojiName, emojisFor } from "./common_emoji.js";
import { closeFloat, openFloat } from "./float.js";
import { usualReactions } from "./recent.js";

/** @import { NamedEmoji } from "./common_emoji.js" */

const MOST_SHOWN = 48;
/** How many stand side by side; the style sheet has the same. */
const COLUMNS = 8;

/**
 * @param {object} picker
 * @param {Element} picker.beside
 * @param {string} picker.label what is reacted to
 * @param {(key: string) => void} picker.choose
 * @param {() => void} picker.closed where nothing was chosen
 */
export function openPicker({ beside, label, choose, closed }) {
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
  const told = h("p", { class: "none", role: "status" });
  const element = h(
    "div",
    { class: "picker", role: "dialog", "aria-modal": "true", "aria-label": label },
    field,
    grid,
    told,
  );
  const show = () => {
    const query = field.value.trim();
    const found = offered(query);
    grid.replaceChildren(...found.map((each, n) => emojiView(each, n === 0, take)));
    told.textContent = query === ""
      ? ""
      : found.length === 0
      ? "None has this name; any emoji can be typed or pasted."
      : `${found.length} found`;
    told.classList.toggle("unseen", found.length > 0);
  };
  field.addEventListener("input", show);
  // By the time that a word is written, all of them are there.
  void lateEmoji.come().then(() => field.isConnected && field.value !== "" && show());
  show();
  openFloat(element, {
    beside,
    closed: () => chosen || closed(),
    key: (event) => move(event, field, grid),
  });
  grid.addEventListener("focusin", ({ target }) => stopAt(grid, target));
  field.focus();
}

/** Tab leads from the field to the emoji where somebody was last. @type {(grid: HTMLElement, last: EventTarget | null) => void} */
function stopAt(grid, last) {
  for (const each of grid.querySelectorAll("button")) each.tabIndex = each === last ? 0 : -1;
}

/** @type {(each: NamedEmoji, isStop: boolean, take: (key: string) => void) => HTMLElement} */
function emojiView({ emoji, name }, isStop, take) {
  const tabindex = isStop ? 0 : -1;
  const about = { "aria-label": name, title: name, tabindex, onclick: () => take(emoji) };
  return button(about, emoji);
}

/**
 * What somebody may mean; before they have said, what they have used and what others do.
 * @param {string} query
 */
function offered(query) {
  if (query !== "") return emojisFor(query, MOST_SHOWN, lateEmoji.here?.completeEmoji);
  const used = usualReactions(MOST_SHOWN).map((emoji) => ({ emoji, name: emojiName(emoji) }));
  const others = emojisFor("", MOST_SHOWN).filter(({ emoji }) =>
    used.every((each) => each.emoji !== emoji)
  );
  return [...used, ...others].slice(0, MOST_SHOWN);
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
