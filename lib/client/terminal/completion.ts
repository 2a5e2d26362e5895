/**
 * Completes the words before the cursor: commands at the start of the line, then names and rooms, emoji
 * by their names, and paths where a command takes them.
 */

import type { CommandWords } from "../../words/command.js";
import type { EmojiChoices } from "../../words/emoji.js";
import { findCommand } from "../../words/parse.js";

/** What can be completed, each list in its order. */
export interface Vocabulary {
  readonly commands: readonly CommandWords[];
  /** The people, the last to speak first. */
  readonly names: readonly string[];
  readonly rooms: readonly string[];
  /** The numbers of messages that a command can be about, the likeliest first; by default none. */
  readonly numbers?: (command: string) => readonly string[];
  /** What may follow the number of a message behind a command; by default nothing. */
  readonly about?: (command: string, number: number) => readonly string[];
  /** Those of messages that bring a file, as well. */
  readonly fileNumbers?: () => readonly string[];
  /** The paths that the last word of a text begins; by default none. */
  readonly paths?: (text: string) => PathChoices | undefined;
  /** The emoji whose name a text ends with; by default none. */
  readonly emoji?: (text: string) => EmojiChoices | undefined;
}

/** What a path can be completed to. */
export interface PathChoices {
  /** Where its word begins in the text. */
  readonly from: number;
  /** Each is written as one word. */
  readonly choices: readonly string[];
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
    const path = pathsAt(before, vocabulary);
    if (path !== undefined) return new Completion(path.from, before.slice(path.from), path.choices);
    const emoji = vocabulary.emoji?.(before);
    if (emoji !== undefined) {
      const choices = emoji.choices.map((choice) => choice.emoji);
      return new Completion(emoji.from, before.slice(emoji.from), choices);
    }
    for (const from of wordStarts(before)) {
      const typed = before.slice(from);
      const choices = complete(before.slice(0, from), typed, vocabulary);
      if (choices.length > 0) return new Completion(from, typed, choices);
    }
    return undefined;
  }
}

/** The choices for the path that is the last word, if the command takes paths there. */
function pathsAt(before: string, { commands, paths }: Vocabulary): PathChoices | undefined {
  const [, left = "", name = ""] = /^(\/(\S+)\s+)/.exec(before) ?? [];
  const takes = findCommand(name, commands)?.takes;
  // A file that was sent goes by its number, and a path may follow.
  const number = takes === "file" ? /^\d+\s+/.exec(before.slice(left.length))?.[0] : "";
  if (takes !== "paths" && takes !== "file" || number === undefined) return undefined;
  const start = left.length + number.length;
  const found = paths?.(before.slice(start));
  if (found === undefined || found.choices.length === 0) return undefined;
  return { from: start + found.from, choices: found.choices };
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
    return commandsBegunBy(typed.slice(1), commands).map((name) => `/${name} `);
  }
  const [, word = "", before = ""] = /^\/(\S+)\s+(.*)$/s.exec(left) ?? [];
  const { name, takes } = findCommand(word, commands) ?? { name: "" };
  if (takes === "message" && before === "") {
    return begunBy(typed, vocabulary.numbers?.(name) ?? []).map((number) => `${number} `);
  }
  const about = takes === "message" && typed === "" ? /^([1-9]\d{0,14})\s+$/.exec(before) : null;
  const follows = about === null ? [] : vocabulary.about?.(name, Number(about[1])) ?? [];
  if (follows.length > 0) return [...follows];
  if (takes === "file" && before === "") {
    return begunBy(typed, vocabulary.fileNumbers?.() ?? []).map((number) => `${number} `);
  }
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

/** One that is typed whole is meant, though others begin with it: what belongs behind it comes next. */
function commandsBegunBy(typed: string, commands: readonly CommandWords[]): string[] {
  const names = begunBy(typed, commands.map(({ name }) => name));
  const whole = names.find((name) => name === typed.toLowerCase());
  const takes = whole === undefined ? undefined : findCommand(whole, commands)?.takes;
  return whole !== undefined && takes === "message" ? [whole] : names;
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
