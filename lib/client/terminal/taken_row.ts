/**
 * What takes the row for a while in the place of the line that is being written: a question about a paste, or a
 * search in what was sent. Does no IO.
 */

import type { PressedKey } from "./keys.ts";
import type { Pasting, PastingOptions } from "./pasted.ts";
import type { Row } from "./screen.ts";
import type { SentSearch } from "./sent_search.ts";

/** Options of a {@linkcode TakenRow}. */
export interface TakenRowOptions extends PastingOptions {
  /** What the person has said where they are now, the latest first. */
  readonly said: () => readonly string[];
  /** Called when code is about to be loaded: the runtime may show that on the same screen. */
  readonly loads: () => void;
}

export class TakenRow {
  readonly #options: TakenRowOptions;
  #pasting: Pasting | undefined;
  #search: SentSearch | undefined;

  constructor(options: TakenRowOptions) {
    this.#options = options;
  }

  /** Resolves when a key can be taken. */
  async awaits(key: PressedKey): Promise<void> {
    if (key.type !== "paste" || this.#pasting !== undefined) return;
    // Nobody pastes before the prompt is there.
    this.#options.loads();
    const { Pasting } = await import("./pasted.ts");
    this.#pasting = new Pasting(this.#options);
  }

  /** What the row shows; `undefined`: the line. */
  get row(): Row | undefined {
    const question = this.#pasting?.question;
    if (question !== undefined) return { prompt: "", text: question, cursor: question.length };
    return this.#search?.row;
  }

  /** Takes a key that is for none but what the row shows now, or for a question that follows; false for others. */
  handle(key: PressedKey): boolean {
    if (this.#search === undefined) return this.#pasting?.handle(key) === true;
    const next = this.#search.handle(key);
    if (next !== "open") this.#search = undefined;
    return next !== "other";
  }

  /** Takes a key that is the line's if it begins something; false for others. */
  async begin(key: PressedKey): Promise<boolean> {
    if (key.type !== "key" || key.name !== "ctrl-r") return false;
    // It is seldom needed.
    const { SentSearch } = await import("./sent_search.ts");
    const { editor, said, bell } = this.#options;
    this.#search = new SentSearch({ editor, lines: [...editor.sent, ...said()], bell });
    return true;
  }
}
