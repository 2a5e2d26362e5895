// @ts-check
/**
 * The small grammar of what people write, once for terminal and page. It says what each part of a
 * text is and takes nothing away: put together, the parts are the text.
 *
 *     *bold*   _italic_   `code`   > a quote   - an item   1. an item
 *     ```js
 *     lines of code
 *     ```
 *
 * A sign in the middle of a word or between blanks means nothing: `snake_case`, `2 * 3`. Each step
 * takes a time that grows with the text and no faster, and nothing is nested deeper than a few
 * levels, whatever the text is.
 */

import { lateRegExp } from "./late_regexp.js";
import { withoutTail } from "./links.js";

/**
 * A part of a block. A `mark` is a sign of the grammar: who shows what it means may leave it out.
 * @typedef {object} FormatSpan
 * @property {"text" | "mark" | "code" | "link"} kind
 * @property {string} text
 * @property {boolean} bold
 * @property {boolean} italic
 */
/**
 * Lines that belong together; the newline between two blocks is a mark.
 * @typedef {object} FormatBlock
 * @property {"text" | "quote" | "item" | "code"} kind
 * @property {FormatSpan[]} spans
 * @property {string} language what the first line of code says that it is; else empty
 */
/**
 * What is found in a line: code, a web address, or a sign of emphasis and what it does.
 * @typedef {object} Token
 * @property {"code" | "link" | "sign"} kind
 * @property {number} at
 * @property {string} text
 * @property {1 | -1} [turns] it begins (1) or ends (-1) what is emphasized
 */

/** A longer address is text. */
const LONGEST_LINK = 2_048;
/** So much of what follows an address may belong to the sentence. */
const LONGEST_TAIL = 100;
const FENCE = "\x60\x60\x60";
const LANGUAGE = /^([\w+#.-]{1,20})\n(?=[^])/;
const QUOTE = /^>(?: |$)/;
const ITEM = /^ {0,8}(?:[-*•]|\d{1,3}[.)]) {1,8}(?=\S)/;
/** The signs that emphasize; longer runs of them are text. */
const SIGN = /^(?:\*{1,2}|_)$/;
/** Code, web addresses, and runs of what may be a sign. */
const token = lateRegExp(
  "\\x60[^\\x60\\n]+\\x60|\\*+|_+|" +
    "(?:https?://|(?<![\\p{L}\\p{N}_.@/-])www\\.)[^\\s<>\"'\\x60“”]+",
  "giu",
);
const letter = lateRegExp("[\\p{L}\\p{N}]", "u");
/** Chinese, Japanese and Korean, which put no blanks around words; and halves of what has more than 16 bits. */
const UNSPACED = "\\u3000-\\u30ff\\u3400-\\u9fff\\uac00-\\udfff\\uf900-\\ufaff\\uff00-\\uffef";
const BEFORE = new RegExp(`[\\s*_([{"'‘“„«¡¿–—${UNSPACED}]`);
const AFTER = new RegExp(`[\\s*_)\\]}"'’”».,;:!?…–—${UNSPACED}-]`);

/**
 * The parts of `text`, whose lines end with `\n`.
 * @type {(text: string) => FormatBlock[]}
 */
export function formatText(text) {
  /** @type {FormatBlock[]} */
  const blocks = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf(FENCE, at);
    // There is something in it, if only a blank.
    const close = open < 0 ? -1 : text.indexOf(FENCE, open + FENCE.length + 1);
    if (close < 0) break;
    // The newlines around it go with the fences.
    const from = open > at && text[open - 1] === "\n" ? open - 1 : open;
    const end = close + FENCE.length;
    const to = text[end] === "\n" ? end + 1 : end;
    addProse(blocks, text.slice(at, from));
    const code = text.slice(open + FENCE.length, close);
    blocks.push(codeBlock(text.slice(from, open + FENCE.length), code, text.slice(close, to)));
    at = to;
  }
  addProse(blocks, text.slice(at));
  return blocks;
}

/** @type {(before: string, code: string, after: string) => FormatBlock} */
function codeBlock(before, code, after) {
  const [, language = ""] = LANGUAGE.exec(code) ?? [];
  const body = code.slice(language.length);
  const from = body.startsWith("\n") && body.length > 1 ? 1 : 0;
  const to = body.endsWith("\n") && body.length > from + 1 ? body.length - 1 : body.length;
  /** @type {FormatBlock} */
  const block = { kind: "code", spans: [], language };
  addSpan(block, "mark", before + language + body.slice(0, from));
  addSpan(block, "code", body.slice(from, to));
  addSpan(block, "mark", body.slice(to) + after);
  return block;
}

