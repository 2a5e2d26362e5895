/** The commands by which something is said: PRIVMSG, NOTICE and BATCH for several lines. */

import type { Later } from "../../chat/later.ts";
import type { EventOf } from "../../wire/events.ts";
import type { Request } from "../../wire/requests.ts";
import { utf8Length } from "../../wire/text.ts";
import type { IrcClient, Refused } from "../client.ts";
import { TARGETS } from "../isupport.ts";
import { channelOfRoom, isChannel, nameOfNick, nickOf, roomOfChannel } from "../lines/irc_names.ts";
import { messageWithId, type MsgidPlace } from "../lines/msgid.ts";
import type { IrcRequest } from "../lines/parse.ts";
import { saidBy } from "../lines/text.ts";
import { roomFor } from "../lines/write.ts";
import type { Reply } from "../reply.ts";
import { messageLines } from "../telling/news.ts";
import { prefixOf } from "../telling/prefix.ts";
import { nameKey, sameName } from "../../words/names.js";
import { type Command, type Commands, countOf, eachOf, listed, tooMany } from "./command.ts";
import { answerAsked, questionAnswered } from "./question.ts";
import { askService, isService } from "./services.ts";

/** What is said, and how. */
export interface Speech {
  readonly command: "PRIVMSG" | "NOTICE";
  readonly text: string;
  readonly action: boolean;
  /** The message that it answers, as an id. */
  readonly answers: string | undefined;
}

/** The numbers for what may not be said in a channel, and to somebody. */
const CHANNEL_CODES: Readonly<Record<string, string>> = {
  "no-such-room": "403",
  "bad-room": "403",
  "not-in-room": "404",
  "not-allowed": "404",
  muted: "404",
};
const NICK_CODES: Readonly<Record<string, string>> = {
  "no-such-name": "401",
  "bad-name": "401",
};

const privmsg: Command = {
  isSaid: true,
  count: countOf(0),
  run: (client, request, reply) => sayTo(client, request, "PRIVMSG", reply),
};

const notice: Command = {
  isSaid: true,
  count: countOf(0),
  run: (client, request, reply) => sayTo(client, request, "NOTICE", reply),
};

function sayTo(
  client: IrcClient,
  { params: [targets, raw], tags }: IrcRequest,
  command: Speech["command"],
  reply: Reply,
): Later<void> {
  // Nothing answers a notice, or two programs could go on for ever.
  const isSilent = command === "NOTICE";
  if (targets === undefined || targets === "") {
    return isSilent ? undefined : reply.numeric("411", `${command} needs to whom`);
  }
  if (raw === undefined || raw === "") {
    return isSilent ? undefined : reply.numeric("412", "There is no text");
  }
  const said = saidBy(raw);
  // What one client asks of another goes nowhere, and neither do answers to that.
  if (said.kind === "ctcp" || said.kind === "action" && isSilent) return;
  const names = listed(targets);
  if (names.length > TARGETS[command]) return isSilent ? undefined : tooMany(reply, targets);
  // What is for a service may be a password, and nothing for others.
  if (names.length > 1 && names.some(isService)) {
    return isSilent ? undefined : reply.numeric("407", targets, "A service is written to alone");
  }
  const { text, kind } = said;
  const answers = tags.get("+draft/reply") ?? tags.get("+reply");
  const speech: Speech = { command, text, action: kind === "action", answers };
  return eachOf(names, (target) => {
    if (isTooLong(client, target, speech)) return reply.numeric("417", "That line is too long");
    return sayText(client, target, speech, reply);
  });
}

/** Whether a line would not fit behind the sender's own prefix: others would get it cut. */
function isTooLong(
  { server, name }: IrcClient,
  target: string,
  { command, text, action }: Speech,
): boolean {
  const marks = action ? "\x01ACTION \x01".length : 0;
  return utf8Length(text) + marks > roomFor(prefixOf(server, name), command, target);
}

/** Says something in a channel or to a nick; nothing that is refused is told for a notice. */
export function sayText(
  client: IrcClient,
  target: string,
  speech: Speech,
  reply: Reply,
): Later<void> {
  if (speech.text.trim() === "") {
    return speech.command === "NOTICE" ? undefined : reply.numeric("412", "There is no text");
  }
  if (isService(target)) {
    return speech.command === "NOTICE" ? undefined : askService(client, target, speech.text, reply);
  }
  const asked = questionAnswered(speech.text);
  if (asked !== undefined && speech.command === "PRIVMSG" && !speech.action) {
    return answerAsked(client, target, asked, reply);
  }
  return isChannel(target)
    ? sayInRoom(client, target, speech, reply)
    : sayToOne(client, target, speech, reply);
}

