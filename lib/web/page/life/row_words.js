// @ts-check
/** What a row says to whoever listens to it, in one sentence after the other. Pure. */

import { inertLine } from "../../../words/inert.js";

/** @import { SaidRow } from "../rows.js" */

/**
 * @param {SaidRow} row
 * @param {(at: number) => string} time
 * @returns {string}
 */
export function rowWords(row, time) {
  const { from, text, at, action, quote, re, edited, removed, reactions = [], pinned, failed, id } =
    row;
  const who = inertLine(from);
  const said = removed !== undefined
    ? `${who}, ${time(at)}: a message that was removed`
    : `${who}${action ? "" : ","} ${action ? inertLine(text) : `${time(at)}: ${inertLine(text)}`}`;
  const answers = re === undefined
    ? ""
    : quote === undefined
    ? "answers a message that is gone"
    : `answers ${inertLine(quote.from)}: ${inertLine(quote.text)}`;
  const all = reactions.map(({ key, count }) => `${inertLine(key)} ${count}`).join(", ");
  return [
    said,
    answers,
    edited === undefined || removed !== undefined ? "" : "edited",
    pinned ? "pinned" : "",
    all === "" ? "" : `reactions: ${all}`,
    failed === undefined ? id === undefined ? "" : "waits to be sent" : `not sent: ${failed}`,
  ].filter((each) => each !== "").join("; ");
}

/** Who reacted with one key, as a tooltip has it. @type {(names: readonly string[], count: number, key: string) => string} */
export function whoReactedText(names, count, key) {
  const shown = names.map(inertLine);
  const more = count - shown.length;
  if (more > 0) {
    return `${shown.join(", ")} and ${more.toLocaleString("en")} more: ${inertLine(key)}`;
  }
  const last = shown.length > 1 ? ` and ${shown.at(-1)}` : shown[0] ?? "";
  return `${shown.length > 1 ? shown.slice(0, -1).join(", ") : ""}${last}: ${inertLine(key)}`;
}
