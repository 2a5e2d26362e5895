/** What is being written for each room: none of it follows into another. Does no IO. */

import { nameKey } from "../../words/names.js";
import type { LineEditor } from "./editor.ts";
import type { Draft } from "./recalled.ts";

/** Keeps the drafts of the rooms that are not looked at. */
export class Drafts {
  readonly #editor: LineEditor;
  readonly #kept = new Map<string, Draft>();
  #room: string;

  /** `room` is looked at. */
  constructor(editor: LineEditor, room: string) {
    this.#editor = editor;
    this.#room = nameKey(room);
  }

  /**
   * Puts the draft of `room`, which is looked at now, in the place of the one before. Whoever is sent
   * out of a room, and so is in none, goes on with what was written for it; from there it goes to no
   * other room, but Up finds it.
   */
  follow(room: string): void {
    const key = nameKey(room);
    if (key === this.#room) return;
    const left = this.#room;
    this.#room = key;
    if (key === "") return;
    if (left === "") this.#editor.remember();
    else this.#keep(left);
    this.#editor.show(this.#kept.get(key));
    this.#kept.delete(key);
  }

  #keep(key: string): void {
    const { draft } = this.#editor;
    if (draft.text === "") this.#kept.delete(key);
    else this.#kept.set(key, draft);
  }
}
