// @ts-check
/** What may become of the word before the cursor: a command, a name, a room, an emoji. Pure. */

import { nameKey } from "../../words/names.js";

/** @import { CommandWords } from "../../words/command.js" */
/** @import { EmojiChoices } from "../../words/emoji.js" */
/** @import { Store } from "./store.js" */
/**
 * `emoji`: those whose name a text ends with; by default none.
 * @typedef {{ commands: readonly CommandWords[], names: readonly string[], rooms: readonly string[],
 *   emoji?: (before: string) => EmojiChoices | undefined }} Vocabulary
 */
/** @typedef {{ readonly label: string, readonly hint: string, readonly insert: string }} Choice */
/** @typedef {{ readonly from: number, readonly choices: readonly Choice[] }} Completion */

/** The most names or rooms that are offered; commands are few, and all are. */
const MAX_CHOICES = 16;
const ARGUMENT = /^\/(\S+)\s+(?:(#\S+)\s+)?(\S*)$/;
const MENTION = /(?:^|[\s(])@([^\s@]*)$/u;

/**
 * Looks at the text before the cursor; `undefined` when there is nothing to offer.
 * @type {(before: string, vocabulary: Vocabulary) => Completion | undefined}
 */
export function complete(before, { commands, names, rooms, emoji }) {
  const command = /^\/([^\s/]*)$/.exec(before);
  if (command !== null) {
    const begun = commands.filter((c) => spellings(c).some(begins(command[1] ?? "")));
    return offer(0, begun.map(commandChoice));
  }
  const [argument, name = "", room, typed = ""] = ARGUMENT.exec(before) ?? [];
  const isNamed = (/** @type {CommandWords} */ c) => spellings(c).includes(name.toLowerCase());
  const takes = argument && commands.find(isNamed)?.takes;
  if (takes === "room" && !room) return words(before, typed, rooms, (name) => name);
  if (takes === "target" || (takes === "name" && !room)) {
    return words(before, typed, names, (name) => `${quoted(name)} `);
  }
  // Enter takes what is offered: before a letter is there, it is for the command as it stands.
  if (typeof takes === "object" && !room && typed !== "") {
    return words(before, typed, takes, (word) => word);
  }
  const named = emoji?.(before);
  if (named !== undefined) return offer(named.from, named.choices.map(emojiChoice));
  const mention = MENTION.exec(before);
  return mention === null
    ? undefined
    : words(before, `@${mention[1] ?? ""}`, names, (n) => `@${n} `);
}

/**
 * The names that may be meant: of those who are here first, then of those who are away, and of those
 * one has talked to alone.
 * @type {(store: Pick<Store, "places" | "active"> | undefined) => Omit<Vocabulary, "commands">}
 */
export function namesFor(store) {
  const { places = [], active } = store ?? {};
  const talks = places.filter(({ kind, gone }) => kind === "direct" && !gone);
  const all = [...active?.members ?? [], ...active?.people ?? [], ...talks]
    .map((each) => typeof each === "string" ? each : each.name);
  const rooms = places.filter(({ kind }) => kind === "room").map(({ name }) => name);
  return { names: [...new Map(all.map((name) => [nameKey(name), name])).values()], rooms };
}

/** @type {(row: CommandWords) => string[]} */
function spellings({ name, aliases = [] }) {
  return [name, ...aliases];
}

/** @type {(row: CommandWords) => Choice} */
function commandChoice({ name, usage, summary }) {
  return { label: `/${name} ${usage}`.trimEnd(), hint: summary, insert: `/${name} ` };
}

/** @type {(choice: EmojiChoices["choices"][number]) => Choice} */
function emojiChoice({ emoji, name }) {
  return { label: `${emoji} :${name}:`, hint: "", insert: emoji };
}

/**
 * @param {string} before
 * @param {string} typed
 * @param {readonly string[]} all
 * @param {(word: string) => string} insert
 * @returns {Completion | undefined}
 */
function words(before, typed, all, insert) {
  const begun = all.filter(begins(typed.replace(/^[@#]/, "")));
  const choices = begun.map((word) => ({ label: word, hint: "", insert: insert(word) }));
  return offer(before.length - typed.length, choices.slice(0, MAX_CHOICES));
}

/** @type {(from: number, choices: Choice[]) => Completion | undefined} */
function offer(from, choices) {
  return choices.length === 0 ? undefined : { from, choices };
}

/** @type {(typed: string) => (word: string) => boolean} */
function begins(typed) {
  const key = nameKey(typed);
  return (word) => nameKey(word).startsWith(key);
}

/** @type {(name: string) => string} */
function quoted(name) {
  return /\s/.test(name) ? `"${name}"` : name;
}
