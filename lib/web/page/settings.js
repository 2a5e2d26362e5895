// @ts-check
/// <reference lib="dom" />
/** The settings: what the dialog shows, and what becomes of it. */

import { closeDialog, openDialog } from "./dialogs.js";
import { h } from "./dom.js";
import { notifies, toggleNotify } from "./notify.js";
import { preference, setPreference } from "./saved.js";

/** @import { Chat } from "./chat.js" */
/** @param {Chat | undefined} chat @param {() => void} changed */
export function openSettings(chat, changed) {
  const again = () => openSettings(chat, changed);
  openDialog(
    "Settings",
    nameForm(chat),
    setting(
      "Colours",
      "",
      choice("Colours", preference("theme"), THEMES, (theme) => {
        setPreference("theme", theme);
        dispatchEvent(new Event("chatroom-theme"));
        again();
      }),
    ),
    setting(
      "Who comes and goes",
      "Told together when people pause, each time, or not at all.",
      choice("Who comes and goes", preference("presence"), PRESENCE, (presence) => {
        setPreference("presence", presence);
        changed();
        again();
      }),
    ),
    notifySetting(again),
    setting(
      "Leave",
      "Ends your session in this tab.",
      h("button", {
        type: "button",
        class: "plain",
        onclick: () => {
          closeDialog();
          chat?.close();
        },
      }, "Leave the chat"),
    ),
  );
}

/** @typedef {ReadonlyArray<readonly [value: string | undefined, label: string]>} Choices */

/** @type {Choices} */
const THEMES = [[undefined, "System"], ["light", "Light"], ["dark", "Dark"]];
/** @type {Choices} */
const PRESENCE = [[undefined, "Folded"], ["each", "Each"], ["none", "None"]];

/** @param {Chat | undefined} chat */
function nameForm(chat) {
  const me = chat?.store.me ?? "";
  const name = h("input", {
    "aria-label": "Your name",
    value: me,
    maxlength: 64,
    dir: "auto",
    spellcheck: "false",
  });
  return h(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        closeDialog();
        const wanted = name.value.trim();
        if (wanted !== "" && wanted !== me) void chat?.submit(`/nick ${wanted}`);
      },
    },
    name,
    h("button", { class: "primary" }, "Rename"),
  );
}

/** @param {() => void} again */
function notifySetting(again) {
  const problem = h("small", { class: "error", role: "status" });
  const row = setting(
    "Notifications",
    "When you are mentioned or written to while you look elsewhere.",
    h("button", {
      type: "button",
      class: "plain",
      "aria-pressed": notifies() ? "true" : "false",
      onclick: async () => {
        const why = await toggleNotify();
        if (why === undefined) again();
        else problem.textContent = why;
      },
    }, notifies() ? "On" : "Off"),
  );
  row.firstElementChild?.append(problem);
  return row;
}

/** @param {string} label @param {string} hint @param {HTMLElement} control */
function setting(label, hint, control) {
  const text = h("span", {}, label, hint !== "" && h("small", {}, hint));
  return h("div", { class: "setting" }, text, control);
}

/**
 * @param {string} label
 * @param {string | undefined} chosen
 * @param {Choices} choices
 * @param {(value: string | undefined) => void} choose
 */
function choice(label, chosen, choices, choose) {
  const buttons = choices.map(([value, text]) =>
    h("button", {
      type: "button",
      "aria-pressed": value === chosen ? "true" : "false",
      onclick: () => choose(value),
    }, text)
  );
  return h("span", { class: "switch", role: "group", "aria-label": label }, ...buttons);
}
