/** From requests and events to bytes, and to the text of many frames that are encoded together. */

import type { Event, EventOf, RoomSummary } from "./events.ts";
import { encodeFrame, frameText } from "./frame.ts";
import type { Request } from "./requests.ts";
import { utf8Length } from "./text.ts";

/** Encodes one request or event as a frame. */
export function encodeEvent(value: Request | Event): Uint8Array<ArrayBuffer> {
  return encodeFrame(JSON.stringify(value), "right");
}

/** An event's frame as text, to be encoded together with others. */
export function eventText(event: Event): string {
  if (event.type !== "rooms") return frameText(JSON.stringify(event), "right");
  const [head, list] = partsOf(event);
  return frameText(`${head}${list.json}}`, "right", utf8Length(head) + list.bytes + 1);
}

/** An event as JSON. */
export function eventJson(event: Event): string {
  if (event.type !== "rooms") return JSON.stringify(event);
  const [head, list] = partsOf(event);
  return `${head}${list.json}}`;
}

/**
 * What a classic client reads: a speaker's name and then the message, a frame each. It sends its own
 * name and then its messages. Our first clients, scripts in Python, spoke like that.
 */
export function pairText(name: string, text: string): string {
  return frameText(name, "left") + frameText(text, "left");
}

/** Lists of rooms as JSON, and its size: one that is long is told to many. */
const lists = new WeakMap<readonly RoomSummary[], { json: string; bytes: number }>();

/** The JSON of a list of rooms up to the list, the list, and then a brace is missing. */
function partsOf(event: EventOf<"rooms">): [head: string, list: { json: string; bytes: number }] {
  const { rooms, ...rest } = event;
  let list = lists.get(rooms);
  if (list === undefined) {
    const json = JSON.stringify(rooms);
    list = { json, bytes: utf8Length(json) };
    lists.set(rooms, list);
  }
  return [`${JSON.stringify(rest).slice(0, -1)},"rooms":`, list];
}
