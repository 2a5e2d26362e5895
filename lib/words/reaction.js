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
  const plain = composed.replace(/[\ufe0e\ufe0f]$/, "");
  if (!sometimes().test(plain) || KEYBOARD.test(plain)) return composed;
  return always().test(plain) ? plain : plain + PICTURE;
}
