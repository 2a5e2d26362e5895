// @ts-check
/// <reference lib="dom" />
/**
 * Texts with their emphasis, links, code and mentions, what becomes of those that wait, and what is told between.
 * That comes when somebody joins, as a first visit does without; until then a text stands as it was written.
 */

import { inertText } from "../../words/inert.js";
import { Late } from "./late.js";

/** Its modules are asked for together, and not each after the one that imports it. */
export const lateText = new Late(async () => {
  const [views, { stateView }, { foldedView, toldView }] = await Promise.all([
    import("./text_view.js"),
    import("./state_view.js"),
    import("./told_row.js"),
    import("./parts.js"),
    import("../../words/format.js"),
    import("../../words/links.js"),
  ]);
  return { ...views, stateView, foldedView, toldView };
});

/** @type {(text: string, isName: (name: string) => boolean) => Array<string | HTMLElement>} */
export function textView(text, isName) {
  return lateText.here?.formattedText(text, isName) ?? [inertText(text)];
}

/** A text that is shown as one line. @type {(text: string) => Array<string | HTMLElement>} */
export function lineView(text) {
  return lateText.here?.formattedLine(text) ?? [inertText(text)];
}
