/**
 * Makes lib/words/emoji_names.js: what emoji are called, of the data of emojibase. Names are those of
 * GitHub and Slack, which people know; what neither has yet goes by emojibase's own.
 *
 *     deno run --allow-read --allow-write=lib/words tests/tools/make_emoji.ts
 */

import emoji from "emojibase-data/compact" with { type: "json" };
import own from "emojibase-data/own" with { type: "json" };
import github from "emojibase-data/github" with { type: "json" };
import slack from "emojibase-data/slack" with { type: "json" };
import { reactionKey } from "../../lib/words/reaction.js";

/** Names by the numbers of an emoji's characters. */
type Names = Readonly<Record<string, string | readonly string[]>>;

const FILE = new URL("../../lib/words/emoji_names.js", import.meta.url);

/** The groups by their numbers in the data; the third has only tones of skin and hair. */
const GROUPS = [
  ...["smileys", "people", "", "nature", "food", "travel", "activities", "objects"],
  ...["symbols", "flags"],
];

const HEADER = `// @ts-check
/**
 * What emoji are called, made by tests/tools/make_emoji.ts: change that, and not this. Each group has its
 * name and its emoji, each followed by its names.
 * @type {ReadonlyArray<readonly [group: string, emoji: string]>}
 */
export const EMOJI_NAMES = [
`;

/** The text of the file. */
export function emojiFile(): string {
  const sorted = emoji.filter(({ group }) => group !== undefined && GROUPS[group] !== "")
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
  const lines = GROUPS.flatMap((name, group) => {
    if (name === "") return [];
    const entries = sorted.filter((each) => each.group === group).map(({ unicode, hexcode }) =>
      // Without signs that ask for a picture where it is one anyway, as in reactions.
      [reactionKey(unicode) ?? unicode, ...namesOf(hexcode)].join(":")
    );
    return [`  [\n    "${name}",\n    ${JSON.stringify(entries.join(" "))},\n  ],\n`];
  });
  return `${HEADER}${lines.join("")}];\n`;
}

function namesOf(hexcode: string): string[] {
  const known = [github, slack].flatMap((names: Names) => names[hexcode] ?? []);
  const names = known.length > 0 ? known : [(own as Names)[hexcode] ?? []].flat();
  return [...new Set(names)];
}

if (import.meta.main) await Deno.writeTextFile(FILE, emojiFile());
