// @ts-check
/// <reference lib="dom" />
/** How a text looks in which there may be links, code and mentions. See late_text.js, which brings it. */

import { h } from "./dom.js";
import { partsOf } from "./parts.js";
import { fragmentOf } from "./place.js";

/** @import { Part } from "./parts.js" */

/**
 * A text with its links, code and mentions.
 * @type {(text: string, isName: (name: string) => boolean) => Array<string | HTMLElement>}
 */
export function formattedText(text, isName) {
  return partsOf(text, isName).map((part) => {
    switch (part.kind) {
      case "code":
        return h("code", { dir: "auto" }, part.text);
      case "block":
        return h(
          "code",
          { class: "block", dir: "auto", tabindex: 0, title: part.language || undefined },
          part.text,
        );
      case "link":
        return linkView(part);
      case "room":
        return h("a", { href: fragmentOf({ kind: "room", name: part.text.slice(1) }) }, part.text);
      case "mention":
        return h("bdi", { class: "mention" }, part.text);
      case "sign":
        return h("bdi", { class: "sign", dir: "ltr" }, part.text);
      case "text":
        return part.text;
    }
  });
}

/**
 * A link, and beside it the host where that may be another one than it looks.
 * @type {(link: Extract<Part, { kind: "link" }>) => HTMLElement}
 */
function linkView({ text, href, host }) {
  const link = h("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);
  if (host === undefined) return link;
  return h("span", {}, link, " ", h("bdi", { class: "sign", dir: "ltr" }, `[${host}]`));
}
