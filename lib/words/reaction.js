// @ts-check
/** What may be given as a reaction: one character, as people see it. */

/** The longest reaction, in UTF-16 code units: no emoji is as long. */
const MAX_LENGTH = 64;
/** Has an emoji shown as a picture, or as a sign of the text. */
const PICTURE = "\ufe0f";
/** Signs that are a picture only where that is asked for, such as a heart. */
const SOMETIMES = /^\p{Emoji}$/u;
const ALWAYS = /^\p{Emoji_Presentation}$/u;
/** Letters, digits and what is written, in contrast to what only changes how something is shown. */
const VISIBLE = /[^\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}]/u;
/** A digit, `#` and `*` are emoji to Unicode, too. */
const KEYBOARD = /^[\x20-\x7e]$/;

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * The reaction that a text is, always written in the same way; `undefined` if it is none. So a heart is
 * one reaction, whether a keyboard adds that it should be a picture or not.
 * @type {(text: string) => string | undefined}
 */
export function reactionKey(text) {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.length > MAX_LENGTH || !trimmed.isWellFormed()) return undefined;
  const composed = trimmed.normalize("NFC");
  const [first, second] = graphemes.segment(composed);
  if (first === undefined || second !== undefined || !VISIBLE.test(composed)) return undefined;
  const plain = composed.replace(/[\ufe0e\ufe0f]$/, "");
  if (!SOMETIMES.test(plain) || KEYBOARD.test(plain)) return composed;
  return ALWAYS.test(plain) ? plain : plain + PICTURE;
}
