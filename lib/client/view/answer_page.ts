/** A long answer, laid over the conversation until it is read. Does no IO. */

import { formatEntry, type Look, type PrintedEntry } from "../terminal/entry.ts";
import type { PressedKey } from "../terminal/keys.ts";
import { brokenRows, type CellRow, paintedCells, textCells } from "./screen_cells.ts";
import type { Overlay } from "./scene.ts";

export class AnswerPage {
  readonly #entries: readonly PrintedEntry[];
  #from = 0;
  #height = 1;
  #count = 0;

  constructor(entries: readonly PrintedEntry[]) {
    this.#entries = entries;
  }

  /** Takes a key; `over`: it is closed; `other`: it is closed, and the key is for what is below it. */
  handle(key: PressedKey): "over" | "open" | "other" {
    const name = key.type === "key" ? key.name : "";
    if (name === "escape" || name === "enter" || name === "ctrl-c") return "over";
    const step = this.#stepOf(name);
    if (step === undefined) return "other";
    this.#from += step;
    return "open";
  }

  /** What is laid over the conversation, on a screen with so much room. */
  overlay(look: Look, height: number): Overlay {
    const rows = entryRows(this.#entries, look);
    const [first = [], ...others] = rows;
    this.#height = Math.max(1, height - 2);
    this.#count = others.length;
    this.#from = Math.max(0, Math.min(this.#from, this.#count - this.#height));
    const rest = this.#count - this.#from - this.#height;
    const more = rest > 0 ? `${rest} more rows: PageDown, Down · ` : "";
    return {
      title: first,
      rows: others.slice(this.#from, this.#from + this.#height),
      hint: `${more}Escape closes`,
    };
  }

  #stepOf(name: string): number | undefined {
    const page = Math.max(1, this.#height - 1);
    const steps: Readonly<Record<string, number>> = {
      ...{ "up": -1, "down": 1, "shift-up": -1, "shift-down": 1 },
      ...{ "page-up": -page, "page-down": page, "home": -this.#count, "end": this.#count },
    };
    return steps[name];
  }
}

/** The rows of an answer. */
export function entryRows(entries: readonly PrintedEntry[], look: Look): CellRow[] {
  const lines = entries.flatMap((entry) => formatEntry(entry, look));
  const rows = lines.flatMap((line) => brokenRows(paintedCells(line), look.width));
  return rows.length === 0 ? [textCells("")] : rows;
}