/** @param {FormatBlock[]} blocks @param {string} prose what stands between blocks of code */
function addProse(blocks, prose) {
  if (prose === "") return;
  /** @type {FormatBlock | undefined} */
  let block;
  for (const line of prose.split("\n")) {
    const { kind, sign } = beginningOf(line, block?.kind);
    const goesOn = block?.kind === kind && kind !== "item";
    if (block !== undefined) addSpan(block, goesOn ? "text" : "mark", "\n");
    if (block === undefined || !goesOn) {
      block = { kind, spans: [], language: "" };
      blocks.push(block);
    }
    addSpan(block, "mark", sign);
    addLine(block, line.slice(sign.length));
  }
  if (block?.spans.length === 0) blocks.pop();
}

/**
 * What kind of block a line belongs to, and the sign of it. No quote begins with nothing: the sign would
 * be all that there is, and is not shown everywhere.
 * @param {string} line @param {FormatBlock["kind"]} [before]
 */
function beginningOf(line, before) {
  const quote = QUOTE.exec(line)?.[0];
  if (quote !== undefined && (before === "quote" || line.trim() !== ">")) {
    return /** @type {const} */ ({ kind: "quote", sign: quote });
  }
  const item = ITEM.exec(line)?.[0];
  if (item !== undefined) return /** @type {const} */ ({ kind: "item", sign: item });
  return /** @type {const} */ ({ kind: "text", sign: "" });
}

/** @param {FormatBlock} block @param {string} line */
function addLine(block, line) {
  const depth = { bold: 0, italic: 0 };
  /** @type {(kind: FormatSpan["kind"], text: string) => void} */
  const put = (kind, text) => addSpan(block, kind, text, depth.bold > 0, depth.italic > 0);
  let from = 0;
  for (const { kind, at, text, turns } of tokensOf(line)) {
    put("text", line.slice(from, at));
    from = at + text.length;
    if (kind === "link") put("link", text);
    else if (kind === "code") {
      put("mark", "\x60");
      put("code", text.slice(1, -1));
      put("mark", "\x60");
    } else if (turns === undefined) put("text", text);
    else {
      const what = text === "_" ? "italic" : "bold";
      // The sign looks like what it stands at, on both sides.
      if (turns === 1) depth[what]++;
      put("mark", text);
      if (turns === -1) depth[what]--;
    }
  }
  put("text", line.slice(from));
}

/**
 * The tokens of a line, with the signs paired that stand around something. What is open is the last
 * sign of each kind, so that a pair is within another or beside it.
 * @type {(line: string) => Token[]}
 */
function tokensOf(line) {
  /** @type {Token[]} */
  const tokens = [];
  /** By the sign. @type {Map<string, Token>} */
  const open = new Map();
  const found = token();
  found.lastIndex = 0;
  for (let match; (match = found.exec(line)) !== null;) {
    const [text] = match;
    const at = match.index;
    if (text.startsWith("\x60")) tokens.push({ kind: "code", at, text });
    else if (SIGN.test(text)) tokens.push(signAt(line, at, text, open));
    else if (/^[hw]/i.test(text)) {
      const signs = [line[at - 1] ?? "", ...open.keys()].join("");
      const link = withoutTail(text.slice(0, LONGEST_LINK + LONGEST_TAIL), signs);
      if (link.length > LONGEST_LINK || !/^(?:https?:\/\/|www\.)./i.test(link)) continue;
      tokens.push({ kind: "link", at, text: link });
      found.lastIndex = at + link.length;
    }
  }
  return tokens;
}

/**
 * A sign of emphasis, which closes what is open, opens something, or is text.
 * @type {(line: string, at: number, text: string, open: Map<string, Token>) => Token}
 */
function signAt(line, at, text, open) {
  /** @type {Token} */
  const sign = { kind: "sign", at, text };
  const [before, after] = [line[at - 1], line[at + text.length]];
  const opened = open.get(text);
  if (opened !== undefined && /\S/.test(before ?? "") && isOneOf(AFTER, after)) {
    open.delete(text);
    if (letter().test(line.slice(opened.at, at))) {
      opened.turns = 1;
      sign.turns = -1;
      for (const [other, { at: from }] of open) if (from > opened.at) open.delete(other);
      return sign;
    }
  }
  if (/\S/.test(after ?? "") && isOneOf(BEFORE, before)) open.set(text, sign);
  return sign;
}

/** Whether a character is one of some, or there is none. @type {(some: RegExp, character?: string) => boolean} */
function isOneOf(some, character) {
  return character === undefined || some.test(character);
}

/**
 * @param {FormatBlock} block
 * @param {FormatSpan["kind"]} kind
 * @param {string} text
 */
function addSpan({ spans }, kind, text, bold = false, italic = false) {
  if (text === "") return;
  const last = spans.at(-1);
  if (last?.kind !== kind || kind !== "text" || last.bold !== bold || last.italic !== italic) {
    spans.push({ kind, text, bold, italic });
  } else last.text += text;
}
