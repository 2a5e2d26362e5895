// @ts-check
/// <reference lib="dom" />
/** Dialogs about a message: whether it is to be removed, who reacted, and what is pinned to a room. */

import { foundView, lineForm, openDialog } from "../dialogs.js";
import { button, h } from "../dom.js";
import { closeDialog } from "../drawers.js";
import { quoteText } from "../../../words/fold.js";
import { inertLine } from "../../../words/inert.js";
import { nameView } from "../row_view.js";
import { keepsOrder } from "./row_actions.js";
import { knownBy } from "./row_words.js";

/** @import { EventOf } from "../../../wire/events.ts" */
/** @import { Opener } from "../controls.js" */

/**
 * @param {{ readonly from: string, readonly text: string, readonly own: boolean }} said
 * @param {(reason: string) => void} remove
 */
export function askRemove({ from, text, own }, remove) {
  const quoted = h(
    "p",
    { class: "asked" },
    nameView(from),
    " ",
    h("bdi", {}, inertLine(quoteText(text))),
  );
  const about = own
    ? "Nobody can read it any more, and it can't be brought back."
    : "Nobody can read it any more, and it can't be brought back. The others see that you removed it.";
  /** @param {string} [reason] */
  const go = (reason = "") => {
    closeDialog();
    remove(reason);
  };
  const field = {
    "aria-label": "Why",
    placeholder: "Why (if you like)",
    maxlength: 200,
    autofocus: true,
  };
  openDialog(
    "Remove this message?",
    quoted,
    h("p", {}, about),
    own ? undefined : lineForm(field, "Remove", go),
    own
      ? button({ class: "primary grave", autofocus: true, onclick: () => go() }, "Remove")
      : undefined,
    " ",
    button({ class: "plain", onclick: closeDialog }, "Keep it"),
  );
}

/** @param {EventOf<"reactions">} event */
export function showReactions({ reactions }) {
  const rows = reactions.map(({ key, names, count }) => {
    const people = names.flatMap((name, n) => [n === 0 ? "" : ", ", nameView(name)]);
    const more = count > names.length && ` and ${(count - names.length).toLocaleString("en")} more`;
    return h(
      "div",
      { class: "setting" },
      h("span", { class: "emoji" }, inertLine(key)),
      h("span", {}, ...people, more),
    );
  });
  openDialog(
    "Reactions",
    ...rows.length === 0 ? [h("p", { class: "none" }, "Nobody has reacted.")] : rows,
  );
}

/**
 * @param {EventOf<"page">} page
 * @param {Opener} opener
 */
export function showPins({ room, messages }, opener) {
  const { chat, go } = opener;
  const place = chat.store.room(room);
  const mayUnpin = place !== undefined && keepsOrder(chat.store.account, place);
  const views = [...messages].reverse().map((message) => {
    const view = foundView(message, () => [], () => go(place, message.seq));
    const unpin = () => {
      void chat.run({ type: "pin", room, re: message.seq, off: true });
      removeView(view);
    };
    const label = `Unpin ${knownBy(message)}`;
    if (mayUnpin) {
      view.append(button({ class: "plain", "aria-label": label, onclick: unpin }, "Unpin"));
    }
    return view;
  });
  const none = h("p", { class: "none" }, "Nothing is pinned here.");
  openDialog(`Pinned to ${inertLine(room)}`, h("ul", { class: "pinned" }, ...views), none);
}

/** Takes a row out of a list; whoever is there with the keyboard goes on at the next. @param {HTMLElement} view */
function removeView(view) {
  const beside = view.nextElementSibling ?? view.previousElementSibling;
  view.remove();
  const next = beside?.querySelector(".plain") ?? document.getElementById("dialog-body");
  if (next instanceof HTMLElement) next.focus();
}
