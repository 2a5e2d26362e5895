/**
 * One of several things is chosen by letters: what is typed narrows them down, Up and Down go from one to
 * the next, Enter takes it, and Escape leaves. Does no IO.
 */

import type { Vocabulary } from "../terminal/completion.ts";
import { clip } from "../terminal/cells.ts";
import { LineEditor } from "../terminal/editor.ts";
import type { PressedKey } from "../terminal/keys.ts";
import { hyperlink } from "../terminal/spans.ts";
import type { Row } from "../terminal/screen.ts";
import { inertLine } from "../../words/inert.js";
import { type CellRow, fitCells, paintedCells, textCells, tinted } from "./screen_cells.ts";
import type { Overlay } from "./scene.ts";

/** One thing that can be chosen. */
export interface Choice {
  /** What is typed is looked for in it, and it is shown; inert or not. */
  readonly text: string;
  /** What is shown behind it. */
  readonly note?: string;
  /** The letter that takes it where nothing is typed yet. */
  readonly key?: string;
  /** The web address to which its row is a link. */
  readonly link?: string;
  readonly take: () => void;
}

/** What a {@linkcode Chooser} offers. */
export interface ChooserOptions {
  /** Stands above the choices. */
  readonly title: string;
  /** Stands before what is typed. */
  readonly prompt: string;
  /** What there is to choose from with these letters, the likeliest first. */
  readonly choices: (letters: string) => readonly Choice[];
  readonly hint?: string;
  /** What is said where nothing is typed and there is nothing to choose. */
  readonly none?: string;
  /** What is said where nothing fits what is typed. */
  readonly lacking?: (letters: string) => string;
  /** It leaves the conversation above it on screen; by default it takes all the room. */
  readonly isPanel?: boolean;
  /** The emoji whose name a text ends with, which Tab puts in as in a line; by default there are none. */
  readonly emoji?: Vocabulary["emoji"];
}

/** A panel leaves so many rows of the conversation at least. */
const LEAST_ABOVE = 3;
const NOTHING = "  nothing of that kind";
const HINT = "Enter takes it · Up, Down · Escape leaves";
/** Where there is nothing to take. */
const BARE_HINT = "Escape leaves";

export class Chooser {
  readonly #options: ChooserOptions;
  readonly #editor = new LineEditor({ recall: false });
  #at = 0;
  /** The most rows that were shown: a panel does not jump while one types. */
  #most = 1;

  constructor(options: ChooserOptions) {
    this.#options = options;
    const { emoji } = options;
    if (emoji === undefined) return;
    this.#editor.vocabulary = () => ({ commands: [], names: [], rooms: [], emoji });
  }

  /** The row in which the letters are typed. */
  get row(): Row {
    const { text, cursor } = this.#editor;
    return { prompt: this.#options.prompt, text, cursor };
  }

  /** Takes a key; returns whether it is over. */
  handle(key: PressedKey): "over" | "open" {
    const choices = this.#options.choices(this.#editor.text);
    const name = key.type === "key" ? key.name : "";
    if (name === "escape" || name === "ctrl-c" || name === "ctrl-g") return "over";
    if (name === "enter") {
      choices[this.#at]?.take();
      return choices.length === 0 ? "open" : "over";
    }
    const typed = key.type === "text" && this.#editor.text === "" ? key.text.toLowerCase() : "";
    const meant = typed === "" ? undefined : choices.find(({ key }) => key === typed);
    if (meant !== undefined) {
      meant.take();
      return "over";
    }
    const step = STEPS[name];
    if (name.endsWith("tab") && this.#completes(key)) this.#at = 0;
    else if (step !== undefined) {
      const count = Math.max(1, choices.length);
      this.#at = (this.#at + step + count) % count;
    } else {
      const before = this.#editor.text;
      this.#editor.handle(key);
      if (this.#editor.text !== before) this.#at = 0;
    }
    return "open";
  }

  /** Completes what is typed by a key, as far as something can be; false if nothing can. */
  #completes(key: PressedKey): boolean {
    const { text } = this.#editor;
    if (text !== "") this.#editor.handle(key);
    return this.#editor.text !== text;
  }

  /** What is laid over the conversation, in so many columns and rows. */
  overlay({ width, height }: { readonly width: number; readonly height: number }): Overlay {
    const { title, choices: choicesOf, hint = HINT, isPanel = false, none = NOTHING } =
      this.#options;
    const { text } = this.#editor;
    const choices = choicesOf(text);
    this.#at = Math.max(0, Math.min(this.#at, choices.length - 1));
    const room = Math.max(1, height - 2 - (isPanel ? LEAST_ABOVE : 0));
    const from = Math.max(0, Math.min(this.#at - room + 1, choices.length - room));
    const rows = choices.slice(Math.max(0, from), Math.max(0, from) + room)
      .map((choice, n) => choiceRow(choice, width, Math.max(0, from) + n === this.#at));
    const shown = rows.length === 0
      ? [textCells(clip(text === "" ? none : this.#options.lacking?.(text) ?? NOTHING, width), "2")]
      : rows;
    this.#most = Math.min(room, Math.max(this.#most, shown.length));
    const blank = Array.from({ length: isPanel ? this.#most - shown.length : 0 }, () => []);
    return {
      title: textCells(clip(inertLine(title), Math.max(8, width - 6)), "1"),
      rows: [...shown, ...blank],
      hint: choices.length === 0 ? BARE_HINT : hint,
      isPanel,
    };
  }
}

const STEPS: Readonly<Record<string, number>> = {
  ...{ "up": -1, "ctrl-p": -1, "shift-tab": -1 },
  ...{ "down": 1, "ctrl-n": 1, "tab": 1 },
};

function choiceRow({ text, note = "", link }: Choice, width: number, isChosen: boolean): CellRow {
  const shown = clip(inertLine(text), Math.max(4, width - note.length - 5));
  const row = [
    ...textCells(isChosen ? "> " : "  "),
    ...link === undefined ? textCells(shown) : paintedCells(hyperlink(shown, link)),
    ...note === "" ? [] : textCells(`  ${note}`, "2"),
  ];
  return isChosen ? tinted(fitCells(row, width), "7") : row;
}
