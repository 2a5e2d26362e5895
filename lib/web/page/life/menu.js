// @ts-check
/// <reference lib="dom" />
/** The menu of what can be done about a message, with the reactions that are used most above it. */

import { button, h } from "../dom.js";
import { emojiName } from "./common_emoji.js";
import { closeFloat, openFloat } from "./float.js";

/** @import { ActionName, RowAction } from "./row_actions.js" */
/** @typedef {{ readonly key: string, readonly mine: boolean }} OfferedReaction */

/** What a key does that has another name on the keyboard. @type {Readonly<Record<string, string | undefined>>} */
const KEY_NAMES = { Delete: "Del" };

/**
 * @param {object} menu
 * @param {Element} menu.beside
 * @param {string} menu.label whose message it is about
 * @param {readonly RowAction[]} menu.actions
 * @param {readonly OfferedReaction[]} menu.reactions
 * @param {(name: ActionName) => void} menu.act
 * @param {(reaction: OfferedReaction) => void} menu.react
 * @param {() => void} menu.closed where nothing was chosen
 */
export function openMenu({ beside, label, actions, reactions, act, react, closed }) {
  let chosen = false;
  /** @param {() => void} go */
  const choose = (go) => {
    chosen = true;
    closeFloat();
    go();
  };
  const quick = reactions.map((each) =>
    item(
      "quick",
      `${each.mine ? "Take back" : "React with"} ${emojiName(each.key)}`,
      () => choose(() => react(each)),
      [
        each.key,
      ],
      each.mine,
    )
  );
  const rows = actions.map(({ name, label, key, isGrave }) => {
    const shown = KEY_NAMES[key] ?? key.toUpperCase();
    // Drawn by the style sheet: it is no part of the name.
    const hint = key !== "" && h("kbd", { "aria-hidden": "true", "data-key": shown });
    const view = item(isGrave ? "grave" : "", label, () => choose(() => act(name)), [label, hint]);
    if (key !== "") view.setAttribute("aria-keyshortcuts", key === "+" ? "Plus" : shown);
    return view;
  });
  const element = h(
    "div",
    { class: "menu", role: "menu", "aria-label": label },
    quick.length > 0 &&
      h("div", { class: "quicks", role: "group", "aria-label": "React" }, ...quick),
    ...rows,
  );
  const all = [...quick, ...rows];
  openFloat(element, {
    beside,
    closed: () => chosen || closed(),
    key: (event) => move(event, all, quick.length),
  });
  (rows[0] ?? all[0])?.focus();
}

/**
 * @param {string} kind
 * @param {string} label
 * @param {() => void} onclick
 * @param {Array<string | false | HTMLElement>} shown
 * @param {boolean} [isOn]
 */
function item(kind, label, onclick, shown, isOn) {
  const role = isOn === undefined ? "menuitem" : "menuitemcheckbox";
  const checked = isOn === undefined ? {} : { "aria-checked": String(isOn) };
  return button(
    { class: kind, role, tabindex: -1, "aria-label": label, ...checked, onclick },
    ...shown,
  );
}

/**
 * The arrows go through the menu, whose first row lies from left to right; a letter does what stands
 * beside it.
 * @param {KeyboardEvent} event
 * @param {readonly HTMLElement[]} all
 * @param {number} quick how many lie in that row
 * @returns {boolean} whether it does anything
 */
function move({ key, ctrlKey, metaKey, altKey }, all, quick) {
  if (ctrlKey || metaKey || altKey) return false;
  const at = all.findIndex((each) => each === document.activeElement);
  const inRow = at < quick;
  /** @type {Record<string, number | undefined>} */
  const steps = {
    ArrowDown: inRow ? quick : at + 1,
    ArrowUp: inRow ? all.length - 1 : at === quick && quick > 0 ? 0 : at - 1,
    ArrowRight: inRow ? (at + 1) % quick : undefined,
    ArrowLeft: inRow ? (at - 1 + quick) % quick : undefined,
    Home: 0,
    End: all.length - 1,
  };
  const to = steps[key];
  if (to !== undefined) {
    all[(to + all.length) % all.length]?.focus();
    return true;
  }
  if (key === "Enter" || key === " ") {
    all[at]?.click();
    return true;
  }
  const named = all.find((each) =>
    each.querySelector("kbd")?.dataset.key?.toLowerCase() === (KEY_NAMES[key] ?? key).toLowerCase()
  );
  named?.click();
  return named !== undefined;
}
