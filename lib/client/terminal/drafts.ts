/** Lines that are set aside: drafts of other rooms, and lines that can't be sent yet. Does no IO. */

import { nameKey } from "../../words/names.js";
import { type Conversations, type MovedPlaces, titleOf } from "./conversations.ts";
import type { LineEditor } from "./editor.ts";
import type { Draft } from "./recalled.ts";

/** Lines that wait in a room for another Enter. */
interface OfferedLines {
  readonly lines: Draft[];
  /** Whether the row has shown one of them. */
  isOffering: boolean;
}

/** Options of a {@linkcode Way}. */
export interface WayOptions {
  /** The room where it ends; empty: nobody knows that yet. */
  readonly to?: string;
  /** It is over in a moment, and nobody goes elsewhere meanwhile but by it. */
  readonly isShort?: boolean;
}

/**
 * A way to another room, on which a person is from when they ask for it until the answer comes. What they write
 * meanwhile is for where it ends, and is kept with it: nobody asks later where they are.
 */
export class Way {
  readonly to: string;
  readonly isShort: boolean;
  /** Lines that were ended, which are carried out where it ends. */
  readonly lines: string[] = [];
  /** What was in the row for there, while something else is looked at. */
  draft: Draft | undefined;
  /** Lines that wait for another Enter, behind the one that has begun the way. */
  held: OfferedLines | undefined;
  /** Whether the person has gone elsewhere meanwhile, by themselves. */
  isLeft = false;

  constructor({ to = "", isShort = false }: WayOptions = {}) {
    this.to = to;
    this.isShort = isShort;
  }
}

/**
 * The drafts of the rooms that are not looked at: what is written for a room stays with it. What stands in the row
 * is for the room that is looked at, or for where a way ends that was begun before it was written.
 */
export class Drafts {
  readonly #editor: LineEditor;
  readonly #held: HeldLines;
  readonly #kept = new Map<string, Draft>();
  #room: string;
  /** The rooms of drafts of which the person was told that leaving loses them. */
  #told = "";
  /** The way for whose end the row is; `undefined`: it is for the room. */
  #way: Way | undefined;
  /** The ways on which the person is. */
  readonly #ways = new Set<Way>();
  /** The one that ends now. */
  #ending: Way | undefined;
  /** Whether the server has let us in: before, what is typed is for the room that it says. */
  #isIn = false;

  /** `room` is the one that is looked at. */
  constructor(editor: LineEditor, held: HeldLines, room: string, conversations: Conversations) {
    [this.#editor, this.#held] = [editor, held];
    this.#room = nameKey(room);
    conversations.onMoved.add((moved) => this.#move(moved));
  }

  /** The server has let us in, and the room is looked at. */
  begun(): void {
    this.#isIn = true;
  }

  /** The way for whose end the row is; `undefined`: it is for the room that is looked at. */
  get way(): Way | undefined {
    return this.#way;
  }

  /**
   * The person goes a way: what is typed from now on is for where it ends. What stands in the row is not, unless
   * they may well stay where they are; `isEarlier`: the way was asked for before that was written.
   */
  goes(way: Way, isEarlier = false): void {
    this.#ways.add(way);
    if (isEarlier) return void (this.#way ??= way);
    const { draft } = this.#editor;
    // What was held behind a line that leads there was written for there, too.
    if (draft.text === "" && this.#way === undefined) way.held = this.#held.take(this.#room);
    if (draft.text !== "") {
      if (way.to === "") return;
      if (this.#way !== undefined) this.#way.draft = draft;
      else this.#kept.set(this.#room, draft);
      this.#editor.show();
    }
    this.#way = way;
  }

  /** What comes into the row now is for the room that is looked at: what was for the end of a way waits there. */
  here(): void {
    if (this.#way === undefined) return;
    const { draft } = this.#editor;
    if (draft.text !== "") this.#way.draft = draft;
    this.#way = undefined;
    this.#show(this.#room);
  }

  /** Offers the next line that waits where the person is, if the row is for there (see {@linkcode HeldLines}). */
  offer(when?: string, to?: string): string | undefined {
    return this.#way === undefined ? this.#held.offer(this.#room, when, to) : undefined;
  }

  /** Whether what is written in the row is for this room. */
  isFor(room: string): boolean {
    return this.#way === undefined && this.#room === nameKey(room);
  }

  /** Shows where a way ends; what was written for there comes along. */
  arrive(way: Way | undefined, show: () => void): void {
    this.#ending = way;
    try {
      show();
    } finally {
      this.#ending = undefined;
    }
  }

  /**
   * A way is over. Where it does not end there, returns what stood in the row for there, and whether Up finds what was
   * set aside for there.
   */
  over(way: Way, isThere: boolean): { readonly begun?: Draft; readonly isAbove?: true } {
    this.#ways.delete(way);
    const { draft, held } = way;
    way.draft = undefined;
    const end = isThere && way.to !== "" ? nameKey(way.to) : this.#room;
    if (held !== undefined) this.#held.put(end, held);
    const isAbove = draft !== undefined && (!isThere || way.to === "");
    if (isAbove) this.#setAbove(draft);
    else if (draft !== undefined) this.#kept.set(end, draft);
    const above = isAbove ? { isAbove } as const : {};
    if (this.#way !== way) return above;
    this.#way = undefined;
    const { draft: begun } = this.#editor;
    if (isThere && begun.text !== "") return above;
    this.#show(this.#room);
    return { ...above, begun };
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
    if (!this.#isIn && draft.text !== "") return;
    const way = this.#ending ?? (this.#way?.isShort ? this.#way : undefined);
    if (way === undefined) { for (const each of this.#ways) each.isLeft = true; }
    // It may be for where the person goes next.
    if (way !== undefined && this.#way !== undefined && this.#way !== way) return;
    const comesAlong = way !== undefined && this.#way === way;
    if (comesAlong) this.#way = undefined;
    if (comesAlong && draft.text !== "") return;
    if (this.#way !== undefined) {
      if (draft.text !== "") this.#way.draft = draft;
      this.#way = undefined;
    } else if (left === "") this.#editor.remember();
    else if (draft.text !== "") this.#kept.set(left, draft);
    this.#show(key, way);
  }

  /** Shows what was written for a room, there or on the way to it. */
  #show(key: string, way?: Way): void {
    const draft = way?.draft ?? this.#kept.get(key);
    this.#editor.show(draft);
    if (way?.draft === undefined) this.#kept.delete(key);
    else way.draft = undefined;
  }

  /** Lets Up find what has no place any more. */
  #setAbove(draft: Draft): void {
    const now = this.#editor.draft;
    this.#editor.show(draft);
    this.#editor.remember();
    this.#editor.show(now);
  }

  /** Conversations go by something else: their drafts stay theirs. */
  #move(moved: MovedPlaces): void {
    const kept = [...this.#kept];
    this.#kept.clear();
    for (const [room, draft] of kept) this.#kept.set(nameKey(moved.to(room)), draft);
    this.#held.move(moved);
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

  /** The keys of the rooms in which some wait. */
  get rooms(): string[] {
    return [...this.#offered].flatMap(([room, { lines }]) => lines.length > 0 ? room : []);
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
    const { lines, ...others } = this.#offered.get(room) ?? offered;
    const before = lines === offered.lines ? [] : lines;
    this.#offered.set(room, { ...others, lines: [...before, ...offered.lines] });
  }

  /** Conversations go by something else. */
  move(moved: MovedPlaces): void {
    const all = [...this.#offered];
    this.#offered.clear();
    for (const [room, each] of all) this.#offered.set(nameKey(moved.to(room)), each);
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
