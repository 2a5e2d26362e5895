/** The commands about messages that were said: TAGMSG and REDACT. */

import { passOnSign } from "../../chat/answers/passed_on.ts";
import { after, type Later } from "../../chat/later.ts";
import type { Viewed } from "../../chat/answers/viewed_person.ts";
import type { PersonId } from "../../chat/people/chats.ts";
import type { EventOf } from "../../wire/events.ts";
import { nameKey } from "../../words/names.js";
import type { IrcClient } from "../client.ts";
import { clientOf, clientsIn } from "../clients.ts";
import { channelOfRoom, isChannel, nameOfNick, nickOf, roomOfChannel } from "../lines/irc_names.ts";
import { messageWithId, type MsgidPlace } from "../lines/msgid.ts";
import { reasonIn } from "../lines/text.ts";
import type { IrcLine } from "../lines/write.ts";
import type { Reply } from "../reply.ts";
import { aboutLines, timeTags } from "../telling/news.ts";
import { prefixOf } from "../telling/prefix.ts";
import { type Command, type Commands, countOf, eachOf, listed, tooMany } from "./command.ts";
import { TARGETS } from "../isupport.ts";

/** What is typed, as long as somebody does. */
const TYPING = "+typing";
const TYPING_VALUES: ReadonlySet<string> = new Set(["active", "paused", "done"]);

const tagmsg: Command = {
  isSaid: true,
  count: countOf(0),
  run(client, { params: [targets], tags }, reply): Later<void> {
    if (targets === undefined) return reply.numeric("461", "TAGMSG", "To whom is missing");
    const react = tags.get("+draft/react");
    const key = react ?? tags.get("+draft/unreact");
    const about = tags.get("+draft/reply") ?? tags.get("+reply");
    const names = listed(targets);
    if (names.length > TARGETS.TAGMSG) return tooMany(reply, targets);
    if (key !== undefined && about !== undefined) {
      const off = react === undefined;
      return eachOf(names, (target) => giveReaction(client, { target, key, about, off }, reply));
    }
    const typing = tags.get(TYPING);
    if (typing === undefined || !TYPING_VALUES.has(typing)) return;
    return after(
      client.peer.costly("history"),
      () => eachOf(names, (target) => tellTyping(client, target, typing, reply)),
    );
  },
};

/** Where a message is that an id names, if it is one of `target`. */
function placeIn(
  client: IrcClient,
  target: string,
  msgid: string,
): { readonly seq: number; readonly place: MsgidPlace } | undefined {
  const found = messageWithId(client.house.index.epoch, msgid);
  if (found === undefined) return undefined;
  const { place } = found;
  if (isChannel(target)) {
    return place.room === nameKey(roomOfChannel(target) ?? "") ? found : undefined;
  }
  const other = place.chat === undefined ? undefined : client.view?.partner(place.chat);
  return other !== undefined && nameKey(other) === nameKey(nameOfNick(target)) ? found : undefined;
}

/** Whether a client may be told at all of what was said in a place. */
function isPlace({ view }: IrcClient, target: string): boolean {
  if (isChannel(target)) return view?.room(roomOfChannel(target) ?? "")?.isIn === true;
  const name = nameOfNick(target);
  return view?.person(name) !== undefined || view?.account(name) !== undefined;
}

/** A reaction that a client gives. */
interface Given {
  readonly target: string;
  readonly key: string;
  readonly about: string;
  readonly off: boolean;
}

function giveReaction(
  client: IrcClient,
  { target, key, about, off }: Given,
  reply: Reply,
): Later<void> {
  const found = placeIn(client, target, about);
  if (found === undefined) {
    return reply.fail("TAGMSG", "UNKNOWN_MSGID", "There is no such message", target, about);
  }
  const { seq: re, place } = found;
  return client.ask(
    reply,
    { type: "react", ...place, re, key, ...(off ? { off: true } : {}) },
    (event) => {
      if (event.type === "ack" && client.caps.has("echo-message")) {
        tellDone(
          client,
          target,
          { type: "reacted", ...place, re, key, ...(off ? { off: true } : {}) },
          event,
          reply,
        );
      }
    },
    (refused) => reply.refuse("TAGMSG", refused, target),
  );
}

