/**
 * Searches in what the person has sent, as shells do: what is typed is looked for in the lines, the latest
 * first, and the row shows the one that has it. Does no IO.
 */

import { veiled } from "../../words/secret.js";
import { LineEditor } from "./editor.ts";
import type { PressedKey } from "./keys.ts";
import type { Row } from "./screen.ts";

/** Options of a {@linkcode SentSearch}. */
export interface SentSearchOptions {
  /** Has the line that is being written, in whose place the found one comes. */
  readonly editor: LineEditor;
  /** The lines to look in, the latest first. */
  readonly lines: readonly string[];
  readonly bell: () => void;
}

/** What stands before a text that edits or answers a message: who says it again means another one. */
const ABOUT = /^\/(?:edit|re)\s+\d+\s+(?=\S)/i;
/** The keys that leave the draft as it was, and those that go to an earlier or a later line. */
const LEAVING = new Set(["escape", "ctrl-g", "ctrl-c"]);
const STEPS: Readonly<Record<string, 1 | -1>> = {
  ...{ "ctrl-r": 1, "up": 1 },
  ...{ "ctrl-s": -1, "down": -1 },
};
/** The keys that change what is looked for. */
const EDITING = new Set(["backspace", "ctrl-w", "ctrl-u"]);

export class SentSearch {
  readonly #options: SentSearchOptions;
  readonly #lines: readonly string[];
  readonly #letters = new LineEditor({ recall: false });
  /** Which line is shown; `undefined`: none, since nothing was typed yet. */
  #at: number | undefined;
  #isFailing = false;

  constructor(options: SentSearchOptions) {
    this.#options = options;
    this.#lines = [...new Set(options.lines.map((line) => line.replace(ABOUT, "")))];
  }

  /** The row while it goes on: the cursor stands where the letters are in the line. */
  get row(): Row {
    const { text: letters } = this.#letters;
    const prompt = `${this.#isFailing ? "nothing sent has" : "sent"}: ${letters}${
      letters && " "
    }> `;
    const { text, cursor } = this.#found ?? this.#options.editor;
    return { prompt, text: veiled(text), cursor };
  }

  /**
   * Takes a key; `over`: the search is over; `other`: it is over, the line is in the editor, and the key is for
   * that.
   */
  handle(key: PressedKey): "open" | "over" | "other" {
    const name = key.type === "key" ? key.name : "";
    if (LEAVING.has(name)) return "over";
    const step = STEPS[name];
    if (step !== undefined) this.#step(step);
    else if (key.type !== "key" || EDITING.has(name)) this.#type(key);
    else {
      const isWhole = name === "enter" || name === "early-enter";
      this.#take(isWhole);
      return isWhole ? "over" : "other";
    }
    return "open";
  }

  get #found(): { readonly text: string; readonly cursor: number } | undefined {
    const text = this.#at === undefined ? undefined : this.#lines[this.#at];
    return text === undefined ? undefined : { text, cursor: Math.max(0, this.#indexIn(text)) };
  }

  #indexIn(line: string): number {
    return line.toLowerCase().indexOf(this.#letters.text.toLowerCase());
  }

  #type(key: PressedKey): void {
    const before = this.#letters.text;
    this.#letters.handle(key);
    // With more letters the line that is shown may still have them; with fewer, a later one may.
    const hasMore = this.#letters.text.startsWith(before);
    this.#look(hasMore ? this.#at ?? 0 : 0, 1);
  }

  #step(by: 1 | -1): void {
    if (this.#at === undefined) return this.#look(by === 1 ? 0 : -1, by);
    const before = this.#lines[this.#at];
    this.#look(this.#at + by, by);
    if (this.#lines[this.#at] === before) this.#options.bell();
  }

  /** Shows the first line from this one on that has the letters; leaves what is shown if none has. */
  #look(from: number, by: 1 | -1): void {
    for (let at = from; at >= 0 && at < this.#lines.length; at += by) {
      if (this.#indexIn(this.#lines[at] ?? "") < 0) continue;
      this.#at = at;
      this.#isFailing = false;
      return;
    }
    const shown = this.#lines[this.#at ?? -1];
    this.#isFailing = shown === undefined || this.#indexIn(shown) < 0;
  }

  /** Puts the line into the editor, to go on at its end or where it was found; Up finds the draft that was there. */
  #take(atEnd: boolean): void {
    const { editor } = this.#options;
    const found = this.#found;
    if (found === undefined || this.#isFailing) return;
    if (editor.text !== found.text) editor.remember();
    editor.show(atEnd ? { text: found.text, cursor: found.text.length } : found);
  }
}
