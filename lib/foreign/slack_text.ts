/** What people see of Slack's markup: `<@U1>`, `<https://…|words>`, `&amp;`. */

import { linkText } from "./link_text.ts";

/** The names of what a text may point to, by their ids. */
export interface SlackNames {
  person(id: string): string | undefined;
  room(id: string): string | undefined;
}

const POINTER = /<([^<>\n]{1,4000})>/g;

/** A text as people read it: links in full, with their words before them where those differ. */
export function slackText(text: string, names?: SlackNames): string {
  const readable = text.replace(
    POINTER,
    (whole, inside: string) => pointed(inside, names) ?? whole,
  );
  return readable.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** What stands between `<` and `>`; `undefined`: it is none of Slack's. */
function pointed(inside: string, names: SlackNames | undefined): string | undefined {
  const bar = inside.indexOf("|");
  const [target, words] = bar < 0 ? [inside, ""] : [inside.slice(0, bar), inside.slice(bar + 1)];
  const sign = target.charAt(0);
  if (sign === "@") return `@${names?.person(target.slice(1)) ?? (words || target.slice(1))}`;
  if (sign === "#") return `#${names?.room(target.slice(1)) ?? (words || target.slice(1))}`;
  if (sign === "!") return special(target.slice(1), words);
  if (!/^(?:https?|mailto|tel):/i.test(target)) return undefined;
  return linkText(target, words);
}

/** `!here`, `!date^1392734382^{date}^link|Feb 18` and the like. */
function special(target: string, words: string): string {
  const [word = ""] = target.split("^", 1);
  if (word === "here" || word === "channel" || word === "everyone") return "@all";
  return words === "" ? `@${word}` : words;
}
