// @ts-check
/** Emoji by their names: what `:smile:`, or the beginning of it, may become. */

import { EMOJI_NAMES } from "./emoji_names.js";

/** @typedef {{ readonly emoji: string, readonly names: readonly string[] }} NamedEmoji */
/** @typedef {{ readonly emoji: string, readonly name: string }} EmojiChoice */
/**
 * What the end of a text may become; `from`: where that begins.
 * @typedef {{ readonly from: number, readonly choices: readonly EmojiChoice[] }} EmojiChoices
 */

/** The most emoji that are offered. */
const MAX_CHOICES = 16;
/** The end of a text in which a name is begun, or stands whole between two colons. */
const BEGUN = /(?:^|[\s([{"'])(:([\w+-]{1,64})(:?))$/;
/** More than that takes no name. */
const LONGEST = 80;

/** @type {ReadonlyArray<readonly [group: string, emoji: readonly NamedEmoji[]]> | undefined} */
let groups;

/** All emoji in their groups, in the order in which keyboards have them. */
export function emojiGroups() {
  return groups ??= EMOJI_NAMES.map(([group, all]) => {
    const emoji = all.split(" ").map((entry) => {
      const [first = "", ...names] = entry.split(":");
      return { emoji: first, names };
    });
    return /** @type {const} */ ([group, emoji]);
  });
}

/**
 * What a text may end with, if at least so many letters of a name are there: the emoji of that name
 * first, then those whose names begin like that, the shortest first, as a short name is hardly meant by
 * more letters; and then those of whose names a later word does.
 * @type {(before: string, least?: number) => EmojiChoices | undefined}
 */
export function completeEmoji(before, least = 1) {
  const [, word = "", typed = "", end] = BEGUN.exec(before.slice(-LONGEST)) ?? [];
  if (typed.length < least || typed === "") return undefined;
  const choices = emojiNamed(typed.toLowerCase(), end !== "").slice(0, MAX_CHOICES);
  return choices.length === 0 ? undefined : { from: before.length - word.length, choices };
}

/**
 * A text with the emoji in the place of a name that it ends with and that stands whole between two colons, as
 * in `lunch! :tada:`; any other text as it is.
 * @type {(text: string) => string}
 */
export function withLastEmoji(text) {
  const end = text.trimEnd();
  const { from, choices } = (end.endsWith(":") ? completeEmoji(end) : undefined) ?? {};
  return choices?.[0] === undefined ? text : end.slice(0, from) + choices[0].emoji;
}

/** @type {(typed: string, isWhole: boolean) => EmojiChoice[]} */
function emojiNamed(typed, isWhole) {
  /** By how well the name fits. @type {[whole: EmojiChoice[], begun: EmojiChoice[], within: EmojiChoice[]]} */
  const [whole, begun, within] = [[], [], []];
  for (const [, all] of emojiGroups()) {
    for (const { emoji, names } of all) {
      const name = shortest(names.filter((each) => each.startsWith(typed))) ??
        names.find((each) => each.includes(`_${typed}`));
      if (name === undefined) continue;
      (name === typed ? whole : name.startsWith(typed) ? begun : within).push({ emoji, name });
    }
  }
  begun.sort((one, other) => one.name.length - other.name.length);
  return isWhole ? whole : [...whole, ...begun, ...within];
}

/** @type {(names: readonly string[]) => string | undefined} */
function shortest(names) {
  return [...names].sort((one, other) => one.length - other.length)[0];
}
