/** Encodes requests and events as bytes, or as text for many frames to be encoded together. */

import type { Event, EventOf, RoomSummary } from "./events.ts";
import { fileJson } from "./file_frame.ts";
import { encodeFrame, frameHeader, frameText, HEADER_BYTES } from "./frame.ts";
import { isPiece, type Piece, rawHead } from "./raw.ts";
import type { Request } from "./requests.ts";
import { utf8Length } from "./text.ts";

const encoder = new TextEncoder();

/** Encodes one request or event as a frame. */
export function encodeEvent(value: Request | Event): Uint8Array<ArrayBuffer> {
  return encodeFrame(isPiece(value) ? fileJson(value).json : JSON.stringify(value), "right");
}

/** The raw frame of a piece of a file, but for its bytes, which follow. */
export function rawFrameHead(piece: Piece): Uint8Array<ArrayBuffer> {
  const head = rawHead(piece);
  const whole = new Uint8Array(HEADER_BYTES + head.length);
  encoder.encodeInto(frameHeader(head.length + piece.data.length, "right"), whole);
  whole.set(head, HEADER_BYTES);
  return whole;
}

/** An event's frame as text, to be encoded together with others. */
export function eventText(event: Event): string {
  if (isPiece(event)) {
    const { json, bytes } = fileJson(event);
    return frameText(json, "right", bytes);
  }
  if (event.type !== "rooms") return frameText(JSON.stringify(event), "right");
  const [head, list] = partsOf(event);
  return frameText(`${head}${list.json}}`, "right", utf8Length(head) + list.bytes + 1);
}

/** An event as JSON. */
export function eventJson(event: Event): string {
  if (isPiece(event)) return fileJson(event).json;
  if (event.type !== "rooms") return JSON.stringify(event);
  const [head, list] = partsOf(event);
  return `${head}${list.json}}`;
}

/**
 * A message for a classic client: a frame with the speaker's name, then a frame with the text. (Classic
 * clients send their own name once, and then their messages.) Our first clients, scripts in Python, spoke
 * this protocol.
 */
export function pairText(name: string, text: string): string {
  return frameText(name, "left") + frameText(text, "left");
}

/** The JSON of lists of rooms, with its size in bytes, since a long list is sent to many clients. */
const lists = new WeakMap<readonly RoomSummary[], { json: string; bytes: number }>();

/** The JSON of a `rooms` event up to the list, and the list. Only the closing brace is missing. */
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
