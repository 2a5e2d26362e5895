/** A word to the person in the line below the conversation: it stands there until a key is pressed, or for a while. */

/** How long such a word stands there, in ms. */
const STANDS_MS = 10_000;

export class Passing {
  readonly #refresh: () => void;
  #text = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `refresh` shows what is to be shown now. */
  constructor(refresh: () => void) {
    this.#refresh = refresh;
  }

  /** What stands there; empty if nothing does. */
  get text(): string {
    return this.#text;
  }

  show(text: string): void {
    this.clear();
    this.#text = text;
    this.#timer = setTimeout(() => {
      this.clear();
      this.#refresh();
    }, STANDS_MS);
    this.#refresh();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#text = "";
  }
}
