/** A question that stands in the row until one key answers it. */

import type { PressedKey } from "./keys.ts";

/** What is asked, and what follows from the answers. */
export interface Question {
  readonly text: string;
  /** By the character that is typed. */
  readonly answers: Readonly<Record<string, () => void>>;
  /** What follows from Escape and Ctrl-C. */
  readonly left: () => void;
}

/** What follows from a key; `undefined` for one that answers nothing. */
export function answerOf({ answers, left }: Question, key: PressedKey): (() => void) | undefined {
  if (key.type === "key") return /^(?:escape|ctrl-[cd])$/.test(key.name) ? left : undefined;
  const letter = key.text.toLowerCase();
  return key.type === "text" && Object.hasOwn(answers, letter) ? answers[letter] : undefined;
}
