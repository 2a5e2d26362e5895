/** Answers a question: `!answer 57 yes`, said where it was asked. */

import type { Later } from "../../chat/later.ts";
import { LIFE_COMMANDS } from "../../words/commands/life.js";
import type { RequestOf } from "../../wire/requests.ts";
import { answeredText } from "../../words/question.js";
import type { IrcClient } from "../client.ts";
import { isChannel, nameOfNick, roomOfChannel } from "../lines/irc_names.ts";
import type { Reply } from "../reply.ts";

/** What is typed behind the command, if a line is one that answers; `undefined`: it is said like others. */
export function questionAnswered(text: string): string | undefined {
  // Clients take a line with / for a command of theirs; what has ! and no number may be for a bot.
  const [, rest] = /^(?:\/{1,2}answer(?!\S)|!answer(?=\s+(?:@\S+\s+)?\d))\s*([^]*)$/i.exec(text) ??
    [];
  return rest;
}

/** Answers a question in a channel, or of a nick. Clients get notices, since no number is about that. */
export function answerAsked(
  client: IrcClient,
  target: string,
  rest: string,
  reply: Reply,
): Later<void> {
  const tell = (text: string): void =>
    reply.add({ source: client.server.name, command: "NOTICE", params: [target, text] });
  const command = LIFE_COMMANDS.find(({ name }) => name === "answer");
  const parsed = command?.parse(rest.replace(/^@\S+\s*/, ""), {
    room: roomOfChannel(target) ?? "",
  });
  if (parsed?.kind === "error") return tell(parsed.text);
  if (parsed?.kind !== "request" || parsed.request.type !== "answer") return;
  const { re, choice } = parsed.request;
  const room = isChannel(target) ? roomOfChannel(target) : undefined;
  if (room === undefined && isChannel(target)) return tell("There is no such channel");
  const place = room === undefined ? { to: nameOfNick(target) } : { room };
  const request: RequestOf<"answer"> = { type: "answer", ...place, re, choice };
  return client.ask(
    reply,
    request,
    () => tell(`${answeredText({ from: client.shownNick, re, choice })}.`),
    (refused) => tell(`${refused.message}.`),
  );
}
