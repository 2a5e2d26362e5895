// @ts-check
/** What a row says to whoever listens to it, in one sentence after the other. Pure. */

import { quoteText } from "../../../words/fold.js";
import { inertLine } from "../../../words/inert.js";
import { answersText } from "../../../words/question.js";

/** @import { SaidRow } from "../rows.js" */

/** So many letters of a message tell it from others. */
const NAMED_BY = 40;

/**
 * @param {SaidRow} row
 * @param {(at: number) => string} time also of which day, where that is not today
 * @returns {string}
 */
export function rowWords(row, time) {
  const { from, text, at, action, quote, re, edited, removed, reactions = [], pinned, failed } =
    row;
  const { ask, answers: given = [] } = row;
  const waits = row.id === undefined ? "" : row.editing ? "is being edited" : "waits to be sent";
  const who = inertLine(from);
  const what = removed !== undefined
    ? "a message that was removed"
    : `${action ? `${who} ` : ""}${inertLine(text)}`;
  const answers = re === undefined
    ? ""
    : quote === undefined
    ? "answers a message that is gone"
    : `answers ${inertLine(quote.from)}: ${inertLine(quote.text)}`;
  const all = reactions.map(({ key, count }) => `${inertLine(key)} ${count}`).join(", ");
  return [
    `${who}, ${time(at)}: ${what}`,
    answers,
    ask === undefined ? "" : `asks: ${inertLine(ask.choices.join(", "))}`,
    given.length === 0 ? "" : `answered: ${inertLine(answersText(given))}`,
    edited === undefined || removed !== undefined ? "" : "edited",
    pinned ? "pinned" : "",
    all === "" ? "" : `reactions: ${all}`,
    failed === undefined ? waits : `not sent: ${failed}`,
  ].filter((each) => each !== "").join("; ");
}

/**
 * By what a message is known in the name of a control that does something about it.
 * @type {(row: Pick<SaidRow, "from" | "text">) => string}
 */
export function knownBy({ from, text }) {
  const letters = [...inertLine(quoteText(text))];
  const shown = letters.length <= NAMED_BY
    ? letters.join("")
    : `${letters.slice(0, NAMED_BY).join("")}…`;
  return `${inertLine(from)}: ${shown}`;
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
