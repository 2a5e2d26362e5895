/** Completes the words before the cursor: commands at the start of the line, then names and rooms. */

import type { CommandWords } from "../../words/command.js";
import { findCommand } from "../../words/parse.js";

/** What can be completed, each list in its order. */
export interface Vocabulary {
  readonly commands: readonly CommandWords[];
  /** The people, the last to speak first. */
  readonly names: readonly string[];
  readonly rooms: readonly string[];
}

const FILTERS = ["from:", "in:", "after:", "before:"];
/** How many words before the cursor to try: a name may have spaces. */
const MAX_WORDS = 6;

/** A word, and all that it can be completed to. */
export class Completion {
  /** Where the word begins in the line. */
  readonly from: number;
  readonly #choices: readonly string[];
  #at: number;

  private constructor(from: number, typed: string, choices: readonly string[]) {
    this.from = from;
    this.#choices = [...choices, typed];
    this.#at = choices.length;
  }

  /** The text in the line now. */
  get shown(): string {
    return this.#choices[this.#at] ?? "";
  }

  /** Whether there is only one choice, so that it is final. */
  get only(): boolean {
    return this.#choices.length === 2;
  }

  /** The text to replace it with. After the last choice comes the word as it was typed. */
  step(by: 1 | -1): string {
    const count = this.#choices.length;
    this.#at = (this.#at + by + count) % count;
    return this.shown;
  }

  /** Completes the text before the cursor; `undefined` if that is not possible. */
  static begin(before: string, vocabulary: Vocabulary): Completion | undefined {
    for (const from of wordStarts(before)) {
      const typed = before.slice(from);
      const choices = complete(before.slice(0, from), typed, vocabulary);
      if (choices.length > 0) return new Completion(from, typed, choices);
    }
    return undefined;
  }
}

/** Where the last words begin: first the start of most of them. */
function wordStarts(before: string): number[] {
  const starts: number[] = [];
  for (let at = before.length; starts.length < MAX_WORDS; at--) {
    if (at === 0 || /\s/.test(before[at - 1] as string)) starts.push(at);
    if (at === 0) break;
  }
  return starts.reverse();
}

function complete(left: string, typed: string, vocabulary: Vocabulary): string[] {
  const { commands, names, rooms } = vocabulary;
  if (left === "" && typed.startsWith("/")) {
    return begunBy(typed.slice(1), commands.map(({ name }) => name)).map((name) => `/${name} `);
  }
  const [, name = "", before = ""] = /^\/(\S+)\s+(.*)$/s.exec(left) ?? [];
  const takes = findCommand(name, commands)?.takes;
  if (takes === "search") return filters(typed, vocabulary);
  if (typeof takes === "object") {
    return begunBy(before + typed, takes).map((choice) => choice.slice(before.length));
  }
  if (takes === "room" && /^#?$/.test(before)) return roomsOf(typed, rooms);
  if (typed.startsWith("@")) return begunBy(typed.slice(1), names).map((name) => `@${name} `);
  if (typed.startsWith("#")) return roomsOf(typed, rooms).map((room) => `${room} `);
  if (typed === "" && left !== "" && !left.startsWith("/")) return [];
  const after = left === "" ? ": " : " ";
  return [
    ...begunBy(typed, names).map((name) => name + after),
    ...typed === "" ? [] : begunBy(typed, rooms).map((room) => `${room} `),
  ];
}

function roomsOf(typed: string, rooms: readonly string[]): string[] {
  const hash = typed.startsWith("#") ? "#" : "";
  return begunBy(typed.slice(hash.length), rooms).map((room) => hash + room);
}

/** The filters of a search, and the names and rooms in them. */
function filters(typed: string, { names, rooms }: Vocabulary): string[] {
  const [, filter = "", value = ""] = /^(from:|in:)(.*)$/is.exec(typed) ?? [];
  if (filter === "") return typed === "" ? [] : begunBy(typed, FILTERS);
  const quoted = (word: string): string => /\s/.test(word) ? `"${word}"` : word;
  const isName = filter.toLowerCase() === "from:";
  const words = isName ? begunBy(value.replace(/^["@]/, ""), names) : roomsOf(value, rooms);
  return words.map((word) => `${filter}${quoted(word)} `);
}

/** The words that begin with `typed`, in any letter case. */
function begunBy(typed: string, words: readonly string[]): string[] {
  const lower = typed.toLowerCase();
  return words.filter((word) => word.toLowerCase().startsWith(lower));
}
