/** Links that stand in fields of their own, and emoji by their names, as people read them. */

import { oneLine } from "./shown_line.ts";

/** A link as plain text: what it is called, and where it leads, unless both say the same. */
export function linkText(url: string, label = ""): string {
  const name = oneLine(label);
  return name === "" || name === url || url.endsWith(`://${name}`) ? url : `${name} (${url})`;
}

/** `:name:` of an emoji, as Slack's texts have them. */
const EMOJI = /(?<![\w:]):([a-z0-9_+-]{1,40}):(?![\w:])/g;

/** The text with the emoji for their names, of those that have names here. */
export async function withNamedEmoji(text: string): Promise<string> {
  if (text.search(EMOJI) === -1) return text;
  // Some 45 KB that few texts need.
  const { emojiGroups } = await import("../../words/emoji.js");
  const byName = new Map(
    emojiGroups().flatMap(([, all]) =>
      all.flatMap(({ emoji, names }) => names.map((name) => [name, emoji] as const))
    ),
  );
  return text.replace(EMOJI, (whole, name) => byName.get(name) ?? whole);
}
