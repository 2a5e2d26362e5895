/** What was said before a client came: held until it is there as a whole, so that it can be told as such. */

import type { Event, EventOf } from "../../wire/events.ts";
import type { IrcClient, Replay } from "../client.ts";
import { isChannel, nickOf } from "../lines/irc_names.ts";
import { msgidOf } from "../lines/msgid.ts";
import type { IrcLine } from "../lines/write.ts";
import { toldKey, type ToldPlace } from "../told_places.ts";
import { aboutLines, messageLines, msgidPlace } from "./news.ts";
import { day, utcTime } from "./times.ts";

/** What was said in a place: shown where, and which numbers of it come. */
interface Coming extends Pick<Replay, "target" | "last"> {
  /** The number before the first that comes. */
  readonly seq: number;
  /** It begins after this one for the client; by default with all that comes. */
  readonly after?: number;
}

/** The most that one CHATHISTORY gives. */
const MOST_LEFT_OUT = 100;
/** What was said is shown when so much of it has come, in UTF-16 units: an outbox has room for it. */
const MOST_HELD = 32_768;

/** What was said in a place comes next, up to the last number. */
export function beginReplay(
  { replays, toldBefore, told: now }: IrcClient,
  place: ToldPlace,
  { target, seq, last, after = 0 }: Coming,
): void {
  const key = toldKey(place);
  const told = after > 0 ? after : toldBefore.get(key);
  const leftOut = told === undefined ? 0 : Math.max(0, seq - told);
  const said = new Set(now?.places.saidIn(key));
  replays.set(key, {
    target,
    last,
    after,
    told,
    said,
    leftOut,
    messages: [],
    length: 0,
    about: [],
  });
}

/** Takes an event that is part of what was said before; false for one that is not. */
export function isReplayed(client: IrcClient, event: Event): boolean {
  const place = placeOf(event);
  const replay = place === undefined ? undefined : client.replays.get(place.key);
  if (place === undefined || replay === undefined) return false;
  if (place.first > replay.last) {
    // It was cut short: what comes now was said since.
    endReplay(client, place.key, replay);
    return false;
  }
  hold(replay, event);
  if (place.seq >= replay.last) endReplay(client, place.key, replay);
  else if (replay.length > MOST_HELD) {
    tellHeld(client, replay);
    client.told?.note(place.key, place.seq);
  }
  return true;
}

function hold(replay: Replay, event: Event): void {
  // A room that is joined comes with its last entries, of which the client was told some before.
  if ((placeOf(event)?.seq ?? 0) <= replay.after) return;
  const message = messageIn(event);
  if (message !== undefined) {
    if (message.text === "" || replay.said.has(message.seq)) return;
    replay.messages.push(message);
    replay.length += message.text.length;
  } else if (event.type === "answered") {
    holdAnswer(replay, event);
  } else if (event.type === "revised" || event.type === "removed" || event.type === "reacted") {
    // What was done about what comes now is in its text.
    const isTold = replay.told !== undefined && event.re <= replay.told;
    if (isTold || replay.said.has(event.re)) replay.about.push(event);
  }
}

/** What was answered to a question that comes now stands below it; otherwise it is told by itself. */
function holdAnswer({ messages, about }: Replay, event: EventOf<"answered">): void {
  const at = messages.findIndex(({ seq }) => seq === event.re);
  const message = messages[at];
  if (message === undefined) about.push(event);
  else messages[at] = { ...message, answers: [...message.answers ?? [], event] };
}

function endReplay(client: IrcClient, key: string, replay: Replay): void {
  client.replays.delete(key);
  client.told?.note(key, replay.last);
  tellHeld(client, replay);
  const { server, caps } = client;
  const { target } = replay;
  for (const event of replay.about) {
    const to = isChannel(target) || event.own ? target : nickOf(client.name);
    for (const line of aboutLines(server, caps, event, to)) client.write(line);
  }
}

