// @ts-check
/**
 * Takes a message's text apart into what the page shows differently: what the grammar of
 * words/format.js says, and in that links, mentions and rooms. Each step takes a time that grows with
 * the text and no faster, whatever the text is. Pure.
 */

import { formatText } from "../../words/format.js";
import { inertText } from "../../words/inert.js";
import { otherHost } from "../../words/links.js";
import { nameKey } from "../../words/names.js";

/** @import { FormatBlock, FormatSpan } from "../../words/format.js" */
/**
 * `break`: a newline that a block begins or ends with.
 * `host`: that of a link whose text may be taken for another one. `href`: where it leads.
 * @typedef {{ readonly bold: boolean, readonly italic: boolean } & (
 *   | { readonly kind: "text" | "code" | "mention" | "sign" | "room" | "break",
 *       readonly text: string }
 *   | { readonly kind: "link", readonly text: string, readonly href: string,
 *       readonly host: string | undefined })} Part
 */
/**
 * Parts that belong together. `sign`: what a quote or an item of a list begins with, as it was typed.
 * @typedef {Pick<FormatBlock, "kind" | "language"> & { readonly sign: string,
 *   readonly parts: readonly Part[] }} PartBlock
 */

const LONGEST_NAME = 64;
/** So many beginnings of names are compared in one text. */
const MOST_COMPARED = 2_000;

/** A stand-in of inert.js, or what looks like one. */
const SIGN = /<U\+[0-9A-F]{4,6}>/g;
const MENTION = /(?<![\p{L}\p{N}_])@(?=\S)|(?<![\p{L}\p{N}_#&/])#(?=\p{L})/gu;
const ROOM = /^[\p{L}\p{N}\p{M}_.-]+/u;
const WORD = /[\p{L}\p{N}\p{M}_-]/u;

/**
 * The parts of `text`, made inert. `isName` says whether the key of a name is that of somebody here.
 * @type {(text: string, isName?: (name: string) => boolean) => PartBlock[]}
 */
export function partsOf(text, isName = () => false) {
  const reader = new Reader(isName);
  return formatText(inertText(text)).map((block) => reader.read(block))
    .filter(({ parts }) => parts.length > 0);
}

class Reader {
  /** @type {Part[]} */
  #parts = [];
  /** The span that is being read. @type {FormatSpan} */
  #span = { kind: "text", text: "", bold: false, italic: false };
  #isName;
  #compared = 0;

  /** @param {(name: string) => boolean} isName */
  constructor(isName) {
    this.#isName = isName;
  }

  /** @param {FormatBlock} block @returns {PartBlock} */
  read({ kind, language, spans }) {
    this.#parts = [];
    for (const span of spans) {
      this.#span = span;
      if (span.kind === "text") this.#names(span.text);
      else if (span.kind === "link") this.#link(span.text);
      else if (span.kind === "code") this.#add("code", span.text);
      else if (isBreak(span, spans, kind)) this.#add("break", "\n");
    }
    const sign = kind === "quote" || kind === "item" ? spans[0]?.text ?? "" : "";
    return { kind, language, sign, parts: this.#parts };
  }

  /** @param {Exclude<Part["kind"], "link">} kind @param {string} text */
  #add(kind, text) {
    const { bold, italic } = this.#span;
    this.#parts.push({ kind, text, bold, italic });
  }

  /** @param {string} text */
  #link(text) {
    const { bold, italic } = this.#span;
    const target = targetOf(text);
    if (target === undefined) this.#names(text);
    else this.#parts.push({ kind: "link", text, bold, italic, ...target });
  }

  /** @param {string} text */
  #names(text) {
    let at = 0;
    for (const { 0: sign, index } of text.matchAll(MENTION)) {
      if (index < at) continue;
      const rest = text.slice(index + 1, index + 1 + LONGEST_NAME + 1);
      const length = sign === "@" ? this.#nameIn(rest) : roomIn(rest);
      if (length === 0) continue;
      const end = index + 1 + length;
      this.#text(text.slice(at, index));
      this.#add(sign === "@" ? "mention" : "room", text.slice(index, end));
      at = end;
    }
    this.#text(text.slice(at));
  }

  /**
   * How long the name of somebody here is that a text begins with: the longest of them.
   * @type {(text: string) => number}
   */
  #nameIn(text) {
    for (let end = Math.min(text.length, LONGEST_NAME); end > 0; end--) {
      // A name ends where a word does.
      if (WORD.test(text[end] ?? "") && WORD.test(text[end - 1] ?? "")) continue;
      if (this.#compared++ > MOST_COMPARED) return 0;
      if (this.#isName(nameKey(text.slice(0, end))) && /\S/.test(text[end - 1] ?? "")) return end;
    }
    return 0;
  }

  /** @param {string} text */
  #text(text) {
    let at = 0;
    for (const { 0: sign, index } of text.matchAll(SIGN)) {
      if (index > at) this.#add("text", text.slice(at, index));
      this.#add("sign", sign);
      at = index + sign.length;
    }
    if (at < text.length) this.#add("text", text.slice(at));
  }
}

/**
 * Whether a sign of the grammar parts a block from another one: before code, or at the end.
 * @type {(span: FormatSpan, spans: readonly FormatSpan[], kind: FormatBlock["kind"]) => boolean}
 */
function isBreak(span, spans, kind) {
  if (kind === "code" && span === spans[0]) return span.text.startsWith("\n");
  return span === spans.at(-1) && span.text.endsWith("\n");
}

/** How long the name of a room is that a text begins with. @type {(text: string) => number} */
function roomIn(text) {
  const name = ROOM.exec(text)?.[0] ?? "";
  let end = name.length;
  while (end > 0 && /[.-]/.test(name[end - 1] ?? "")) end--;
  return end > LONGEST_NAME ? 0 : end;
}

/**
 * Where a link leads, if it goes where it says: by http or https, and without a user that looks like
 * a host.
 * @type {(link: string) => { href: string, host: string | undefined } | undefined}
 */
function targetOf(link) {
  const href = /^www\./i.test(link) ? `https://${link}` : link;
  try {
    const { protocol, username, password, hostname } = new URL(href);
    if (!/^https?:$/.test(protocol) || username !== "" || password !== "") return undefined;
    const [, read = ""] = /^[a-z]+:\/\/([^/?#:]*)/i.exec(href) ?? [];
    return hostname === "" ? undefined : { href, host: otherHost(read, hostname) };
  } catch {
    return undefined;
  }
}
