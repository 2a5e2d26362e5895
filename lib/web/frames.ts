/** Encodes WebSocket frames once for all peers that get them. */

import type { Encoding } from "../server/encoded.ts";
import { eventJson } from "../wire/encode.ts";
import type { Event } from "../wire/events.ts";
import { joinBytes } from "../wire/join_bytes.ts";
import { rawHead } from "../wire/raw.ts";

const encoder = new TextEncoder();

/** The first byte of a frame: FIN and the opcode. A server's frames are not masked. */
const TEXT = 0x81;
const BINARY = 0x82;
const PING = 0x89;
const PONG = 0x8a;

const MAX_HEADER_BYTES = 10;
/** The most bytes that a UTF-16 code unit takes in UTF-8. */
const MAX_UTF8_BYTES = 3;

/** A frame with an empty ping. */
export const PING_FRAME = new Uint8Array([PING, 0]);

/** The answer to a ping. `content` has at most 125 bytes. */
export function pongFrame(content: Uint8Array): Uint8Array {
  const frame = new Uint8Array(2 + content.length);
  frame.set([PONG, content.length]);
  frame.set(content, 2);
  return frame;
}

/** The same as {@linkcode encodeFrames} for those who take the bytes of files as they are, in binary messages. */
export function encodeFramesWithBytes(events: readonly Event[]): Encoding {
  const [event] = events;
  if (event?.type !== "data" || events.length > 1) return encodeFrames(events);
  const head = rawHead(event);
  const length = head.length + event.data.length;
  const header = new Uint8Array(headerBytes(length));
  writeHeader(header, BINARY, length);
  const bytes = joinBytes([header, head, event.data]);
  return { bytes, ends: [bytes.length] };
}

/** Encodes events, each as a text message. */
export function encodeFrames(events: readonly Event[]): Encoding {
  const texts = events.map(eventJson);
  const most = texts.reduce(
    (sum, { length }) => sum + MAX_HEADER_BYTES + length * MAX_UTF8_BYTES,
    0,
  );
  const room = new Uint8Array(most);
  const ends: number[] = [];
  let at = 0;
  for (const text of texts) {
    // Where the payload begins depends on its length in bytes. Guess that from the text's length, which
    // is right for nearly all text.
    const guess = at + headerBytes(text.length);
    const { written } = encoder.encodeInto(text, room.subarray(guess));
    const start = at + headerBytes(written);
    if (start !== guess) room.copyWithin(start, guess, guess + written);
    writeHeader(room.subarray(at), TEXT, written);
    ends.push(at = start + written);
  }
  return { bytes: room.slice(0, at), ends };
}

function headerBytes(length: number): number {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}

/** Writes the header of a message of so many bytes to the beginning of `room`. */
function writeHeader(room: Uint8Array, kind: number, length: number): void {
  room[0] = kind;
  if (length < 126) {
    room[1] = length;
    return;
  }
  const view = new DataView(room.buffer, room.byteOffset);
  if (length < 65_536) {
    room[1] = 126;
    view.setUint16(2, length);
  } else {
    room[1] = 127;
    view.setBigUint64(2, BigInt(length));
  }
}
