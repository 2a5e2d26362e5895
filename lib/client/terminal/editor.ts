/** A line editor: keys in, text, cursor and actions out. Edits by grapheme; does no IO. */

import { Completion, type Vocabulary } from "./completion.ts";
import { segmentGraphemes } from "../../chat/names/graphemes.ts";
import { boundary, wordEnd, wordStart } from "./cells.ts";
import type { EditorAction, EditorOptions, EditorSignal } from "./editor_action.ts";
import type { PressedKey } from "./keys.ts";
import { fittingPart, hasRoom } from "./line_room.ts";
import { type Draft, Recalled } from "./recalled.ts";
import { rowBeside } from "./row_beside.ts";
import { transpose } from "./transpose.ts";

/** The longest line by default, in bytes of UTF-8. */
export const MAX_LINE_BYTES = 16_384;

type Command = (editor: LineEditor) => EditorSignal | void;

/** One line that is being typed. */
export class LineEditor {
  readonly #maxBytes: number;
  readonly #recalled = new Recalled();
  readonly #recall: boolean;
  /** What Tab can complete; by default nothing. */
  vocabulary: (() => Vocabulary) | undefined;
  /** What Up shows on an empty line before the lines that were submitted; by default nothing. */
  first: (() => Draft | undefined) | undefined;
  /** Whether the line is shown in rows, one for each of its lines. */
  hasRows = false;
  /** What it has shown last. */
  #offered: string | undefined;
  #text = "";
  #cursor = 0;
  /** Where what is edited begins, behind the words of a command; 0 for a line that was typed. */
  #from = 0;
  /** In which column Up and Down go. */
  #column: number | undefined;
  #killed = "";
  #killing = false;
  /** Whether Ctrl-X was pressed, which begins a key of two. */
  #isChord = false;
  #completion: Completion | undefined;

  constructor({ maxBytes = MAX_LINE_BYTES, recall = true }: EditorOptions = {}) {
    this.#maxBytes = maxBytes;
    this.#recall = recall;
  }

  /** The line, which may have newlines. */
  get text(): string {
    return this.#text;
  }

  /** Where the cursor is, in UTF-16 code units; always between two graphemes. */
  get cursor(): number {
    return this.#cursor;
  }

