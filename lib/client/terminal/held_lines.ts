/** Lines that can't be sent yet, and those that were refused with a way to another room. Does no IO. */

import type { MovedPlaces } from "./conversations.ts";
import type { LineEditor } from "./editor.ts";
import type { Draft } from "./recalled.ts";

/** Lines that wait in a room for another Enter. */
export interface OfferedLines {
  readonly lines: Draft[];
  /** Whether the row has shown one of them. */
  isOffering: boolean;
}

/**
 * Lines that were ended before they could be sent. Each comes into the row for another Enter: in the room in which they
 * were offered, since the person was told of them there.
 */
export class HeldLines {
  readonly #editor: LineEditor;
  /** By the key of the room. */
  readonly #offered = new Map<string, OfferedLines>();
  /** Those that nobody was told of: they are offered where the person is. */
  #lines: Draft[] = [];

  constructor(editor: LineEditor) {
    this.#editor = editor;
  }

  /** Whether there are some that nobody was told of. */
  get hasNew(): boolean {
    return this.#lines.length > 0;
  }

  /** Those that wait, with the keys of their rooms; empty for those of which nobody knows it yet. */
  get all(): Array<readonly [room: string, line: string]> {
    const rooms = [...this.#offered].map(([room, { lines }]) => [room, lines] as const);
    return [...rooms, ["", this.#lines] as const].flatMap(([room, lines]) =>
      lines.map(({ text }) => [room, text] as const)
    );
  }

  /** Keeps a line that can't be sent yet. */
  hold(line: string, draft: Draft = { text: line, cursor: line.length }): void {
    if (line.trim() !== "") this.#lines.push(draft);
  }

  /** Removes and returns those of a room: they are for where the line before them leads. */
  take(room: string): OfferedLines | undefined {
    const taken = this.#offered.get(room);
    this.#offered.delete(room);
    return taken;
  }

  /** They wait in this room. */
  put(room: string, offered: OfferedLines): void {
    const before = this.#offered.get(room);
    this.#offered.set(room, before === undefined ? offered : joinedLines(before, offered));
  }

  /** Conversations go by something else. */
  move(moved: MovedPlaces): void {
    moved.moveKeys(this.#offered, joinedLines);
  }

  /**
   * Shows the next line of the room for which the row is, if the row is empty; a line that was begun after them comes
   * last. Returns what the person is told of those that are new; `when` they were typed is part of that, and for where.
   */
  offer(room: string, when = "before you were in", to = ""): string | undefined {
    const offered = this.#offered.get(room) ?? { lines: [], isOffering: false };
    this.#offered.set(room, offered);
    const { lines } = offered;
    const count = this.#lines.length;
    lines.push(...this.#lines.splice(0));
    const { draft, text } = this.#editor;
    if (!offered.isOffering && text !== "" && lines.length > 0) lines.push(draft);
    if (!offered.isOffering || text === "") {
      const next = lines.shift();
      if (next === undefined) this.#offered.delete(room);
      else this.#editor.show(next);
      offered.isOffering = true;
    }
    if (count === 0) return undefined;
    const what = count === 1 ? "A line was" : `${count} lines were`;
    const whose = to === "" ? "" : `${count === 1 ? "It was" : "They were"} for ${to}; here `;
    return `${what} typed ${when}. ${whose}Enter sends what is in the row, Ctrl-C drops it.`;
  }
}

/** Those of two rooms that have become one. */
function joinedLines(one: OfferedLines, other: OfferedLines): OfferedLines {
  return { ...one, lines: [...one.lines, ...other.lines] };
}
