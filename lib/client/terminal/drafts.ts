/** The drafts of the rooms that are not looked at, and of where the person goes. Does no IO. */

import { nameKey } from "../../words/names.js";
import type { Conversations, MovedPlaces } from "./conversations.ts";
import type { LineEditor } from "./editor.ts";
import type { HeldLines, OfferedLines } from "./held_lines.ts";
import type { Draft } from "./recalled.ts";

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
  /** Those in whose place a line about a message that was picked stands, or stood, in the row. */
  readonly #aside = new Map<string, Draft>();
  #room: string;
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
      else this.#keep(this.#room, draft);
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

  /** The draft of the room that is looked at, in whose place another line stands in the row. */
  get aside(): Draft | undefined {
    return this.#aside.get(this.#room);
  }

  set aside(draft: Draft | undefined) {
    if (draft === undefined) this.#aside.delete(this.#room);
    else this.#aside.set(this.#room, draft);
  }

  /** Whether something is written for a room that is not looked at, and not sent. */
  readonly has = (room: string): boolean => {
    const key = nameKey(room);
    return this.#kept.has(key) || this.#aside.has(key);
  };

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
    else if (draft !== undefined) this.#keep(end, draft);
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
    // What was typed before one is in is for the room that one comes to.
    const early = this.#isIn ? undefined : this.#held.take(left);
    if (early !== undefined) this.#held.put(key, early);
    if (left === "" && this.#isIn) this.#leaveNowhere();
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
    else if (draft.text !== "") this.#keep(left, draft);
    this.#show(key, way);
  }

  /** What waits in no room is for none, and Up finds it. */
  #leaveNowhere(): void {
    const held = this.#held.take("")?.lines ?? [];
    for (const each of [this.#kept.get(""), ...held]) if (each !== undefined) this.#setAbove(each);
    this.#kept.delete("");
  }

  /** Shows what was written for a room, there or on the way to it. */
  #show(key: string, way?: Way): void {
    const draft = way?.draft ?? this.#kept.get(key);
    this.#editor.show(draft);
    if (way?.draft === undefined) this.#kept.delete(key);
    else way.draft = undefined;
  }

  /** Keeps a draft for a room. Another one that waits there Up finds. */
  #keep(room: string, draft: Draft): void {
    const before = this.#kept.get(room);
    this.#kept.set(room, draft);
    if (before !== undefined) this.#setAbove(before);
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
    const both = (one: Draft, other: Draft): Draft => {
      this.#setAbove(one);
      return other;
    };
    for (const drafts of [this.#kept, this.#aside]) moved.moveKeys(drafts, both);
    this.#held.move(moved);
    this.#room = nameKey(moved.to(this.#room));
  }

  /** What was being written in a place when the person left last is there again. */
  bringBack(place: string, text: string): void {
    const key = nameKey(place);
    const draft = { text, cursor: text.length };
    if (key !== this.#room) return void (this.#kept.has(key) || this.#kept.set(key, draft));
    // They may have written something meanwhile.
    if (this.#editor.text !== "" || this.#way !== undefined) this.#setAbove(draft);
    else this.#editor.show(draft);
  }

  /** What is written in rooms, in the row too, and the keys of those. */
  get written(): Array<readonly [room: string, text: string]> {
    const { text } = this.#editor;
    const isHere = text !== "" && this.#way === undefined && !this.#aside.has(this.#room);
    return [...this.#elsewhere, ...isHere ? [[this.#room, text] as const] : []];
  }

  get #elsewhere(): Array<readonly [room: string, text: string]> {
    return [...this.#kept, ...this.#aside].map(([room, { text }]) => [room, text] as const);
  }

  /**
   * All that leaving loses, but for the row: what was written, and the key of the room for which it was. What is
   * written in the rooms `kept` is not lost.
   */
  lostBut(kept: readonly string[]): Array<readonly [room: string, text: string]> {
    const onWay = [...this.#ways].flatMap(({ to, draft, held }) =>
      [draft, ...held?.lines ?? []].flatMap((each) =>
        each === undefined ? [] : [[to, each.text] as const]
      )
    );
    const left = this.#elsewhere.filter(([room]) => !kept.includes(room));
    return [...left, ...onWay, ...this.#held.all];
  }
}
