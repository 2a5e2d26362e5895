/** Encodes WebSocket frames once for all peers that get them. */

import type { Encoding } from "../server/encoded.ts";
import { frameOfPiece } from "../server/piece_blocks.ts";
import { eventJson } from "../wire/encode.ts";
import type { Event, EventOf } from "../wire/events.ts";
import { rawHead } from "../wire/raw.ts";
import { narrow, withoutAnswers } from "../wire/narrow.ts";

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

/** Encodes a piece of a file as a binary message, for those who take its bytes as they are. */
export function pieceFrame(piece: EventOf<"data">): Uint8Array {
  const head = rawHead(piece);
  const length = head.length + piece.data.length;
  const header = new Uint8Array(headerBytes(length));
  writeHeader(header, BINARY, length);
  return frameOfPiece(header, head, piece.data);
}

/** Encodes events, each as a text message. */
export function encodeFrames(events: readonly Event[]): Encoding {
  return framesOf(events.map(eventJson));
}

/** The same for clients that know what becomes of messages, and no answers to questions. */
export function encodeUnansweredFrames(events: readonly Event[]): Encoding {
  return framesOf(events.map((event) => {
    const known = withoutAnswers(event);
    return known === undefined ? "" : eventJson(known);
  }));
}

/** The same for clients that don't know what becomes of messages. */
export function encodeNarrowFrames(events: readonly Event[]): Encoding {
  return framesOf(events.map((event) => {
    const known = narrow(event);
    return known === undefined ? "" : eventJson(known);
  }));
}

/** The same as {@linkcode framesOf}, in binary messages, for clients that have asked for such. */
export function binaryFramesOf(texts: readonly string[]): Encoding {
  return framesOf(texts, BINARY);
}

/** A frame for each text; none for an empty one, which stands for an event that is not sent. */
export function framesOf(texts: readonly string[], kind: number = TEXT): Encoding {
  const most = texts.reduce(
    (sum, { length }) => sum + MAX_HEADER_BYTES + length * MAX_UTF8_BYTES,
    0,
  );
  const room = new Uint8Array(most);
  const ends: number[] = [];
  let at = 0;
  for (const text of texts) {
    if (text === "") {
      ends.push(at);
      continue;
    }
    // Where the payload begins depends on its length in bytes. Guess that from the text's length, which
    // is right for nearly all text.
    const guess = at + headerBytes(text.length);
    const { written } = encoder.encodeInto(text, room.subarray(guess));
    const start = at + headerBytes(written);
    if (start !== guess) room.copyWithin(start, guess, guess + written);
    writeHeader(room.subarray(at), kind, written);
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
