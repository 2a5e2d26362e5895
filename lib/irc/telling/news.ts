/**
 * What happens in rooms, as the lines that all clients with the same capabilities get: they are made once for
 * all of them.
 */

import { fileText } from "../../server/classic_pairs.ts";
import type { Event, EventOf } from "../../wire/events.ts";
import { EDIT_SIGN } from "../../wire/names.ts";
import { withQuote } from "../../words/commands/life.js";
import { nameKey } from "../../words/names.js";
import { answeredText, answersText, choicesText, isOpenQuestion } from "../../words/question.js";
import type { Cap } from "../caps.ts";
import type { IrcServer } from "../irc_server.ts";
import { channelOfRoom, nickOf } from "../lines/irc_names.ts";
import { msgidOf, type MsgidPlace } from "../lines/msgid.ts";
import type { IrcLine } from "../lines/write.ts";
import { leftLine } from "./left.ts";
import { accountOf, accountWith, prefixAs, prefixOf, realNameOf } from "./prefix.ts";
import { isRanked } from "./ranks.ts";
import { saidLines } from "./said.ts";

type Caps = ReadonlySet<Cap>;

const NONE: readonly IrcLine[] = [];

/** What a command begins with that clients send as it is: a line with `/` they take for one of theirs. */
const ANSWER_SIGN = "!";

/** The lines of an event; `undefined`: they are not the same for all. */
export function newsLines(
  server: IrcServer,
  caps: Caps,
  event: Event,
): readonly IrcLine[] | undefined {
  switch (event.type) {
    case "message":
      return messageLines(server, caps, event, channelOfRoom(event.room));
    case "revised":
    case "removed":
    case "reacted":
    case "answered":
      return event.room === undefined
        ? undefined
        : aboutLines(server, caps, event, channelOfRoom(event.room));
    case "joined":
      return [...joinedLines(server, caps, event), ...rankLines(server, event)];
    case "left":
      return [leftLine(server, event)];
    case "topic":
      return [{
        source: event.from === undefined ? server.name : prefixOf(server, event.from),
        command: "TOPIC",
        params: [channelOfRoom(event.room), event.text],
      }];
    case "away":
      return awayLines(server, caps, event);
    case "pinned":
    case "emptied":
      return NONE;
    default:
      return undefined;
  }
}

/** What somebody has said in a room or a conversation, as it is shown in `target`. */
export function messageLines(
  server: IrcServer,
  caps: Caps,
  message: Omit<EventOf<"message">, "type">,
  target: string,
  batch?: string,
): readonly IrcLine[] {
  const { house } = server.shared;
  const { from, by, at, text, file, seq, re, quote, room, chat } = message;
  const place = msgidPlace(room, chat);
  const account = accountWith(server, by);
  const answer = re === undefined ? undefined : msgidOf(house.index.epoch, place, re);
  const said = file === undefined ? text : fileText(message, server.shared);
  const shown = said + questionLine(message, house.state.people.now);
  return saidLines(caps, {
    source: prefixAs(server, from, account),
    command: message.notice ? "NOTICE" : "PRIVMSG",
    target,
    text: showsAnswers(caps) ? shown : withQuote(shown, quote),
    action: message.action,
    at,
    msgid: msgidOf(house.index.epoch, place, seq),
    reply: answer,
    batch,
  });
}

/** The line below a question, which says what can be answered, or what was. */
function questionLine(
  { ask, answers = [], seq }: Omit<EventOf<"message">, "type">,
  now: number,
): string {
  if (ask === undefined) return "";
  const isOpen = isOpenQuestion(ask, answers, now);
  const closed = answers.length === 0 ? "nobody has answered" : answersText(answers);
  return `\n[${isOpen ? choicesText(ask, seq, undefined, ANSWER_SIGN) : closed}]`;
}

/**
 * Whether a client can be taken to show what an answer answers. By its tags alone it can't: WeeChat asks for tags
 * and shows none of them, so that an answer would look like any message.
 */
