// @ts-check
/**
 * Takes a message's text apart into what is shown differently: code, links, mentions. Each step
 * takes a time that grows with the text and no faster, whatever the text is. Pure.
 */

import { inertText } from "../../words/inert.js";
import { otherHost, withoutTail } from "../../words/links.js";
import { nameKey } from "../../words/names.js";

/**
 * `host`: that of a link whose text may be taken for another one. `href`: where it leads.
 * `language`: what the first line of a block of code says that it is.
 * @typedef {{ readonly kind: "text" | "code" | "mention" | "sign" | "room", readonly text: string }
 *   | { readonly kind: "block", readonly text: string, readonly language: string }
 *   | { readonly kind: "link", readonly text: string, readonly href: string,
 *       readonly host: string | undefined }} Part
 */

/** What is longer is shown as text. */
const LONGEST_LINK = 2_048;
const LONGEST_NAME = 64;
/** So many beginnings of names are compared in one text. */
const MOST_COMPARED = 2_000;

const FENCE = "\x60\x60\x60";
const LANGUAGE = /^([\w+#.-]{1,20})\n(?=[^])/;
const CODE = /`([^`\n]+)`/g;
/** A stand-in of inert.js, or what looks like one. */
const SIGN = /<U\+[0-9A-F]{4,6}>/g;
const LINK =
  /https?:\/\/[^\s<>"'`\u201c\u201d]+|(?<![\p{L}\p{N}_.@/-])www\.[^\s<>"'`\u201c\u201d]+/giu;
const MENTION = /(?<![\p{L}\p{N}_])@(?=\S)|(?<![\p{L}\p{N}_#&/])#(?=\p{L})/gu;
const ROOM = /^[\p{L}\p{N}\p{M}_.-]+/u;
const WORD = /[\p{L}\p{N}\p{M}_-]/u;

/**
 * The parts of `text`, made inert. `isName` says whether the key of a name is that of somebody here.
 * @type {(text: string, isName?: (name: string) => boolean) => Part[]}
 */
export function partsOf(text, isName = () => false) {
  const shown = inertText(text);
  const reader = new Reader(isName);
  let at = 0;
  for (;;) {
    const open = shown.indexOf(FENCE, at);
    // There is something in it, if only a blank.
    const close = open < 0 ? -1 : shown.indexOf(FENCE, open + FENCE.length + 1);
    if (close < 0) break;
    reader.prose(shown.slice(at, shown[open - 1] === "\n" && open > at ? open - 1 : open));
    reader.block(shown.slice(open + FENCE.length, close));
    at = close + FENCE.length;
    if (shown[at] === "\n") at++;
  }
  reader.prose(shown.slice(at));
  return reader.parts;
}

class Reader {
  /** @type {Part[]} */
  parts = [];
  #isName;
  #compared = 0;

  /** @param {(name: string) => boolean} isName */
  constructor(isName) {
    this.#isName = isName;
  }

  /** @param {string} code */
  block(code) {
    const [, language = ""] = LANGUAGE.exec(code) ?? [];
    const body = code.slice(language.length);
    const from = body.startsWith("\n") && body.length > 1 ? 1 : 0;
    const to = body.endsWith("\n") && body.length > from + 1 ? -1 : undefined;
    this.parts.push({ kind: "block", text: body.slice(from, to), language });
  }

  /** @param {string} text */
  prose(text) {
    let at = 0;
    for (const { 0: { length }, 1: code = "", index } of text.matchAll(CODE)) {
      this.#links(text.slice(at, index));
      this.parts.push({ kind: "code", text: code });
      at = index + length;
    }
    this.#links(text.slice(at));
  }

  /** @param {string} text */
  #links(text) {
    let at = 0;
    for (const { 0: found, index } of text.matchAll(LINK)) {
      if (found.length > LONGEST_LINK) continue;
      const link = withoutTail(found, text[index - 1]);
      const target = targetOf(link);
      if (target === undefined) continue;
      this.#names(text.slice(at, index));
      this.parts.push({ kind: "link", text: link, ...target });
      at = index + link.length;
    }
    this.#names(text.slice(at));
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
      this.parts.push({ kind: sign === "@" ? "mention" : "room", text: text.slice(index, end) });
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
      if (this.#isName(nameKey(text.slice(0, end))) && text[end - 1] !== " ") return end;
    }
    return 0;
  }

  /** @param {string} text */
  #text(text) {
    let at = 0;
    for (const { 0: sign, index } of text.matchAll(SIGN)) {
      if (index > at) this.parts.push({ kind: "text", text: text.slice(at, index) });
      this.parts.push({ kind: "sign", text: sign });
      at = index + sign.length;
    }
    if (at < text.length) this.parts.push({ kind: "text", text: text.slice(at) });
  }
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
