/** Lines that are set aside: drafts of other rooms, and lines that can't be sent yet. Does no IO. */

import { nameKey } from "../../words/names.js";
import { type Conversations, type MovedPlaces, titleOf } from "./conversations.ts";
import type { LineEditor } from "./editor.ts";
import type { Draft } from "./recalled.ts";

/** The drafts of the rooms that are not looked at: what is written for a room stays with it. */
export class Drafts {
  readonly #editor: LineEditor;
  readonly #kept = new Map<string, Draft>();
  #room: string;
  /**
   * Whether what stands in the row was typed for the room that is looked at next; so it is before the server has
   * said which that is.
   */
  comesAlong = true;
  /** The rooms of drafts of which the person was told that leaving loses them. */
  #told = "";

  /** `room` is the one that is looked at. */
  constructor(editor: LineEditor, room: string, conversations: Conversations) {
    this.#editor = editor;
    this.#room = nameKey(room);
    conversations.onMoved.add((moved) => this.#move(moved));
  }

  /**
   * Replaces the draft in the row by that of `room`, which is looked at now. A person who is sent out of
   * a room, and so is in none, keeps the draft; in the next room it is gone from the row, but Up
   * finds it.
   */
  follow(room: string): void {
    const key = nameKey(room);
    if (key === this.#room) return;
    const left = this.#room;
    this.#room = key;
    if (key === "") return;
    const { draft } = this.#editor;
    // The draft of the room stays kept until it is looked at again.
    if (this.comesAlong && draft.text !== "") return;
    if (left === "") this.#editor.remember();
    else if (draft.text !== "") this.#kept.set(left, draft);
    this.#editor.show(this.#kept.get(key));
    this.#kept.delete(key);
  }

  /** Conversations go by something else: their drafts stay theirs. */
  #move(moved: MovedPlaces): void {
    const kept = [...this.#kept];
    this.#kept.clear();
    for (const [room, draft] of kept) this.#kept.set(nameKey(moved.to(room)), draft);
    this.#room = nameKey(moved.to(this.#room));
  }

  /** What the person is told who leaves, once: that loses the drafts of other rooms. `undefined`: there is nothing to tell. */
  farewell(): string | undefined {
    const rooms = [...this.#kept.keys()].map(titleOf).join(", ");
    if (rooms === "" || rooms === this.#told) return undefined;
    this.#told = rooms;
    return `A draft is in ${rooms}; leave once more, and it is lost.`;
  }
}

/** Lines that were ended before they could be sent. Each comes into the row for another Enter. */
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
   * Shows the next line if the row is empty; a line that was begun after them comes last. Returns what the
   * person is told when it shows the first of them; `when` they were typed is part of that.
   */
  offer(when = "before you were in"): string | undefined {
    const { text } = this.#editor;
    if (this.#isOffering && text !== "") return undefined;
    const count = this.#isOffering ? 0 : this.#lines.length;
    if (!this.#isOffering && count > 0) this.hold(text);
    const next = this.#lines.shift();
    this.#isOffering = next !== undefined;
    if (next !== undefined) this.#editor.show({ text: next, cursor: next.length });
    if (count === 0) return undefined;
    const lines = count === 1 ? "A line was" : `${count} lines were`;
    return `${lines} typed ${when}. Enter sends what is in the row, Ctrl-C drops it.`;
  }
}
