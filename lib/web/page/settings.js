// @ts-check
/// <reference lib="dom" />
/** The settings: what the dialog shows, and what becomes of it. */

import { showSettings } from "./dialogs.js";
import { notifies, toggleNotify } from "./notify.js";
import { preference, setPreference } from "./saved.js";

/** @param {import("./chat.js").Chat | undefined} chat */
export function openSettings(chat) {
  showSettings({
    name: chat?.store.me ?? "",
    theme: preference("theme"),
    notifies: notifies(),
    setTheme: (theme) => {
      setPreference("theme", theme);
      dispatchEvent(new Event("chatroom-theme"));
    },
    toggleNotify,
    rename: (name) => void chat?.submit(`/nick ${name}`),
    leave: () => chat?.close(),
    again: () => openSettings(chat),
  });
}
