// @ts-check
/// <reference lib="dom" />
/** What stands below a message of ours that is not acked, and what can be done about it. */

import { button, h } from "./dom.js";
import { inertLine } from "../../words/inert.js";

/** @import { RowActions } from "./row_view.js" */
/** @import { SaidRow } from "./rows.js" */

/**
 * What has become of a message of ours that is not acked.
 * @type {(row: SaidRow, actions: RowActions) => HTMLElement | undefined}
 */
export function stateView({ id, failed, asks }, { retry, discard, resend }) {
  if (id === undefined) return undefined;
  if (failed === undefined) return h("p", { class: "state" }, "Waiting to be sent");
  /** @param {string} text @param {(id: string) => void} act */
  const link = (text, act) => button({ class: "link", onclick: () => act(id) }, text);
  const [why, again] = asks ? ["Send it again?", "Send"] : ["Not sent.", "Send again"];
  const links = [link(again, resend), " ", link("Edit", retry), " ", link("Discard", discard)];
  return h("p", { class: "state" }, `${why} ${inertLine(failed)} `, ...links);
}
