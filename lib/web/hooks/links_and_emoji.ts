/** Links that stand in fields of their own, and emoji by their names, as people read them. */

import { linkText } from "../../foreign/link_text.ts";
import { oneLine } from "./shown_line.ts";

/** A link as {@linkcode linkText} has it, with a name that is short. */
export function shortLink(url: string, label = ""): string {
  return linkText(url, oneLine(label));
}

/** What may be a `:name:`. */
const EMOJI = /:[a-z0-9_+-]+:/;

/** The text with the emoji for their names, of those that have names here. */
export async function withNamedEmoji(text: string): Promise<string> {
  if (text.search(EMOJI) === -1) return text;
  // Some 45 KB that few texts need.
  const { emojiNamed } = await import("../../foreign/emoji_names.ts");
  return emojiNamed(text);
}
