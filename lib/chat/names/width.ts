/**
 * How many columns a text takes on a terminal of today. The tables are those of a library; that
 * an emoji is one by its parts, and not by a list of all of them, is what makes it quick to load.
 */

import { eastAsianWidth } from "get-east-asian-width";
import { lateRegExp } from "../../words/late_regexp.js";
import { graphemesOf } from "./graphemes.ts";

const PLAIN = /^[\x20-\x7e]*$/;
/** What takes no column of its own. */
const HIDDEN = lateRegExp(
  String.raw`^[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Mn}\p{Me}\p{Cs}]$`,
  "u",
);
/** A whole grapheme that is shown as one picture of two columns. */
const EMOJI = lateRegExp(
  String.raw`^(?:[\d#*]\uFE0F?\u20E3|\p{Regional_Indicator}{2}|` +
    String.raw`(?![\d#*])\p{Emoji}\uFE0F|\p{Emoji_Modifier_Base}\p{Emoji_Modifier}|` +
    String.raw`\p{Extended_Pictographic}.{0,40}\u200D.{0,40}\p{Extended_Pictographic})`,
  "u",
);
/**
 * What stands beside the first letter of a grapheme and not above it: marks, the marks of halfwidth kana,
 * and letters, which terminals don't join (the parts of क्ष, SARA AM in กำ).
 */
const BESIDE = lateRegExp(String.raw`^[\p{L}\p{Mc}\uFF00-\uFFEF]$`, "u");

/** The columns that `text` takes, which holds no escape sequences. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const grapheme of graphemesOf(text)) width += graphemeWidth(grapheme);
  return width;
}

/** The same for a single grapheme. */
export function graphemeWidth(grapheme: string): number {
  if (PLAIN.test(grapheme)) return grapheme.length;
  return EMOJI().test(grapheme) ? 2 : lettersWidth(grapheme);
}

/** The columns of a grapheme that is no emoji: those of its first visible letter and its like. */
function lettersWidth(grapheme: string): number {
  const hidden = HIDDEN();
  const beside = BESIDE();
  let width = 0;
  let before: Jamo | "none" | "other" = "none";
  for (const point of grapheme) {
    if (hidden.test(point)) continue;
    const code = point.codePointAt(0) ?? 0;
    const jamo = jamoOf(code);
    // A syllable that is spelled in two or three letters is one block of two columns.
    const inBlock: boolean = jamo === "vowel" && before === "leading" ||
      jamo === "trailing" && before === "block";
    const counts = before === "none" || jamo !== undefined && !inBlock ||
      jamo === undefined && beside.test(point);
    if (counts) width += eastAsianWidth(code);
    before = inBlock && jamo === "vowel" ? "block" : jamo ?? "other";
  }
  return width;
}

/** The parts of a Hangul syllable; `block` is a leading one that has its vowel. */
type Jamo = "leading" | "vowel" | "trailing" | "block";

function jamoOf(code: number): Jamo | undefined {
  if (code >= 0x1100 && code <= 0x115f || code >= 0xa960 && code <= 0xa97c) return "leading";
  if (code >= 0x1160 && code <= 0x11a7 || code >= 0xd7b0 && code <= 0xd7c6) return "vowel";
  if (code >= 0x11a8 && code <= 0x11ff || code >= 0xd7cb && code <= 0xd7fb) return "trailing";
  return undefined;
}
