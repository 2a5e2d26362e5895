/**
 * Emoji by their names for the prompt. They are many, and are loaded when somebody first completes a word, or
 * ends a line with what may be a name.
 */

import { isSecret } from "../../words/secret.js";
import type { EmojiChoices } from "../../words/emoji.js";

let emoji: typeof import("../../words/emoji.js") | undefined;

/** Waits until emoji can be completed. */
export async function loadEmoji(): Promise<void> {
  emoji ??= await import("../../words/emoji.js");
}

/** What a text may end with; nothing before {@linkcode loadEmoji}. */
export function emojiAt(before: string): EmojiChoices | undefined {
  return emoji?.completeEmoji(before);
}

/** A reaction by a name, with or without colons. */
const REACTION = /^(\/(?:un)?react\s+\d+\s+):?([\w+-]{2,}):?\s*$/i;

/** A line as it is sent: the name of an emoji that it ends with, as `:tada:`, is that emoji. */
export async function withEmoji(line: string): Promise<string> {
  const named = line.replace(REACTION, "$1:$2:");
  if (!/:[\w+-]+:\s*$/.test(named) || isSecret(line)) return line;
  await loadEmoji();
  const given = emoji?.withLastEmoji(named) ?? named;
  return given === named ? line : given;
}
