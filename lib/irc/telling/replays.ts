/** What was said before a client came: held until it is there as a whole, so that it can be told as such. */

import type { Event, EventOf } from "../../wire/events.ts";
import type { IrcClient, Replay } from "../client.ts";
import { isChannel, nickOf } from "../lines/irc_names.ts";
import type { IrcLine } from "../lines/write.ts";
import { toldKey, type ToldPlace } from "../told.ts";
import { messageLines } from "./news.ts";
import { day, utcTime } from "./times.ts";

/** What was said in a place comes next: what comes after one number, up to the last, is shown in `target`. */
export function beginReplay(
  { replays }: IrcClient,
  place: ToldPlace,
  { target, last, after = 0 }: Pick<Replay, "target" | "last"> & Partial<Pick<Replay, "after">>,
): void {
  replays.set(toldKey(place), { target, last, after, messages: [] });
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
  const message = messageIn(event);
  if (message !== undefined && message.text !== "" && message.seq > replay.after) {
    replay.messages.push(message);
  }
  if (place.seq >= replay.last) endReplay(client, place.key, replay);
  return true;
}

function endReplay(client: IrcClient, key: string, { target, messages, last }: Replay): void {
  client.replays.delete(key);
  client.told?.note(key, last);
  tellEarlier(client, messages, target, (line) => client.write(line));
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
    const text = countText(messages.length, first.at, last.at);
    add({ source, command: "NOTICE", params: [isRoom ? target : own, text] });
  } else add({ source, command: "BATCH", params: [`+${ref}`, "chathistory", target] });
  for (const message of messages) {
    for (const line of messageLines(server, caps, message, toOf(message), ref)) add(line);
  }
  if (ref !== undefined) add({ source, command: "BATCH", params: [`-${ref}`] });
}

/** How much comes, for those who could take it for what is said now. */
function countText(count: number, first: string, last: string): string {
  const what = count === 1 ? "1 earlier message" : `${count} earlier messages`;
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
