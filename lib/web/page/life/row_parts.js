// @ts-check
/// <reference lib="dom" />
/**
 * What a row shows beside the text of its message: what that answers, reactions, a pin, what stands in the
 * place of one that was removed, and the button that opens what can be done.
 */

import { button, h } from "../dom.js";
import { inertLine } from "../../../words/inert.js";
import { nameView, timeOfDay } from "../row_view.js";
import { emojiName } from "./common_emoji.js";
import { questionView } from "./question_view.js";
import { knownBy } from "./row_words.js";

/** @import { RowLife } from "../row_view.js" */
/** @import { SaidRow } from "../rows.js" */
/**
 * @typedef {object} RowPartActions
 * @property {(seq: number) => void} go to a message
 * @property {(row: SaidRow, key: string, off: boolean) => void} react
 * @property {(row: SaidRow, button: HTMLElement) => void} pick lets somebody choose a reaction
 * @property {(row: SaidRow, button: HTMLElement) => void} choose opens all that can be done
 * @property {(row: SaidRow, key: string) => Promise<string>} whoReacted in a sentence
 * @property {(row: SaidRow, choice: string) => void} answer
 * @property {(name: string) => boolean} isBlocked
 */

/** @type {(actions: RowPartActions) => RowLife} */
export function rowParts(actions) {
  return {
    above: (row) => answersView(row, actions),
    below: (row) => belowView(row, actions),
    gone: goneView,
    tools: (row) => toolsView(row, actions),
  };
}

/** How that begins which a message answers; it leads there. @type {(row: SaidRow, actions: RowPartActions) => HTMLElement} */
function answersView({ re, quote }, { go, isBlocked }) {
  if (re === undefined) return h("div", { class: "answers" });
  const said = quote === undefined
    ? ["a message that was removed or is gone"]
    : isBlocked(quote.from)
    ? ["somebody whom you have blocked"]
    : [nameView(quote.from), " ", h("bdi", {}, inertLine(quote.text))];
  const sign = h("span", { "aria-hidden": "true" }, "↳ ");
  if (quote === undefined) {
    const told = h("span", { class: "unseen" }, "Answers ");
    return h("div", { class: "answers" }, h("span", {}, sign, told, ...said));
  }
  const told = h("span", { class: "unseen" }, "Go to what this answers: ");
  const onclick = () => go(re);
  const quoted = button(
    { class: "quote", tabindex: -1, "data-act": "go", onclick },
    sign,
    told,
    ...said,
  );
  return h("div", { class: "answers" }, quoted);
}

/** @type {(row: SaidRow, actions: RowPartActions) => HTMLElement} */
function belowView(row, actions) {
  const { reactions = [], pinned } = row;
  const chips = reactions.map((each) => chipView(row, each, actions));
  if (chips.length > 0) chips.push(addView(row, actions));
  return h(
    "div",
    { class: "below" },
    questionView(row, actions.answer),
    pinned && h("span", { class: "pin" }, h("span", { "aria-hidden": "true" }, "📌 "), "Pinned"),
    chips.length > 0 &&
      h(
        "span",
        { class: "chips", role: "group", "aria-label": `Reactions to ${knownBy(row)}` },
        ...chips,
      ),
  );
}

/**
 * @type {(row: SaidRow, reaction: NonNullable<SaidRow["reactions"]>[number],
 *   actions: RowPartActions) => HTMLElement}
 */
function chipView(row, { key, count, mine = false }, { react, whoReacted }) {
  const shown = inertLine(key);
  const people = count === 1
    ? mine ? "only you" : "1 person"
    : `${count.toLocaleString("en")} people`;
  const chip = button(
    {
      class: "chip",
      tabindex: -1,
      "data-act": `react ${key}`,
      "aria-pressed": String(mine),
      "aria-label": `React with ${inertLine(emojiName(key))}, ${people}`,
      onclick: () => react(row, key, mine),
    },
    h("span", { class: "emoji" }, shown),
    h("span", { class: "count" }, count > 999 ? "999+" : String(count)),
  );
  // Who it was is asked for when somebody wants to know.
  const ask = () => void whoReacted(row, key).then((text) => chip.title = text);
  for (const type of ["pointerenter", "focus"]) chip.addEventListener(type, ask, { once: true });
  return chip;
}

/** @type {(row: SaidRow, actions: RowPartActions) => HTMLElement} */
function addView(row, { pick }) {
  const onclick = () => pick(row, add);
  const about = { "data-act": "react", "aria-label": "Another reaction", title: "React", onclick };
  const popup = { "aria-haspopup": "dialog", "aria-expanded": "false" };
  const add = button({ class: "chip add", tabindex: -1, ...about, ...popup }, "+");
  return add;
}

/** @type {(row: SaidRow) => HTMLElement | undefined} */
function goneView({ removed, from }) {
  if (removed === undefined) return undefined;
  const { by, at, reason = "" } = removed;
  const who = by === from ? [] : [" by ", h("bdi", {}, inertLine(by))];
  const why = reason === "" ? [] : [": ", h("bdi", {}, inertLine(reason))];
  const when = ` at ${timeOfDay.format(new Date(at))}`;
  return h("p", { class: "gone" }, "This message was removed", ...who, when, ...why);
}

/** @type {(row: SaidRow, actions: RowPartActions) => HTMLElement | undefined} */
function toolsView(row, { choose }) {
  if (row.removed !== undefined && row.id === undefined) return undefined;
  const onclick = () => choose(row, more);
  const more = button(
    {
      class: "icon more",
      tabindex: -1,
      "data-act": "more",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-label": `Actions: ${knownBy(row)}`,
      title: "More actions",
      onclick,
    },
    "⋯",
  );
  return h("div", { class: "tools" }, more);
}
