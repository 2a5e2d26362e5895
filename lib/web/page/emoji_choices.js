// @ts-check
/// <reference lib="dom" />
/** Emoji for the field where one writes. They are many, and come when somebody first writes what may be the name of one. */

import { Late } from "./late.js";

/** Names begin with so many letters: `:D` and `:p` are none. */
const LEAST_LETTERS = 2;
/** The end of a text that may be a name. */
const MAY_BE_NAME = /:[\w+-]{2,64}:?$/;

/** All emoji by their names. */
export const lateEmoji = new Late(() => import("../../words/emoji.js"));

/** The emoji whose name a text ends with. @param {string} before @param {() => void} came they have come now */
export function offerEmoji(before, came) {
  if (lateEmoji.here !== undefined) return lateEmoji.here.completeEmoji(before, LEAST_LETTERS);
  if (MAY_BE_NAME.test(before)) void lateEmoji.come().then((emoji) => emoji && came());
  return undefined;
}
