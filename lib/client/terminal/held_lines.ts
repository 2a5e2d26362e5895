/** Lines that were ended before they could be sent: each comes into the row by itself, for another Enter. */

import type { LineEditor } from "./editor.ts";

/** The lines, in their order. Does no IO. */
export class HeldLines {
  readonly #editor: LineEditor;
  readonly #lines: string[] = [];
  #isOffering = false;

  constructor(editor: LineEditor) {
    this.#editor = editor;
  }

  /** Keeps a line that can't be sent yet. */
  hold(line: string): void {
    if (line.trim() !== "") this.#lines.push(line);
  }

  /**
   * Shows the next line where the row is empty; what was begun after all of them comes last. Returns how
   * many there are when it shows the first of them, else 0.
   */
  offer(): number {
    const { text } = this.#editor;
    if (this.#isOffering && text !== "") return 0;
    const count = this.#isOffering ? 0 : this.#lines.length;
    if (!this.#isOffering && count > 0) this.hold(text);
    const next = this.#lines.shift();
    this.#isOffering = next !== undefined;
    if (next !== undefined) this.#editor.show({ text: next, cursor: next.length });
    return count;
  }
}
