/**
 * What Slack's "mrkdwn" says as plain text: links, names and escapes as people read them. Stars and the like stay,
 * as people type them in a chat. Nothing here makes a text inert; clients do that where they show it.
 */

import { oneLine } from "./shown_line.ts";

/** What stands between angle brackets and means something there, and the three escapes. */
const MARKED =
  /<(?:([@#!])|(?=[a-z][a-z0-9+.-]{0,30}:))([^<>|\n]*)(?:\|([^<>\n]*))?>|&(amp|lt|gt);/gi;

const ESCAPES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">" };

/** The plain text of a mrkdwn one. */
export function mrkdwnText(text: string): string {
  return text.replace(MARKED, (_, sign, what = "", label, escape) => {
    if (escape !== undefined) return ESCAPES[escape.toLowerCase()] ?? "";
    const shown = label === undefined ? undefined : unescaped(label);
    const meant = unescaped(what);
    return sign === undefined ? linkText(meant, shown) : nameText(sign, meant, shown);
  });
}

/** A link as plain text: what it is called, and where it leads, unless both say the same. */
export function linkText(url: string, label = ""): string {
  const name = oneLine(label);
  const bare = url.replace(/^mailto:/i, "");
  if (name === "" || name === url || name === bare || `https://${name}` === url) return bare;
  return `${name} (${bare})`;
}

/** Somebody, a channel, or everybody: by the name that stands there, else by the id. */
function nameText(sign: string, what: string, label = ""): string {
  if (sign === "@") return `@${label.replace(/^@/, "") || what}`;
  if (sign === "#") return `#${label.replace(/^#/, "") || what}`;
  if (label !== "") return label;
  // `<!date^1392734382^Posted {date}|…>` always has a label, and a group should.
  const [kind = "", group = kind] = what.split("^");
  return `@${kind === "subteam" ? group : kind}`;
}

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt);/gi, (_, escape) => ESCAPES[escape.toLowerCase()] ?? "");
}

/** `:name:` of an emoji, as Slack's texts have them. */
const EMOJI = /(?<![\w:]):([a-z0-9_+-]{1,40}):(?![\w:])/g;

/** The text with the emoji for their names, of those that have names here. */
export async function withNamedEmoji(text: string): Promise<string> {
  if (text.search(EMOJI) === -1) return text;
  // Some 45 KB that few texts need.
  const { emojiGroups } = await import("../../words/emoji.js");
  const byName = new Map(
    emojiGroups().flatMap(([, all]) =>
      all.flatMap(({ emoji, names }) => names.map((name) => [name, emoji] as const))
    ),
  );
  return text.replace(EMOJI, (whole, name) => byName.get(name) ?? whole);
}
