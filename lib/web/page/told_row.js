// @ts-check
/// <reference lib="dom" />
/** A row that tells something between what was said, or stands for what is not shown. */

import { button, h } from "./dom.js";
import { inertLine } from "../../words/inert.js";

/** @import { Row } from "./rows.js" */

/** @type {(row: Extract<Row, { kind: "folded" }>, actions: { readonly unfold: (keys: readonly string[]) => void }) => HTMLElement} */
export function foldedView({ keys }, { unfold }) {
  const many = keys.length === 1 ? "A message" : `${keys.length} messages`;
  const show = button({ class: "link", onclick: () => unfold(keys) }, "Show");
  return h(
    "li",
    { class: "told" },
    h("span", {}, `${many} of somebody whom you have blocked. `, show),
  );
}

/** @type {(item: Extract<Row, { kind: "told" }>["item"]) => HTMLElement} */
export function toldView(item) {
  if (item.kind === "notice") {
    const text = h("span", { dir: "auto" }, ...inertLine(item.text).split("↵"));
    return h("li", { class: item.tone === "error" ? "told error" : "told" }, text);
  }
  if (item.kind === "gap") return h("li", { class: "told" }, h("span", {}, gapText(item)));
  const line = h("span", { dir: "auto" });
  tell(line, item.joined, item.joinedMore, "came in");
  tell(line, item.left, item.leftMore, "left");
  return h("li", { class: "told" }, line);
}

/** @param {{ from: number, to: number }} gap */
function gapText({ from, to }) {
  const many = to - from + 1;
  return many === 1
    ? "One message is missing here: the server no longer has it."
    : `${many.toLocaleString("en")} messages are missing here: the server no longer has them.`;
}

/**
 * @param {HTMLElement} line
 * @param {readonly string[]} names
 * @param {number} more others, without their names
 * @param {string} what
 */
function tell(line, names, more, what) {
  const count = names.length + more;
  if (count === 0) return;
  if (line.hasChildNodes()) line.append(" · ");
  names.slice(0, 4).forEach((name, n) => {
    if (n > 0) line.append(n === count - 1 ? " and " : ", ");
    line.append(h("bdi", {}, inertLine(name)));
  });
  if (count > 4) line.append(` and ${(count - 4).toLocaleString("en")} more`);
  line.append(` ${what}`);
}