/** What a client has done about a message, without what the house says of that. */
type Done =
  | Omit<EventOf<"reacted">, "seq" | "at" | "from">
  | Omit<EventOf<"removed">, "seq" | "at" | "from">;

/** Tells a client what it has done about a message. */
function tellDone(
  client: IrcClient,
  target: string,
  done: Done,
  { seq = 0, at }: EventOf<"ack">,
  reply: Reply,
): void {
  const by = client.view?.self.account?.id;
  const event = { ...done, seq, at, from: client.name, ...(by === undefined ? {} : { by }) };
  for (const line of aboutLines(client.server, client.caps, event, target)) reply.add(line);
}

/** Tells the IRC clients where somebody types: the house knows nothing of that. */
function tellTyping(
  client: IrcClient,
  target: string,
  typing: string,
  reply: Reply,
): Later<void> {
  const { server, view } = client;
  const room = isChannel(target) ? view?.room(roomOfChannel(target) ?? "") : undefined;
  if (isChannel(target) && room?.isIn !== true) {
    return reply.numeric("404", target, "You are not on that channel");
  }
  const person = room === undefined ? view?.person(nameOfNick(target)) : undefined;
  if (room === undefined && person === undefined) {
    return reply.numeric("401", target, "There is no such nick");
  }
  if (person !== undefined && isBlocked(client, person)) return;
  // Whoever may not speak there does not type there either.
  const { may = false, waits } =
    client.house.read(client.peer, (parts, session) => passOnSign(parts, session, room?.key)) ?? {};
  if (!may) return waits;
  const shown = room === undefined ? nickOf(person?.name ?? "") : channelOfRoom(room.name);
  const others = room === undefined
    ? (person?.peers ?? []).flatMap((peer) => clientOf(peer) ?? [])
    : clientsIn(room);
  const at = new Date().toISOString();
  const line = ({ caps }: IrcClient): IrcLine => ({
    tags: [...timeTags(caps, at), [TYPING, typing]],
    source: prefixOf(server, client.name),
    command: "TAGMSG",
    params: [shown],
  });
  for (const other of others) {
    if (other !== client && other.caps.has("message-tags")) other.write(line(other));
  }
  if (client.caps.has("echo-message") && client.caps.has("message-tags")) reply.add(line(client));
  return waits;
}

/** Whether somebody does not want to hear a client. */
function isBlocked({ house, view }: IrcClient, { account }: Viewed): boolean {
  const who = view?.self.who as PersonId | undefined;
  return who !== undefined && account !== undefined && house.state.blocks.has(account.id, who);
}

const redact: Command = {
  least: 2,
  run(client, { params: [target = "", msgid = "", text = ""] }, reply): Later<void> {
    // Of a conversation with somebody who has gone since one may take back what one has said.
    const found = placeIn(client, target, msgid);
    if (found === undefined && !isPlace(client, target)) {
      return reply.fail("REDACT", "INVALID_TARGET", "There is nothing of yours to see", target);
    }
    if (found === undefined) {
      return reply.fail("REDACT", "UNKNOWN_MSGID", "There is no such message", target, msgid);
    }
    const { seq: re, place } = found;
    const reason = reasonIn(text);
    const why = reason === "" ? {} : { reason };
    return client.ask(
      reply,
      { type: "remove", ...place, re, ...why },
      (event) => {
        if (event.type !== "ack") return;
        tellDone(client, target, { type: "removed", ...place, re, ...why }, event, reply);
      },
      (refused) => {
        const code = REDACT_CODES[refused.code];
        if (code === undefined) return reply.refuse("REDACT", refused, target, msgid);
        reply.fail("REDACT", code, `${refused.message}.`, target, msgid);
      },
    );
  },
};

const REDACT_CODES: Readonly<Record<string, string>> = {
  "no-such-message": "UNKNOWN_MSGID",
  "not-yours": "REDACT_FORBIDDEN",
  "not-allowed": "REDACT_FORBIDDEN",
  "too-late": "REDACT_WINDOW_EXPIRED",
  "no-such-room": "INVALID_TARGET",
  "not-in-room": "INVALID_TARGET",
};

/** The commands about messages. */
export const ABOUT: Commands = { TAGMSG: tagmsg, REDACT: redact };
