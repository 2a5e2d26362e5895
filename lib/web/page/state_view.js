// @ts-check
/// <reference lib="dom" />
/** What stands below a message of ours that is not acked, and what can be done about it. */

import { discardLabel } from "./discard_label.js";
import { button, h } from "./dom.js";
import { inertLine } from "../../words/inert.js";

/** @import { SaidRow } from "./rows.js" */
/**
 * What can be done about what waits, by its id. `life`: what goes through the rows by keys, once it is here.
 * @typedef {{ readonly [K in "retry" | "discard" | "resend"]: (id: string) => void } &
 *   { readonly life: () => unknown }} UnsentActions
 */

/**
 * What has become of a message of ours, or of a change of it, that is not acked.
 * @type {(row: SaidRow, actions: UnsentActions) => HTMLElement | undefined}
 */
export function stateView(row, { retry, discard, resend, life }) {
  const { id, failed, asks, sent, seq, removed, editing } = row;
  if (id === undefined) return undefined;
  if (failed === undefined && sent && !editing) return h("p", { class: "state" }, "On its way");
  // Where one goes through the rows by keys these are reached from theirs.
  const tabindex = life() === undefined ? undefined : -1;
  /** @param {string} text @param {(id: string) => void} act */
  const link = (text, act) =>
    button({ class: "link", tabindex, "data-act": text, onclick: () => act(id) }, text);
  const [why, again] = asks ? ["Send it again?", "Send"] : ["Not sent.", "Send again"];
  const links = [
    failed !== undefined && link(again, resend),
    editing && link("Send as it was", resend),
    removed === undefined && link("Edit", retry),
    link(discardLabel({ seq, removed }), discard),
  ].filter((each) => each instanceof HTMLElement);
  const waits = editing ? "Being edited, and sent after that." : "Waiting to be sent.";
  const told = failed === undefined ? waits : `${why} ${inertLine(failed)}`;
  return h("p", { class: "state" }, told, ...links.flatMap((each) => [" ", each]));
}
