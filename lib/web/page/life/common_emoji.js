// @ts-check
/**
 * The emoji that people react with most, by words for which somebody may look. The others are found by
 * their names, and any can be typed.
 */

import { reactionKey } from "../../../words/reaction.js";

/** @import { EmojiChoices } from "../../../words/emoji.js" */
/** @typedef {{ readonly emoji: string, readonly name: string }} NamedEmoji */

/** @type {ReadonlyArray<readonly [emoji: string, name: string]>} */
const COMMON = [
  ["👍", "thumbs up, yes, agree"],
  ["👎", "thumbs down, no, disagree"],
  ["❤️", "heart, love"],
  ["😂", "laughing, tears of joy, funny"],
  ["🎉", "party, tada, congratulations"],
  ["👀", "eyes, looking"],
  ["🙏", "thanks, please, folded hands"],
  ["✅", "done, check mark"],
  ["❌", "no, cross mark"],
  ["👏", "clapping, applause, bravo"],
  ["🚀", "rocket, ship it"],
  ["💯", "hundred points"],
  ["🔥", "fire, hot"],
  ["🙌", "raising hands, hooray"],
  ["💪", "strong, muscle"],
  ["👋", "waving, hello, bye"],
  ["🤝", "handshake, deal"],
  ["👌", "ok"],
  ["🤞", "crossed fingers, luck"],
  ["🫡", "salute, will do"],
  ["😀", "grinning, happy"],
  ["😄", "smile, happy"],
  ["😅", "sweat, relief"],
  ["🙂", "slight smile"],
  ["😉", "wink"],
  ["😊", "blush, pleased"],
  ["😍", "heart eyes, love"],
  ["🥰", "loved, hearts"],
  ["😎", "cool, sunglasses"],
  ["🤔", "thinking, hmm"],
  ["😐", "neutral"],
  ["😕", "confused"],
  ["🙄", "eye roll"],
  ["😮", "surprised, wow"],
  ["😢", "sad, crying"],
  ["😭", "sobbing, crying"],
  ["😡", "angry"],
  ["😱", "scream, shocked"],
  ["🤯", "mind blown"],
  ["😴", "sleeping, tired"],
  ["🤗", "hug"],
  ["🤷", "shrug"],
  ["🤦", "facepalm"],
  ["🥳", "celebrating, birthday"],
  ["🎂", "cake, birthday"],
  ["☕", "coffee, tea, break"],
  ["🍕", "pizza, lunch"],
  ["🍺", "beer, drinks"],
  ["⭐", "star"],
  ["✨", "sparkles, new"],
  ["💡", "idea, light bulb"],
  ["❓", "question"],
  ["❗", "important, exclamation"],
  ["⚠️", "warning"],
  ["🐛", "bug"],
  ["🔧", "fix, wrench"],
  ["⏳", "waiting, hourglass"],
  ["📌", "pin"],
  ["🏃", "running, on my way"],
  ["🌍", "world, earth"],
];

/**
 * Those that a word may mean, and what was typed where that is an emoji itself; the usual for no word.
 * @param {string} typed
 * @param {number} most
 * @param {(text: string) => EmojiChoices | undefined} [named] those whose name a text ends with, of all
 * @returns {NamedEmoji[]}
 */
export function emojisFor(typed, most, named) {
  const key = /[\p{L}\p{N}]/u.test(typed) ? undefined : reactionKey(typed);
  if (key !== undefined) return [{ emoji: key, name: emojiName(key) }];
  const word = typed.trim().toLowerCase().replaceAll(":", "");
  const usual = COMMON.filter(([, name]) => ` ${name}`.includes(` ${word}`))
    .map(([emoji, name]) => ({ emoji, name }));
  const others = (named?.(`:${word.replaceAll(/\s+/g, "_")}`)?.choices ?? [])
    .filter(({ emoji }) => usual.every((each) => each.emoji !== emoji))
    .map(({ emoji, name }) => ({ emoji, name: name.replaceAll("_", " ") }));
  return [...usual, ...others].slice(0, most);
}

/** What an emoji is called; itself where it has no name here. @param {string} key */
export function emojiName(key) {
  return COMMON.find(([emoji]) => emoji === key)?.[1].split(",")[0] ?? key;
}