  /** The line that is being written, even while Up shows another one. */
  get draft(): Draft {
    const { draft } = this.#recalled;
    if (draft !== undefined && draft !== "") return { text: draft, cursor: draft.length };
    return { text: this.#text, cursor: this.#cursor, from: this.#from };
  }

  /** The lines that Up finds, the latest first. */
  get sent(): string[] {
    return this.#recalled.lines;
  }

  /** Replaces the line by one that was set aside, or by an empty one. */
  show({ text, cursor, from = 0 }: Draft = { text: "", cursor: 0 }): void {
    this.clear();
    this.#set(text, from);
    this.moveTo(cursor);
  }

  /** Lets Up find the line as if it had been submitted. */
  remember(): void {
    if (this.#recall) this.#recalled.add(this.#text);
  }

  /** Takes one key; returns what it asks for, if it does more than edit. */
  handle(pressed: PressedKey): EditorAction | undefined {
    const isSecond = this.#isChord && pressed.type === "key" && pressed.name === "ctrl-e";
    const key: PressedKey = isSecond ? { type: "key", name: "compose" } : pressed;
    this.#isChord = key.type === "key" && key.name === "ctrl-x";
    const killedBefore = this.#killing;
    this.#killing = false;
    if (key.type !== "key" || !key.name.endsWith("tab")) this.#completion = undefined;
    const name = key.type === "key" ? key.name : "";
    if (name !== "up" && name !== "down") this.#column = undefined;
    if (name === "enter") return this.#submit();
    if (name === "early-enter") return { ...this.#submit(), early: true };
    const room = /^alt-([1-9])$/.exec(name)?.[1];
    if (room !== undefined) return { type: "room", number: Number(room) };
    let action: EditorSignal | void;
    if (key.type === "key") {
      this.#killing = killedBefore && KILLS.has(key.name);
      action = COMMANDS[key.name]?.(this) ?? (FUNCTION_KEY.test(key.name) ? "bell" : undefined);
      this.#killing = KILLS.has(key.name);
    } else {
      action = this.insert(key.text);
      if (key.type === "paste" && key.cut) action = "bell";
    }
    return action === undefined ? undefined : { type: action };
  }

  /** Moves the cursor to `position`, or to the next place between two graphemes. */
  moveTo(position: number): void {
    this.#cursor = boundary(
      this.#text,
      Math.max(this.#from, Math.min(position, this.#text.length)),
    );
  }

  /** The place one grapheme after (1) or before (-1) the cursor. */
  beside(step: 1 | -1): number {
    const at = step === 1 ? this.#cursor : this.#cursor - 1;
    const cluster = segmentGraphemes(this.#text).containing(at);
    if (cluster === undefined) return this.#cursor;
    return step === 1
      ? cluster.index + cluster.segment.length
      : Math.max(this.#from, cluster.index);
  }

  /** Replaces the text between two places, and moves the cursor after the new text. */
  replace(from: number, to: number, text: string): void {
    this.#text = this.#text.slice(0, from) + text + this.#text.slice(to);
    this.moveTo(from + text.length);
  }

  /** Inserts as much of `raw`, without control characters, as there is room for. */
  insert(raw: string): EditorSignal | void {
    // deno-lint-ignore no-control-regex
    const text = raw.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "");
    const fitting = fittingPart(this.#text, text, this.#maxBytes);
    this.replace(this.#cursor, this.#cursor, fitting);
    return fitting === text ? undefined : "bell";
  }

  /** Deletes from the cursor to `position` and keeps it for {@linkcode yank}. */
  kill(position: number): void {
    const from = Math.max(this.#from, Math.min(position, this.#cursor));
    const to = Math.max(position, this.#cursor);
    const text = this.#text.slice(from, to);
    if (!this.#killing) this.#killed = text;
    else this.#killed = position < this.#cursor ? text + this.#killed : this.#killed + text;
    this.replace(from, to, "");
  }

  /** Deletes the grapheme before the cursor; where nothing is left of what is edited, leaves it. */
  erase(): void {
    if (this.#text.length === this.#from) this.clear();
    else this.replace(this.beside(-1), this.#cursor, "");
  }

  /**
   * Deletes from the cursor to the beginning or the end. Where nothing is left of what is edited it is left: what
   * is typed next must not take its place.
   */
  killLine(to: "start" | "end"): void {
    this.kill(to === "start" ? 0 : this.#text.length);
    if (this.#from > 0 && this.#text.length === this.#from) this.clear();
  }

  /** Leaves what is edited as it was. */
  leave(): void {
    if (this.#from > 0) this.clear();
  }

  /** Inserts what was killed last. */
  yank(): EditorSignal | void {
    return this.insert(this.#killed);
  }

  /** Clears the line, and keeps it for {@linkcode yank}; false if it was empty. */
  drop(): boolean {
    if (this.#text !== "") this.#killed = this.#text.slice(this.#from);
    return this.clear();
  }

  /** Clears the line; false if it was empty. */
  clear(): boolean {
    const had = this.#text !== "";
    this.#set("");
    this.#recalled.reset();
    return had;
  }

  /** Shows the line that was submitted before (-1) or after (1) this one; the draft comes last. */
  recall(step: 1 | -1): EditorSignal | void {
    const isOffered = this.#offered !== undefined && this.#text === this.#offered;
    if (isOffered && step === 1) return void this.clear();
    if (step === -1 && this.#text === "" && this.#recalled.draft === undefined) {
      const first = this.first?.();
      this.#offered = first?.text;
      if (first !== undefined) return this.#set(first.text, first.from);
    }
    const line = this.#recalled.step(step, isOffered ? "" : this.#text);
    if (line === undefined) return "bell";
    this.#set(line);
  }

  /** Goes to the row above (-1) or below (1); from the first or last one to what was submitted before or after. */
  row(step: 1 | -1): EditorSignal | void {
    const beside = this.hasRows
      ? rowBeside(this.#text, this.#cursor, step, this.#column)
      : undefined;
    if (beside === undefined) return this.recall(step);
    this.moveTo(beside.at);
    this.#column = beside.column;
  }

  /** Completes the word before the cursor; again takes the next (1) or the previous (-1). */
  complete(step: 1 | -1): EditorSignal | void {
    const before = this.#text.slice(0, this.#cursor);
    this.#completion ??= this.vocabulary && Completion.begin(before, this.vocabulary());
    const completion = this.#completion;
    if (completion === undefined) return "bell";
    const { from, shown } = completion;
    const next = completion.step(step);
    if (!hasRoom(this.#text, next.length - shown.length, next, this.#maxBytes)) {
      // The line still has what was shown.
      completion.step(step === 1 ? -1 : 1);
      return "bell";
    }
    this.replace(from, from + shown.length, next);
    if (completion.only) this.#completion = undefined;
  }

  #submit(): Extract<EditorAction, { type: "submit" }> {
    const text = this.#text;
    this.remember();
    this.clear();
    return { type: "submit", text };
  }

  #set(text: string, from = 0): void {
    this.#text = text;
    this.#from = from;
    this.#cursor = text.length;
    this.#column = undefined;
  }
}

const COMMANDS: Readonly<Record<string, Command>> = {
  "f1": () => "help",
  "newline": (e) => e.insert("\n"),
  "tab": (e) => e.complete(1),
  "shift-tab": (e) => e.complete(-1),
  "backspace": (e) => e.erase(),
  "delete": (e) => e.replace(e.cursor, e.beside(1), ""),
  "left": (e) => e.moveTo(e.beside(-1)),
  "right": (e) => e.moveTo(e.beside(1)),
  "home": (e) => e.moveTo(0),
  "escape": (e) => e.leave(),
  "end": (e) => e.moveTo(e.text.length),
  "up": (e) => e.row(-1),
  "down": (e) => e.row(1),
  "ctrl-a": (e) => e.moveTo(0),
  "ctrl-b": (e) => e.moveTo(e.beside(-1)),
  "ctrl-c": (e) => e.drop() ? undefined : "interrupt",
  "ctrl-d": (e) => e.text === "" ? "end" : e.replace(e.cursor, e.beside(1), ""),
  "ctrl-e": (e) => e.moveTo(e.text.length),
  "ctrl-f": (e) => e.moveTo(e.beside(1)),
  "ctrl-k": (e) => e.killLine("end"),
  "ctrl-l": () => "clear-screen",
  "ctrl-n": () => "next-room",
  "ctrl-p": () => "previous-room",
  "ctrl-t": (e) => transpose(e),
  "ctrl-u": (e) => e.killLine("start"),
  "ctrl-w": (e) => e.kill(wordStart(e.text, e.cursor, /\S/u)),
  "ctrl-y": (e) => e.yank(),
  // Ctrl-X Ctrl-E
  "compose": () => "compose",
  "ctrl-z": () => "suspend",
  "ctrl-left": (e) => e.moveTo(wordStart(e.text, e.cursor)),
  "ctrl-right": (e) => e.moveTo(wordEnd(e.text, e.cursor)),
  "alt-left": (e) => e.moveTo(wordStart(e.text, e.cursor)),
  "alt-right": (e) => e.moveTo(wordEnd(e.text, e.cursor)),
  "alt-b": (e) => e.moveTo(wordStart(e.text, e.cursor)),
  "alt-f": (e) => e.moveTo(wordEnd(e.text, e.cursor)),
  "alt-d": (e) => e.kill(wordEnd(e.text, e.cursor)),
  "alt-backspace": (e) => e.kill(wordStart(e.text, e.cursor)),
};

const FUNCTION_KEY = /(?:^|-)f\d+$/;

/** The commands whose deletions, one after the other, are yanked as one. */
/** Whether a key does something in the line, or leads to a room. */
export function bindsKey(name: string): boolean {
  return name in COMMANDS || /^alt-[1-9]$/.test(name);
}

const KILLS = new Set(["ctrl-k", "ctrl-u", "ctrl-w", "alt-d", "alt-backspace"]);
