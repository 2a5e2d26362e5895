/** Emoji by the names that other programs have for them. */

import { emojiGroups } from "../words/emoji.js";
import { reactionKey } from "../words/reaction.js";

/** `:name:` of an emoji, as texts of Slack and Mattermost have them. */
const NAMED = /(?<![\w:]):([a-z0-9_+-]{1,40}):(?![\w:])/g;

let byName: ReadonlyMap<string, string> | undefined;

function names(): ReadonlyMap<string, string> {
  return byName ??= new Map(
    emojiGroups().flatMap(([, all]) =>
      all.flatMap(({ emoji, names }) => names.map((name) => [name, emoji] as const))
    ),
  );
}

/** A text with the emoji in the place of their names, of those that have names here. */
export function emojiNamed(text: string): string {
  return text.replace(NAMED, (whole, name) => names().get(name) ?? whole);
}

/** The reaction that another program calls `thumbsup::skin-tone-3`; `undefined` if it is none here. */
export function reactionNamed(name: string): string | undefined {
  const emoji = names().get(name.replace(/::skin-tone-\d$/, "").toLowerCase());
  return emoji === undefined ? undefined : reactionKey(emoji);
}
