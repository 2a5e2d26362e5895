/** How long the wire takes, without sockets: `deno bench tests/bench/`. */

import { encodeClassic } from "../../lib/server/classic_pairs.ts";
import { encodeEvents } from "../../lib/server/event_protocol.ts";
import { decodeRequest } from "../../lib/wire/decode.ts";
import type { Event } from "../../lib/wire/events.ts";
import { encodeFrame, FrameDecoder } from "../../lib/wire/frame.ts";

const TEXT = "a message of the usual length, with an umlaut (ü) and some more";

const MESSAGES: readonly Event[] = Array.from({ length: 64 }, (_, n) => ({
  type: "message",
  room: "lobby",
  seq: 1_000 + n,
  from: "somebody",
  at: "2026-01-01T12:00:00.000Z",
  text: TEXT,
}));
const [MESSAGE] = MESSAGES;
const ONE: readonly Event[] = MESSAGE === undefined ? [] : [MESSAGE];

const SAY = new TextEncoder().encode(
  JSON.stringify({ type: "say", id: "0000001", room: "lobby", text: TEXT }),
);
const FRAMES = concat(Array.from({ length: 64 }, () => encodeFrame(TEXT, "left")));

Deno.bench("FrameDecoder, 64 frames in one piece", { group: "decode frames" }, () => {
  decodeIn(FRAMES.length);
});
Deno.bench("FrameDecoder, 64 frames in pieces of 100 bytes", { group: "decode frames" }, () => {
  decodeIn(100);
});
Deno.bench("decodeRequest, a say", () => {
  decodeRequest(SAY);
});
Deno.bench("encodeClassic, 1 message", { group: "encode 1" }, () => {
  encodeClassic(ONE);
});
Deno.bench("encodeEvents, 1 message", { group: "encode 1" }, () => {
  encodeEvents(ONE);
});
Deno.bench("encodeClassic, a batch of 64", { group: "encode 64" }, () => {
  encodeClassic(MESSAGES);
});
Deno.bench("encodeEvents, a batch of 64", { group: "encode 64" }, () => {
  encodeEvents(MESSAGES);
});

/** Gives the frames to a decoder in pieces of at most so many bytes. */
function decodeIn(size: number): void {
  const decoder = new FrameDecoder();
  let frames = 0;
  for (let at = 0; at < FRAMES.length;) {
    const piece = FRAMES.subarray(at, at + size);
    decoder.take(piece);
    while (decoder.next() !== undefined) frames++;
    at += piece.length;
  }
  if (frames !== 64) throw new Error(`${frames} of 64 frames came out`);
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
