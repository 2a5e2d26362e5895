// @ts-check
/// <reference lib="dom" />
/** Notifications of the system, asked for only when the person says so. */

import { inertLine } from "../../words/inert.js";
import { preference, setPreference } from "./saved.js";

const MAX_SHOWN = 200;

/** @returns {boolean} */
export function notifies() {
  return preference("notify") === "on" && globalThis.Notification?.permission === "granted";
}

/**
 * Turns notifications on or off. Resolves with why they can't be had, in a sentence.
 * @returns {Promise<string | undefined>}
 */
export async function toggleNotify() {
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

/**
 * Tells of a message; of those with the same tag only the last is on the screen, and each alerts.
 * @param {{ tag: string, title: string, text: string }} what
 * @param {() => void} onClick
 */
export function notify({ tag, title, text }, onClick) {
  if (!notifies()) return;
  try {
    const body = inertLine(text).slice(0, MAX_SHOWN);
    /** @type {NotificationOptions & { renotify: boolean }} */
    const options = { body, tag, renotify: true };
    const shown = new Notification(inertLine(title), options);
    shown.onclick = () => {
      globalThis.focus();
      onClick();
      shown.close();
    };
  } catch {
    // Some phones have the permission and no way to use it from a page.
  }
}
