/** Words in the order in which Tab offers them, by their last use. */

import { nameKey } from "../../words/names.js";

/** Words that were used, the last one first, then words that were only seen. Bounded. */
export class Recent {
  readonly #max: number;
  readonly #used = new Map<string, string>();
  readonly #seen = new Map<string, string>();

  /** `max`: how many words to keep of each kind. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Puts `word` first; false if it was used before. */
  use(word: string): boolean {
    const key = nameKey(word);
    const isNew = !this.#used.delete(key);
    this.#seen.delete(key);
    this.#used.set(key, word);
    if (this.#used.size <= this.#max) return isNew;
    const [oldest = ""] = this.#used.keys();
    this.#used.delete(oldest);
    return isNew;
  }

  /** Puts `word` last, unless it is in the list. */
  seen(word: string): void {
    const key = nameKey(word);
    if (!this.#used.has(key) && this.#seen.size < this.#max) this.#seen.set(key, word);
  }

  delete(word: string): void {
    this.#used.delete(nameKey(word));
    this.#seen.delete(nameKey(word));
  }

  /** Replaces `from` by `to` in the same place. */
  rename(from: string, to: string): void {
    for (const words of [this.#used, this.#seen]) {
      if (!words.has(nameKey(from))) continue;
      const renamed = [...words].map(([key, word]) => key === nameKey(from) ? to : word);
      words.clear();
      for (const word of renamed) words.set(nameKey(word), word);
    }
  }

  list(): string[] {
    return [...[...this.#used.values()].reverse(), ...this.#seen.values()];
  }
}
