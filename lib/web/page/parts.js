// @ts-check
/** Takes a message's text apart into what is shown differently: code, links, mentions. Pure. */

import { inertText } from "./inert.js";
import { nameKey } from "./names.js";

/** @typedef {"text" | "code" | "block" | "link" | "mention" | "sign"} PartKind */
/** @typedef {{ readonly kind: PartKind, readonly text: string }} Part */

const CODE = /\n?```\n?([\s\S]+?)\n?```\n?|`([^`\n]+)`/g;
/** A stand-in of inert.js, or what looks like one. */
const SIGN = /<U\+[0-9A-F]{4,6}>/g;
const LINK = /https?:\/\/[^\s<>"'`\u201c\u201d]+/giu;
const MENTION = /(?<![\p{L}\p{N}_])@([\p{L}\p{N}][\p{L}\p{N}\p{M}_.-]*)/gu;

/**
 * The parts of `text`, made inert. The text of a link is its target. `isName` says whether a word
 * behind an `@` is somebody's name.
 * @param {string} text
 * @param {(name: string) => boolean} [isName]
 * @returns {Part[]}
 */
export function partsOf(text, isName = () => false) {
  /** @type {Part[]} */
  const parts = [];
  const shown = inertText(text);
  let at = 0;
  for (const match of shown.matchAll(CODE)) {
    pushProse(parts, shown.slice(at, match.index), isName);
    const [whole, block, code] = match;
    parts.push(
      block === undefined ? { kind: "code", text: code ?? "" } : { kind: "block", text: block },
    );
    at = match.index + whole.length;
  }
  pushProse(parts, shown.slice(at), isName);
  return parts;
}

/**
 * @param {Part[]} parts
 * @param {string} text
 * @param {(name: string) => boolean} isName
 */
function pushProse(parts, text, isName) {
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    const link = withoutTail(match[0]);
    if (!isSafe(link)) continue;
    pushMentions(parts, text.slice(at, match.index), isName);
    parts.push({ kind: "link", text: link });
    at = match.index + link.length;
  }
  pushMentions(parts, text.slice(at), isName);
}

/**
 * @param {Part[]} parts
 * @param {string} text
 * @param {(name: string) => boolean} isName
 */
function pushMentions(parts, text, isName) {
  let at = 0;
  for (const match of text.matchAll(MENTION)) {
    const name = (match[1] ?? "").replace(/[.-]+$/, "");
    if (!isName(nameKey(name))) continue;
    pushText(parts, text.slice(at, match.index));
    parts.push({ kind: "mention", text: `@${name}` });
    at = match.index + 1 + name.length;
  }
  pushText(parts, text.slice(at));
}

/**
 * @param {Part[]} parts
 * @param {string} text
 */
function pushText(parts, text) {
  let at = 0;
  for (const { 0: sign, index } of text.matchAll(SIGN)) {
    if (index > at) parts.push({ kind: "text", text: text.slice(at, index) });
    parts.push({ kind: "sign", text: sign });
    at = index + sign.length;
  }
  if (at < text.length) parts.push({ kind: "text", text: text.slice(at) });
}

/**
 * A link without the punctuation of the sentence around it; a bracket stays when it was opened
 * inside.
 * @param {string} link
 * @returns {string}
 */
function withoutTail(link) {
  for (;;) {
    const last = link.at(-1) ?? "";
    const opening = { ")": "(", "]": "[", "}": "{" }[last];
    const closes = opening !== undefined && link.split(last).length > link.split(opening).length;
    if (!closes && !/[.,;:!?*_~\u2026]/.test(last)) return link;
    link = link.slice(0, -1);
  }
}

/**
 * Whether a link goes where it says: by http or https, and without a user that looks like a host.
 * @param {string} link
 * @returns {boolean}
 */
function isSafe(link) {
  try {
    const { protocol, username, password, hostname } = new URL(link);
    return /^https?:$/.test(protocol) && username === "" && password === "" && hostname !== "";
  } catch {
    return false;
  }
}
