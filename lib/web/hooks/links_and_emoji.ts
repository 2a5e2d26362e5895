/** Links that stand in fields of their own, and emoji by their names, as people read them. */

import { oneLine } from "./shown_line.ts";

/** A link as plain text: what it is called, and where it leads, unless both say the same. */
export function linkText(url: string, label = ""): string {
  const name = oneLine(label);
  return name === "" || name === url || url.endsWith(`://${name}`) ? url : `${name} (${url})`;
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