function showsAnswers(caps: Caps): boolean {
  return caps.has("message-tags") && caps.has("draft/chathistory");
}

/** Where a message is, by the room's name or the conversation. */
export function msgidPlace(room: string | undefined, chat: string | undefined): MsgidPlace {
  return chat === undefined ? { room: nameKey(room ?? "") } : { chat };
}

/** What was done about a message that these clients are told of. */
export type AboutEvent = EventOf<"revised" | "removed" | "reacted" | "answered">;

/** What was done about a message, as it is shown in `target`. */
export function aboutLines(
  server: IrcServer,
  caps: Caps,
  event: AboutEvent,
  target: string,
): readonly IrcLine[] {
  const { epoch } = server.shared.house.index;
  const { from, by, at, re, seq } = event;
  const place = msgidPlace(event.room, event.chat);
  const account = accountWith(server, by);
  const source = prefixAs(server, from, account);
  const about = msgidOf(epoch, place, re);
  switch (event.type) {
    case "revised": {
      const text = event.file === undefined ? event.text : fileText(event, server.shared);
      const said = { source, command: "PRIVMSG", target, at, reply: about } as const;
      return saidLines(caps, {
        ...said,
        text: EDIT_SIGN + text,
        msgid: msgidOf(epoch, place, seq),
      });
    }
    case "removed": {
      if (!caps.has("draft/message-redaction")) return NONE;
      const params = [target, about, ...event.reason === undefined ? [] : [event.reason]];
      return [{ tags: timeTags(caps, at), source, command: "REDACT", params }];
    }
    case "answered":
      // A notice: no program says anything to it.
      return saidLines(caps, {
        ...{ source: server.name, command: "NOTICE", target, at, reply: about },
        text: `${answeredText({ ...event, from: nickOf(from) })}.`,
        msgid: msgidOf(epoch, place, seq),
      });
    case "reacted":
      if (!caps.has("message-tags")) return NONE;
      return [{
        tags: [
          ...timeTags(caps, at),
          ["msgid", msgidOf(epoch, place, seq)] as const,
          ["+draft/reply", about] as const,
          [event.off ? "+draft/unreact" : "+draft/react", event.key] as const,
        ],
        source,
        command: "TAGMSG",
        params: [target],
      }];
  }
}

/** The time of something, for a client that wants to know. */
export function timeTags(caps: Caps, at: string): Array<readonly [string, string]> {
  return caps.has("server-time") ? [["time", at]] : [];
}

/** That somebody has come into a room. */
export function joinedLines(
  server: IrcServer,
  caps: Caps,
  { room, name }: Pick<EventOf<"joined">, "room" | "name">,
): readonly IrcLine[] {
  const source = prefixOf(server, name);
  const channel = channelOfRoom(room);
  const more = caps.has("extended-join")
    ? [nickOf(accountOf(server, name) ?? "") || "*", realNameOf(server, name)]
    : [];
  const joined: IrcLine = { source, command: "JOIN", params: [channel, ...more] };
  const away = server.shared.house.state.registry.named(name)?.person.away ?? "";
  if (away === "" || !caps.has("away-notify")) return [joined];
  return [joined, { source, command: "AWAY", params: [away] }];
}

/** That whoever has come may act there: the list of nicks has a sign for it, and JOIN has none. */
function rankLines(
  server: IrcServer,
  { room, name }: Pick<EventOf<"joined">, "room" | "name">,
): readonly IrcLine[] {
  if (!isRanked(server, room, name)) return NONE;
  const params = [channelOfRoom(room), "+o", nickOf(name)];
  return [{ source: server.name, command: "MODE", params }];
}

function awayLines(
  server: IrcServer,
  caps: Caps,
  { name, text }: EventOf<"away">,
): readonly IrcLine[] {
  if (!caps.has("away-notify")) return NONE;
  const params = text === undefined ? [] : [text];
  return [{ source: prefixOf(server, name), command: "AWAY", params }];
}
