// @ts-check
/// <reference lib="dom" />
/** A question with choices below its text: a button for each while it is open, and who has answered what. */

import { inertLine } from "../../../words/inert.js";
import { isOpenQuestion } from "../../../words/question.js";
import { button, h } from "../dom.js";
import { nameView } from "../row_view.js";
import { knownBy } from "./row_words.js";

/** @import { SaidRow } from "../rows.js" */

/**
 * Nothing for a message that asks nothing. Who may answer is the server's to say: it refuses others.
 * @type {(row: SaidRow, answer: (row: SaidRow, choice: string) => void) => HTMLElement | undefined}
 */
export function questionView(row, answer) {
  const { ask, answers = [], removed } = row;
  if (ask === undefined || removed !== undefined) return undefined;
  const isOpen = isOpenQuestion(ask, answers, Date.now());
  const buttons = isOpen ? ask.choices.map((choice) => choiceView(row, choice, answer)) : [];
  const given = answers.map(({ from, choice }) =>
    h("span", { class: "pin" }, nameView(from), ": ", h("bdi", {}, inertLine(choice)))
  );
  const asked = [...ask.from ?? [], ...ask.role === undefined ? [] : [`any ${ask.role}`]];
  const whose = isOpen && asked.length > 0 &&
    h("span", { class: "pin" }, inertLine(asked.join(", ")));
  const label = `Question of ${knownBy(row)}`;
  return h(
    "span",
    { class: "chips", role: "group", "aria-label": label },
    ...given,
    ...buttons,
    whose,
  );
}

/** @type {(row: SaidRow, choice: string, answer: (row: SaidRow, choice: string) => void) => HTMLElement} */
function choiceView(row, choice, answer) {
  const onclick = () => answer(row, choice);
  const label = `Answer ${inertLine(choice)}`;
  const about = { "data-act": `answer ${choice}`, "aria-label": label, onclick };
  return button({ class: "chip", tabindex: -1, ...about }, h("bdi", {}, inertLine(choice)));
}
