/** The lines that Up finds again. */

import { isSecret } from "../../words/secret.js";

/** A line that was set aside. */
export interface Draft {
  readonly text: string;
  readonly cursor: number;
  /** Where what is edited begins: the cursor does not go into the words of the command before it. */
  readonly from?: number;
}

/** The most lines that are kept. */
const MAX_RECALLED = 500;

/** The submitted lines, how far Up has gone back, and the line that was being written before. */
export class Recalled {
  readonly #lines: string[] = [];
  #at = 0;
  #draft = "";

  /** The line that was being written when Up began; `undefined` while it is shown itself. */
  get draft(): string | undefined {
    return this.#at === this.#lines.length ? undefined : this.#draft;
  }

  /** All lines, the latest first. */
  get lines(): string[] {
    return this.#lines.toReversed();
  }

  /** Keeps a line, unless it is blank, the same as the last one, or may have a password. */
  add(line: string): void {
    if (line.trim() === "" || isSecret(line) || line === this.#lines.at(-1)) return;
    this.#lines.push(line);
    if (this.#lines.length > MAX_RECALLED) this.#lines.shift();
  }

  /** Goes back to the line that is being written. */
  reset(): void {
    this.#at = this.#lines.length;
  }

  /** The line before (-1) or after (1) the one that is shown; the one being written comes last. */
  step(by: 1 | -1, shown: string): string | undefined {
    const at = this.#at + by;
    if (at < 0 || at > this.#lines.length) return undefined;
    if (this.#at === this.#lines.length) this.#draft = shown;
    this.#at = at;
    return this.#lines[at] ?? this.#draft;
  }
}
