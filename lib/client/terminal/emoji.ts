/** Emoji by their names for the prompt. They are many, and are loaded when somebody first completes a word. */

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
