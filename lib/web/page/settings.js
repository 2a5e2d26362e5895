// @ts-check
/// <reference lib="dom" />
/** The settings: what the dialog shows, and what becomes of it. It comes when it is opened. */

import { accountRows } from "./account_settings.js";
import { choice, setting, toggle } from "./controls.js";
import { lineForm, openDialog } from "./dialogs.js";
import { button, h } from "./dom.js";
import { closeDialog } from "./drawers.js";
import { notifies } from "./notify.js";
import { preference, setPreference } from "./saved.js";
import { signOutHere } from "./sign_out.js";

/** @import { Chat } from "./chat.js" */
/** @import { Choices } from "./controls.js" */
/** @import { Opener } from "./controls.js" */

/** @param {Opener} opener */
export async function openSettings(opener) {
  const { chat, update } = opener;
  const again = () => void openSettings(opener);
  const hasAccount = chat.store.account.id !== "";
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
        update();
        again();
      }),
    ),
    notifySetting(again),
    ...hasAccount ? await accountRows(chat, again) : [],
    ...hasAccount ? [] : [keepNameSetting(chat)],
    hasAccount ? signOutSetting(chat) : leaveSetting(chat),
  );
}

/** @type {Choices} */
const THEMES = [[undefined, "System"], ["light", "Light"], ["dark", "Dark"]];
/** @type {Choices} */
const PRESENCE = [[undefined, "Folded"], ["each", "Each"], ["none", "None"]];

/** @param {Chat} chat */
function nameForm(chat) {
  const { me } = chat.store;
  const field = { "aria-label": "Your name", value: me, maxlength: 64, spellcheck: "false" };
  return lineForm(field, "Rename", (name) => {
    closeDialog();
    if (name !== "" && name !== me) void chat.submit(`/nick ${name}`);
  });
}

/** For a guest: what makes the name theirs. @param {Chat} chat */
function keepNameSetting(chat) {
  const field = {
    type: "password",
    "aria-label": "A password for your name",
    placeholder: "A password",
    autocomplete: "new-password",
    maxlength: 256,
  };
  const form = lineForm(field, "Reserve", (password) => {
    if (password === "") return;
    closeDialog();
    void chat.run({ type: "register", password });
  });
  const hint = "With a password it is yours, here and on your other devices.";
  return setting("Keep this name", hint, form);
}

/** @param {() => void} again */
function notifySetting(again) {
  const problem = h("small", { class: "error", role: "status" });
  const onclick = async () => {
    const why = await toggleNotify();
    if (why === undefined) again();
    else problem.textContent = why;
  };
  const row = setting(
    "Notifications",
    "When you are mentioned or written to while you look elsewhere.",
    toggle(notifies() ? "On" : "Off", notifies(), onclick, "plain"),
  );
  row.firstElementChild?.append(problem);
  return row;
}

/**
 * Turns notifications on or off. Resolves with why they can't be had, in a sentence.
 * @returns {Promise<string | undefined>}
 */
async function toggleNotify() {
  if (notifies()) {
    setPreference("notify", undefined);
    return undefined;
  }
  if (!("Notification" in globalThis) || !globalThis.isSecureContext) {
    return "This browser offers none here; over https it might.";
  }
  if (await Notification.requestPermission() !== "granted") {
    return "The browser does not allow them; its settings for this page can.";
  }
  setPreference("notify", "on");
  return undefined;
}

/** @param {Chat} chat */
function leaveSetting(chat) {
  const onclick = () => {
    closeDialog();
    chat.close();
  };
  const leave = button({ class: "plain", onclick }, "Leave the chat");
  return setting("Leave", "Ends your session in this tab.", leave);
}

/** @param {Chat} chat */
function signOutSetting(chat) {
  const onclick = () => {
    closeDialog();
    void signOutHere(chat);
  };
  const leave = button({ class: "plain", onclick }, "Sign out");
  return setting(
    "Sign out",
    "In all tabs of this browser; it needs the password next time.",
    leave,
  );
}
