// @ts-check
/// <reference lib="dom" />
/** What people have written as elements: emphasis, quotes, lists, code, links and mentions. */

import { h } from "./dom.js";
import { partsOf } from "./parts.js";
import { addressIn, fragmentOf } from "./place.js";

/** @import { Part, PartBlock } from "./parts.js" */
/** @typedef {string | HTMLElement} View */

/**
 * A text in its blocks. `isName` says whether the key of a name is that of somebody here.
 * @type {(text: string, isName: (name: string) => boolean) => View[]}
 */
export function formattedText(text, isName) {
  /** @type {View[]} */
  const views = [];
  for (const block of partsOf(text, isName)) {
    const last = views.at(-1);
    if (block.kind === "text") views.push(...lineOf(block));
    else if (block.kind === "code") views.push(codeView(block));
    else if (block.kind === "quote") views.push(h("blockquote", { dir: "auto" }, ...lineOf(block)));
    else if (last instanceof HTMLElement && last.className === "items") {
      last.append(itemView(block));
    } else views.push(h("ul", { class: "items" }, itemView(block)));
  }
  return views;
}

/**
 * A text that is one line: its emphasis and links are shown, and its signs of quotes and items.
 * @type {(text: string) => View[]}
 */
export function formattedLine(text) {
  return partsOf(text).flatMap((block) => [block.sign, ...lineOf(block)]);
}

/** @type {(block: PartBlock) => View[]} */
function lineOf({ parts }) {
  return parts.map((part) => {
    const view = partView(part);
    const leaning = part.italic ? h("em", {}, view) : view;
    return part.bold ? h("strong", {}, leaning) : leaning;
  });
}

/** An item with the sign that was typed. @param {PartBlock} block */
function itemView(block) {
  return h("li", { dir: "auto" }, block.sign.replace(/[-*]/, "•"), ...lineOf(block));
}

/** @param {PartBlock} block */
function codeView({ language, parts }) {
  const title = language || undefined;
  const properties = { class: "block", dir: "auto", tabindex: 0, title };
  return h(
    "code",
    properties,
    ...parts.map(({ kind, text }) => kind === "break" ? breakView() : text),
  );
}

/** @type {(part: Part) => View} */
function partView(part) {
  switch (part.kind) {
    case "code":
      return h("code", { dir: "auto" }, part.text);
    case "link":
      return linkView(part);
    case "room":
      return h("a", { href: fragmentOf({ kind: "room", name: part.text.slice(1) }) }, part.text);
    case "mention":
      return h("bdi", { class: "mention" }, part.text);
    case "sign":
      return h("bdi", { class: "sign", dir: "ltr" }, part.text);
    case "break":
      return breakView();
    case "text":
      return part.text;
  }
}

/** A newline that is seen by how blocks stand, and that is copied. */
function breakView() {
  return h("span", { hidden: true }, "\n");
}

/**
 * A link, and beside it the host where that may be another one than it looks. One that leads to somewhere on this
 * page goes there; any other opens a page of its own.
 * @type {(link: Extract<Part, { kind: "link" }>) => HTMLElement}
 */
function linkView({ text, href, host }) {
  const here = fragmentHere(href);
  const way = here === undefined
    ? { href, target: "_blank", rel: "noopener noreferrer" }
    : { href: here };
  const link = h("a", way, text);
  if (host === undefined) return link;
  return h("span", {}, link, " ", h("bdi", { class: "sign", dir: "ltr" }, `[${host}]`));
}

/**
 * What follows the address of this page in one of a room, conversation or message on it; nothing for any other.
 * @param {string} href
 */
function fragmentHere(href) {
  const { origin, pathname, search, hash } = new URL(href);
  const isHere = origin === location.origin && pathname === location.pathname &&
    search === location.search;
  return isHere && addressIn(hash) !== undefined ? hash : undefined;
}
