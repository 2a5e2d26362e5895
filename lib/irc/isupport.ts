/** What the server tells of itself in 005. */

import type { IrcServer } from "./irc_server.ts";

/** Tokens in one line: with the nick and the text there are 15 parameters. */
const TOKENS_A_LINE = 13;

/** How many targets each command takes; more are refused, and nothing is done then. */
export const TARGETS = { PRIVMSG: 4, NOTICE: 4, TAGMSG: 4, KICK: 4, WHOIS: 1 } as const;
/** What takes as many as a line has: each counts as a request. */
const ANY_TARGETS = ["JOIN", "PART", "NAMES", "LIST"] as const;

/** The most characters of a topic, and of why somebody is kicked. */
export const TOPIC_LENGTH = 300;
/** The same for reasons, be it of a kick or of being away. */
export const REASON_LENGTH = 200;
/** Modes in one line that the server sends; of clients it takes more. */
export const MOST_MODES = 4;
/** The most names that one client monitors. */
export const MOST_MONITORED = 100;

/** The tokens, by lines. */
export function isupportLines({ network, shared }: IrcServer): string[][] {
  const { nameColumns, pageMessages } = shared.limits;
  const targets = [
    ...Object.entries(TARGETS).map(([command, most]) => `${command}:${most}`),
    ...ANY_TARGETS.map((command) => `${command}:`),
  ];
  const tokens = [
    `NETWORK=${network}`,
    "CASEMAPPING=ascii",
    "UTF8ONLY",
    "CHANTYPES=#",
    "CHANMODES=b,,,imnst",
    "PREFIX=(ov)@+",
    `NICKLEN=${nameColumns}`,
    `CHANNELLEN=${nameColumns + 1}`,
    `TOPICLEN=${TOPIC_LENGTH}`,
    `KICKLEN=${REASON_LENGTH}`,
    `AWAYLEN=${REASON_LENGTH}`,
    `MODES=${MOST_MODES}`,
    `TARGMAX=${targets.join(",")}`,
    "ELIST=MNU",
    "WHOX",
    `MONITOR=${MOST_MONITORED}`,
    `CHATHISTORY=${pageMessages}`,
    "MSGREFTYPES=msgid,timestamp",
    "CLIENTTAGDENY=*,-typing,-draft/react,-draft/reply,-draft/unreact",
    "EXTBAN=,m",
    "SAFELIST",
  ];
  const lines: string[][] = [];
  for (let at = 0; at < tokens.length; at += TOKENS_A_LINE) {
    lines.push(tokens.slice(at, at + TOKENS_A_LINE));
  }
  return lines;
}
