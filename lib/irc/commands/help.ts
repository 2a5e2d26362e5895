/** HELP: what to know of this server that is otherwise than on others. */

import type { Later } from "../../chat/later.ts";
import type { Command, Commands } from "./command.ts";

/** What is said of a topic that has no lines. */
const NO_HELP = "There is no help on that";

/** The command HELP, by both of its names; `isCommand` knows the others, by their names in capitals. */
export function helpWith(isCommand: (name: string) => boolean): Commands {
  const help: Command = {
    run(_, { params: [topic = "index"] }, reply): Later<void> {
      const name = topic.toLowerCase();
      const lines = Object.hasOwn(HELP, name)
        ? HELP[name]
        : isCommand(topic.toUpperCase())
        ? helpOn(topic.toUpperCase())
        : undefined;
      if (lines === undefined) return reply.numeric("524", topic, NO_HELP);
      reply.numeric("704", topic, lines[0] ?? "");
      for (const line of lines.slice(1)) reply.numeric("705", topic, line);
      reply.numeric("706", topic, "End of HELP");
    },
  };
  return { HELP: help, HELPOP: help };
}

/** Of a command it is told where it is described: clients send it, and not people. */
function helpOn(command: string): readonly string[] {
  const place = `https://modern.ircdocs.horse/#${command.toLowerCase()}-message`;
  return [
    `${command} is a command of this server`,
    `${place} tells how it is written, if it is an old one.`,
  ];
}

/** The lines of each topic; the first one is its title. */
const HELP: Readonly<Record<string, readonly string[]>> = {
  index: [
    "chatroom over IRC",
    "Channels are the rooms of the server, and nicks the names of the people in them, whichever way",
    "they have come: by IRC, in a browser or on a terminal. What is said stays, and can be read later.",
    "HELP account: how to keep a nick. HELP history: what was said before. HELP modes: what they are.",
  ],
  account: [
    "Keeping a nick",
    "PRIVMSG NickServ :REGISTER PASSWORD reserves the nick that you go by.",
    "PRIVMSG NickServ :IDENTIFY [NICK] PASSWORD takes it. SASL PLAIN or PASS NICK:PASSWORD do so at once.",
  ],
  history: [
    "What was said before",
    "The last messages come when you join, unless your client asks for history itself (CHATHISTORY).",
  ],
  modes: [
    "Modes of channels",
    "+i only who is invited enters  +m only operators speak  +s is in no list  +t only operators set the topic",
    "+o operator  +b ban, as nick!*@* or *!*@NICK.member; m: before it mutes  +n holds always",
  ],
};
