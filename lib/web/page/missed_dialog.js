// @ts-check
/// <reference lib="dom" />
/** What came while no device was here: who was mentioned or written to, where. It comes when it is opened. */

import { foundView, openDialog } from "./dialogs.js";
import { button, h } from "./dom.js";
import { closeDialog } from "./drawers.js";

/** @import { EventOf } from "../../wire/events.ts" */
/** @import { Opener } from "./controls.js" */

/**
 * @param {EventOf<"page">} page
 * @param {Opener | undefined} opener
 */
export function showMissed({ messages, more }, opener) {
  if (opener === undefined) return;
  const { chat, go } = opener;
  const { placeList } = chat.store;
  const views = [...messages].reverse().map((message) =>
    foundView(message, () => [], () => go(placeList.at(message), message.seq))
  );
  const readAll = () => {
    chat.marks?.all();
    closeDialog();
  };
  openDialog(
    "Missed while you were away",
    messages.length === 0 && h("p", { class: "none" }, "Nothing was missed."),
    h("ul", {}, ...views),
    more && h("p", { class: "none" }, "There is more; read these first."),
    button({ class: "plain", onclick: readAll }, "Mark all as read"),
  );
}