function sayInRoom(
  client: IrcClient,
  channel: string,
  speech: Speech,
  reply: Reply,
): Later<void> {
  const room = roomOfChannel(channel);
  if (room === undefined) return refuse(reply, speech, "403", channel, "There is no such channel");
  const re = answered(client, speech, { room: nameKey(room) });
  const request: Request = { type: "say", room, ...fieldsOf(speech, re) };
  return client.ask(
    reply,
    request,
    (event) => {
      if (event.type !== "ack") return;
      echo(
        client,
        channelOfRoom(event.room ?? room),
        speech,
        event,
        { room: event.room ?? room, re },
        reply,
      );
    },
    (refused) => refuseAs(reply, speech, CHANNEL_CODES, channel, refused),
  );
}

function sayToOne(client: IrcClient, nick: string, speech: Speech, reply: Reply): Later<void> {
  const to = nameOfNick(nick);
  // One who answers nothing need not look through all.
  const chats = speech.answers === undefined ? [] : client.view?.chats() ?? [];
  const chat = chats.find((each) => sameName(each.with, to))?.chat;
  const re = chat === undefined ? undefined : answered(client, speech, { chat });
  const isSelf = sameName(to, client.name);
  return client.ask(
    reply,
    { type: "direct", to, ...fieldsOf(speech, re) },
    (event) => {
      if (event.type !== "ack") return;
      const { chat } = event;
      const place = { room: "", ...(chat === undefined ? {} : { chat }), re };
      const shown = client.view?.person(to);
      const target = nickOf(shown?.name ?? to);
      echo(client, target, speech, event, place, reply);
      // What one says to oneself comes as said by another, too.
      if (isSelf) tellSelf(client, target, speech, event, place);
      const away = shown?.away ?? "";
      if (away !== "" && speech.command === "PRIVMSG") reply.numeric("301", target, away);
    },
    (refused) => refuseAs(reply, speech, NICK_CODES, nick, refused),
  );
}

/** The fields of what is said. */
function fieldsOf(
  { text, action, command }: Speech,
  re: number | undefined,
): { text: string; action?: true; notice?: true; re?: number } {
  return {
    text,
    ...(action ? { action } : {}),
    ...(command === "NOTICE" ? { notice: true } : {}),
    ...(re === undefined ? {} : { re }),
  };
}

/** The number of the message that is answered, if it is one of the same place. */
function answered(
  { house }: IrcClient,
  { answers }: Speech,
  { room, chat }: MsgidPlace,
): number | undefined {
  const found = answers === undefined ? undefined : messageWithId(house.index.epoch, answers);
  if (found === undefined) return undefined;
  const { place, seq } = found;
  return place.room === room && place.chat === chat ? seq : undefined;
}

/** Where something was said, and what it answers. */
interface SaidAt {
  readonly room: string;
  readonly chat?: string;
  readonly re: number | undefined;
}

/** What was said, as it is told of it. */
function messageFrom(
  client: IrcClient,
  { text, action, command }: Speech,
  { seq = 0, at }: EventOf<"ack">,
  { room, chat, re }: SaidAt,
): Omit<EventOf<"message">, "type"> {
  const by = client.view?.self.account?.id;
  return {
    room,
    seq,
    at,
    from: client.name,
    // Blank lines at the end are not kept.
    text: text.replace(/\n+$/, ""),
    ...(chat === undefined ? {} : { chat }),
    ...(by === undefined ? {} : { by }),
    ...(action ? { action } : {}),
    ...(command === "NOTICE" ? { notice: true } : {}),
    ...(re === undefined ? {} : { re }),
  };
}

/** Tells a client what it has said, if it wants to know. */
function echo(
  client: IrcClient,
  target: string,
  speech: Speech,
  ack: EventOf<"ack">,
  place: SaidAt,
  reply: Reply,
): void {
  const { server, caps } = client;
  if (!caps.has("echo-message")) return;
  const message = messageFrom(client, speech, ack, place);
  for (const line of messageLines(server, caps, message, target)) reply.add(line);
}

function tellSelf(
  client: IrcClient,
  target: string,
  speech: Speech,
  ack: EventOf<"ack">,
  place: SaidAt,
): void {
  const message = messageFrom(client, speech, ack, place);
  const lines = messageLines(client.server, client.caps, message, target);
  // After the echo, which may be under a label.
  queueMicrotask(() => lines.forEach((line) => client.write(line)));
}

function refuse(
  reply: Reply,
  { command }: Speech,
  code: string,
  target: string,
  text: string,
): void {
  if (command === "PRIVMSG") reply.numeric(code, target, text);
}

function refuseAs(
  reply: Reply,
  speech: Speech,
  codes: Readonly<Record<string, string>>,
  target: string,
  refused: Refused,
): void {
  const code = codes[refused.code];
  if (code !== undefined) return refuse(reply, speech, code, target, refused.message);
  if (speech.command === "PRIVMSG") reply.refuse("PRIVMSG", refused, target);
}

/** The commands by which something is said in one line. */
export const TALK: Commands = { PRIVMSG: privmsg, NOTICE: notice };
