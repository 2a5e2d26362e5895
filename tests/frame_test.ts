/** The frame decoder: any split, capped, and no bytes that it can't answer for. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { pairText } from "../lib/wire/encode.ts";
import { encodeFrame, FrameDecoder, FrameError } from "../lib/wire/frame.ts";
import { utf8Length } from "../lib/wire/text.ts";
import { ReadBuffer } from "../lib/wire/read_buffer.ts";
import { tries } from "./fixtures/thorough.ts";
import { bytes, classicFrame, eventFrame } from "./helpers.ts";

const none = { permissions: "none" } as const;

/** What the decoder makes of a stream that arrives in these pieces. */
function decodeAll(pieces: readonly Uint8Array[], maxPayload?: number): Array<[string, string]> {
  const decoder = new FrameDecoder(maxPayload);
  const frames: Array<[string, string]> = [];
  for (const piece of pieces) {
    // As it is for a reader, whose next read overwrites the chunk.
    const chunk = piece.slice();
    decoder.take(chunk);
    for (let frame; (frame = decoder.next()) !== undefined;) {
      frames.push([frame.padding, new TextDecoder().decode(frame.payload)]);
    }
    chunk.fill(0);
  }
  return frames;
}

/** Cuts bytes at the given places. */
function split(whole: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
  return [...places, whole.length].map((end, i) => whole.subarray(places[i - 1] ?? 0, end));
}

Deno.test("a frame is encoded as the seed's scripts expect it", none, () => {
  assertEquals(encodeFrame("grüß", "left"), bytes("6         grüß"));
  assertEquals(encodeFrame("grüß", "right"), bytes("         6grüß"));
  assertEquals(encodeFrame("", "left"), bytes("0         "));
  assertEquals(
    pairText("ann", "x".repeat(123)),
    "3         ann123       " + "x".repeat(123),
  );
});

Deno.test("frames of any length come out as they went in, however they are split", none, () => {
  const payload = fc.oneof(
    { weight: 5, arbitrary: fc.string({ unit: "grapheme", maxLength: 30 }) },
    { weight: 1, arbitrary: fc.nat(70_000).map((n) => "x".repeat(n)) },
  );
  const frame = fc.tuple(fc.constantFrom("left", "right"), payload);
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      (frames, cuts) => {
        const stream = bytes(
          ...frames.map(([padding, text]) =>
            padding === "left" ? classicFrame(text) : eventFrame(text)
          ),
        );
        assertEquals(decodeAll(split(stream, cuts), 300_000), frames as Array<[string, string]>);
      },
    ),
    { numRuns: tries(20, 300) },
  );
});

Deno.test("random bytes are frames or a FrameError, and never anything else", none, () => {
  const nearly = fc.string({ unit: fc.constantFrom(..." 0123456789+-ex_"), maxLength: 40 });
  const noise = fc.oneof(fc.uint8Array({ maxLength: 60 }), nearly.map((text) => bytes(text)));
  fc.assert(
    fc.property(noise, (stream) => {
      try {
        for (const [, text] of decodeAll([stream], 50)) assert(text.length <= 50);
      } catch (error) {
        assert(error instanceof FrameError, String(error));
      }
    }),
    { numRuns: tries(300, 5_000) },
  );
});

Deno.test("every header but a decimal length padded on one side is refused", none, () => {
  for (
    const header of [
      "-1        ",
      "          ",
      "1e3       ",
      "0x10      ",
      "+5        ",
      "1_0       ",
      "1 0       ",
      " 5        ",
      "5\t        ",
      "\u0665        ",
      "GET / HTTP",
    ]
  ) {
    assertThrows(() => decodeAll([bytes(header)]), FrameError, "can't begin with");
  }
  const web = "HTTP/1.1 400 Bad Request";
  assertThrows(() => decodeAll([bytes(web)]), FrameError, "This is the port of a web server");
});

Deno.test("a length over the cap is refused before anything is allocated for it", none, () => {
  assertThrows(
    () => decodeAll([bytes("9999999999")]),
    FrameError,
    "9999999999 bytes is over the limit of 65536 bytes",
  );
  assertEquals(decodeAll([classicFrame("x".repeat(65_536))]).length, 1);
  assertThrows(() => decodeAll([bytes("65537     ")]), FrameError, "over the limit");
});

Deno.test("what waits for the rest of a frame is counted", none, () => {
  const decoder = new FrameDecoder();
  const counted = (text: string): number => {
    decoder.take(bytes(text));
    while (decoder.next() !== undefined);
    return decoder.pending;
  };
  assertEquals(["3    ", "     a", "bc", "1         x2         y"].map(counted), [5, 11, 0, 11]);
});

Deno.test(
  "a read buffer is small when idle, grows with the traffic and shrinks again",
  none,
  () => {
    const buffer = new ReadBuffer();
    const read = (size: number): number =>
      buffer.filled(Math.min(size, buffer.space().length)).length;
    assertEquals(buffer.space().length, 512);
    const sizes = Array.from({ length: 6 }, () => read(1_000_000));
    assertEquals(sizes, [512, 2_048, 8_192, 32_768, 65_536, 65_536]);
    for (let i = 0; i < 10; i++) assertEquals(read(30), 30);
    assertEquals(buffer.space().length, 512);
  },
);

Deno.test("the length in UTF-8 is that of the encoder, lone surrogates included", none, () => {
  const encoder = new TextEncoder();
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assertEquals(utf8Length(text), encoder.encode(text).length);
  }));
  for (const text of ["", "\ud800", "\udc00\ud800", "\ud83d\ude00\ud83d", "a\u0800\u07ff"]) {
    assertEquals(utf8Length(text), encoder.encode(text).length);
  }
});
