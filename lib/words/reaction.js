// @ts-check
/** What may be given as a reaction: one character, as people see it. */

import { lateRegExp } from "./late_regexp.js";

/** The longest reaction, in UTF-16 code units: no emoji is as long. */
const MAX_LENGTH = 64;
/** Has an emoji shown as a picture, or as a sign of the text. */
const PICTURE = "\ufe0f";
/** Signs that are a picture only where that is asked for, such as a heart. */
const sometimes = lateRegExp("^\\p{Emoji}$", "u");
const always = lateRegExp("^\\p{Emoji_Presentation}$", "u");
/** Letters, digits and what is written, in contrast to what only changes how something is shown. */
const visible = lateRegExp("[^\\p{C}\\p{Z}\\p{M}\\p{Default_Ignorable_Code_Point}]", "u");
/** Blanks that count as signs, the sign for what is no text, and signs that are as wide as a sentence. */
const unfit = lateRegExp(
  "[\\u2800\\ufffd\\u2e3a\\u2e3b\\ufdf0-\\ufdff\\u{12000}-\\u{1254f}]",
  "u",
);
/** Tags show nothing, but for those that make a flag of a region. */
const tags = lateRegExp("[\\u{e0000}-\\u{e007f}]", "u");
const regionFlag = lateRegExp(
  "^\\u{1f3f4}[\\u{e0030}-\\u{e0039}\\u{e0061}-\\u{e007a}]{3,6}\\u{e007f}$",
  "u",
);
/** Marks stand above and below a letter: as many as in a name have room in a line. */
const mark = lateRegExp("\\p{M}", "gu");
const MAX_MARKS = 4;
/** Letters that are written as one sign, as in old Korean. */
const letter = lateRegExp("\\p{L}", "gu");
const MAX_LETTERS = 3;
/** No emoji is joined of more than four. */
const joiner = lateRegExp("\\u200d", "g");
const MAX_JOINERS = 3;
/** A digit, `#` and `*` are emoji to Unicode, too. */
const KEYBOARD = /^[\x20-\x7e]$/;

/** Made when it is first needed, because that takes 20 ms. @type {Intl.Segmenter | undefined} */
let graphemes;

/**
 * The reaction that a text is, always written in the same way; `undefined` if it is none. So a heart is
 * one reaction, whether a keyboard adds that it should be a picture or not.
 * @type {(text: string) => string | undefined}
 */
export function reactionKey(text) {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.length > MAX_LENGTH || !trimmed.isWellFormed()) return undefined;
  const composed = trimmed.normalize("NFC");
  graphemes ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  const [first, second] = graphemes.segment(composed);
  if (first === undefined || second !== undefined || !visible().test(composed)) return undefined;
  if (!isShownWell(composed)) return undefined;
  const plain = composed.replace(/[\ufe0e\ufe0f]$/, "");
  if (!sometimes().test(plain) || KEYBOARD.test(plain)) return composed;
  return always().test(plain) ? plain : plain + PICTURE;
}

/** Whether a character takes no more room than one. @type {(text: string) => boolean} */
function isShownWell(text) {
  if (unfit().test(text) || tags().test(text) && !regionFlag().test(text)) return false;
  return countOf(mark(), text) <= MAX_MARKS && countOf(letter(), text) <= MAX_LETTERS &&
    countOf(joiner(), text) <= MAX_JOINERS;
}

/** @type {(all: RegExp, text: string) => number} */
function countOf(all, text) {
  return text.match(all)?.length ?? 0;
}
