/**
 * The classic protocol, which is that of the Python scripts this project began with: a client sends
 * its name and then its messages, a frame each; a server sends a speaker's name and the message,
 * a pair of frames for each message.
 */

import { HEADER_BYTES, writeHeader } from "./frame.ts";

const encoder = new TextEncoder();

/** Encodes a speaker's name and a message as the pair of frames that a classic client reads. */
export function encodePair(name: string, text: string): Uint8Array<ArrayBuffer> {
  const nameBytes = encoder.encode(name);
  const textBytes = encoder.encode(text);
  const pair = new Uint8Array(2 * HEADER_BYTES + nameBytes.length + textBytes.length);
  writeHeader(pair, 0, nameBytes.length, "left");
  pair.set(nameBytes, HEADER_BYTES);
  const middle = HEADER_BYTES + nameBytes.length;
  writeHeader(pair, middle, textBytes.length, "left");
  pair.set(textBytes, middle + HEADER_BYTES);
  return pair;
}
