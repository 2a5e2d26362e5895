// @ts-check
/**
 * Makes remote text inert: the one place that decides what a terminal or the page may show of what
 * others send. Whatever steers a terminal, turns the order of letters or hides is shown instead of obeyed.
 */

import { lateRegExp } from "./late_regexp.js";

/** How a newline is shown within one line. */
const NEWLINE_MARK = "↵";

/** More combining marks than this on one letter are counted instead of shown. */
const MAX_MARKS = 16;

/**
 * What stays although it is invisible: a joiner inside an emoji, the tags of a regional flag, and the
 * joiners that Arabic and Indic spelling needs.
 */
const JOINING = String
  .raw`(?<=\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?)\u200D(?=\p{Extended_Pictographic})|` +
  String.raw`\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{3,6}\u{E007F}|` +
  String.raw`(?<=\p{Script=Arabic})\u200C|` +
  String.raw`(?<=[\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D4D\u0DCA])[\u200C\u200D]`;

/**
 * Controls, bidi and other format characters, line separators, lone surrogates, and all that is by
 * default ignored; not the number signs of Arabic, which are visible, nor variation selectors. Without
 * the flag v, which phones of 2022 do not know.
 */
const HIDDEN = String
  .raw`[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]` +
  String.raw`(?<![\u0600-\u0605\u06DD\u0890\u0891\u08E2\uFE00-\uFE0F\u{E0100}-\u{E01EF}])`;

const suspect = lateRegExp(`(?:${JOINING})|(${HIDDEN})`, "gu");
const marks = lateRegExp(`(\\p{M}{${MAX_MARKS}})(\\p{M}+)`, "gu");
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * `text` as one line that is safe to show; newlines are shown as `↵`.
 * @type {(text: string) => string}
 */
export function inertLine(text) {
  if (PLAIN.test(text)) return text;
  return replaceHidden(text.replaceAll("\r\n", "\n"), picture)
    .replace(marks(), (_, kept, rest) => `${kept}<+${[...rest].length} marks>`);
}

/**
 * The whole of `text`, safe to show. A line ends at LF or CRLF, and nowhere else.
 * @type {(text: string) => string}
 */
export function inertText(text) {
  return text.split(/\r?\n/).map(inertLine).join("\n");
}

/**
 * `text` with something else in place of each character that is not to be obeyed.
 * @type {(text: string, standIn: (character: string) => string) => string}
 */
export function replaceHidden(text, standIn) {
  if (PLAIN.test(text)) return text;
  return text.replace(suspect(), (whole, hidden) => hidden === undefined ? whole : standIn(hidden));
}

/** The visible stand-in of a character. @type {(character: string) => string} */
function picture(character) {
  const code = character.codePointAt(0) ?? 0;
  if (character === "\n") return NEWLINE_MARK;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return "␡";
  return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}
