// @ts-check
/// <reference lib="dom" />
/** Emoji for the field where one writes. They are many, and come when somebody first writes what may be the name of one. */

import { isSecret } from "../../words/secret.js";
import { Late } from "./late.js";

/** Names begin with so many letters: `:D` and `:p` are none. */
const LEAST_LETTERS = 2;
/** The end of a text that may be a name. */
const MAY_BE_NAME = /:[\w+-]{2,64}:?$/;
/** The end of a line that may be a whole one. */
const MAY_BE_WHOLE = /:[\w+-]{1,64}:\s*$/;

/** All emoji by their names. */
export const lateEmoji = new Late(() => import("../../words/emoji.js"));

/** The emoji whose name a text ends with. @param {string} before @param {() => void} came they have come now */
export function offerEmoji(before, came) {
  if (lateEmoji.here !== undefined) return lateEmoji.here.completeEmoji(before, LEAST_LETTERS);
  if (MAY_BE_NAME.test(before)) void lateEmoji.come().then((emoji) => emoji && came());
  return undefined;
}

/**
 * A line as it is sent: the name of an emoji that it ends with, as `:tada:`, is that emoji. They may have to
 * come first.
 * @type {(line: string) => string | Promise<string>}
 */
export function lineToSend(line) {
  if (!MAY_BE_WHOLE.test(line) || isSecret(line)) return line;
  const { here } = lateEmoji;
  if (here !== undefined) return here.withLastEmoji(line);
  return lateEmoji.come().then((emoji) => emoji?.withLastEmoji(line) ?? line);
}