/** Shows what has come so far. */
function tellHeld(client: IrcClient, replay: Replay): void {
  const { target, messages, leftOut } = replay;
  const [first] = messages;
  if (first === undefined) return;
  if (leftOut > 0) tellLeftOut(client, replay, first);
  tellEarlier(client, messages, target, (line) => client.write(line));
  client.told?.toldLines(messages.reduce((sum, { text }) => sum + text.split("\n").length, 0));
  replay.messages = [];
  replay.length = 0;
  replay.leftOut = 0;
}

/** What has been said between what a client was told before and the first that comes now, and how it is read. */
function tellLeftOut(
  client: IrcClient,
  { target, leftOut }: Replay,
  { room, chat, seq }: Replay["messages"][number],
): void {
  const { server, name } = client;
  const first = msgidOf(server.shared.house.index.epoch, msgidPlace(room, chat), seq);
  const what = leftOut === 1 ? "1 message" : `${leftOut} messages`;
  const text = `${what} before these that you have missed, left out here: ` +
    `/quote CHATHISTORY BEFORE ${target} msgid=${first} ${Math.min(leftOut, MOST_LEFT_OUT)}`;
  const to = isChannel(target) ? target : nickOf(name);
  client.write({ source: server.name, command: "NOTICE", params: [to, text] });
}

/** Shows messages as what was said before: in a batch, or after a line that says so. */
function tellEarlier(
  client: IrcClient,
  messages: Replay["messages"],
  target: string,
  add: (line: IrcLine) => void,
): void {
  const [first, last] = [messages[0], messages.at(-1)];
  if (first === undefined || last === undefined) return;
  const { server, caps } = client;
  // A conversation is shown as it would be now: what the other one said was said to the client.
  const own = nickOf(client.name);
  const isRoom = isChannel(target);
  const toOf = ({ own: isOwn }: Replay["messages"][number]): string =>
    isRoom || isOwn ? target : own;
  const ref = caps.has("batch") ? client.nextBatch() : undefined;
  const source = server.name;
  if (ref === undefined) {
    const whose = isRoom ? "" : ` of the conversation with ${target}`;
    const text = countText(messages.length, whose, first.at, last.at);
    add({ source, command: "NOTICE", params: [isRoom ? target : own, text] });
  } else add({ source, command: "BATCH", params: [`+${ref}`, "chathistory", target] });
  for (const message of messages) {
    for (const line of messageLines(server, caps, message, toOf(message), ref)) add(line);
  }
  if (ref !== undefined) add({ source, command: "BATCH", params: [`-${ref}`] });
}

/** How much comes, for those who could take it for what is said now. */
function countText(count: number, whose: string, first: string, last: string): string {
  const what = `${count} earlier ${count === 1 ? "message" : "messages"}${whose}`;
  if (count === 1) return `${what}, ${day(first)} ${utcTime(first)} UTC`;
  const until = day(first) === day(last) ? utcTime(last) : `${day(last)} ${utcTime(last)}`;
  return `${what}, ${day(first)} ${utcTime(first)}–${until} UTC`;
}

/** Where an event belongs, and up to which number it tells. */
function placeOf(
  event: Event,
): { readonly key: string; readonly first: number; readonly seq: number } | undefined {
  switch (event.type) {
    case "message":
    case "revised":
    case "removed":
    case "reacted":
    case "pinned":
    case "answered":
    case "direct": {
      const { seq = 0 } = event;
      const room = "room" in event ? event.room : undefined;
      const chat = "chat" in event ? event.chat : undefined;
      return { key: toldKey({ room, chat }), first: seq, seq };
    }
    case "emptied":
      return { key: toldKey(event), first: event.from, seq: event.to };
    case "gap":
      if (event.to === null) return undefined;
      return { key: toldKey(event), first: event.from, seq: event.to };
    default:
      return undefined;
  }
}

/** What an event says: what was done about messages is in their texts already. */
function messageIn(event: Event): Omit<EventOf<"message">, "type"> | undefined {
  if (event.type === "message") return event;
  if (event.type !== "direct") return undefined;
  return { ...event, room: "", seq: event.seq ?? 0 };
}
