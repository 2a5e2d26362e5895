/** What the house advises, in the words of IRC: its own are commands of other clients. */

import { channelOfRoom } from "../lines/irc_names.ts";

/** A command of other clients, and what is said to IRC clients in its place. */
const SAID: ReadonlyArray<readonly [RegExp, string | ((whole: string, room: string) => string)]> = [
  [/\/register\b(?: PASSWORD)?/g, "/msg NickServ REGISTER PASSWORD"],
  [/\/login PASSWORD\b/g, "/msg NickServ IDENTIFY PASSWORD"],
  [/\/logout first/g, "come in without its password for that"],
  [/\/rooms lists them/g, "/list lists them"],
  [/\/bans lists them/g, "the mode b lists them"],
  [/\/help moderation says/g, "/quote HELP modes says"],
  [/\/join ([^\s;]+)/g, (_, room) => `/join ${channelOfRoom(room)}`],
  [
    /say it again with reveal if that is meant/g,
    "no mode does that, but /room access open reveal on the page or in the terminal",
  ],
];

/** A sentence of the house, as IRC clients are told it. */
export function ircAdvice(text: string): string {
  if (!/\/|reveal/.test(text)) return text;
  return SAID.reduce(
    (said, [pattern, instead]) =>
      typeof instead === "string"
        ? said.replace(pattern, () => instead)
        : said.replace(pattern, instead),
    text,
  );
}
