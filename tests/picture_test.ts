/** Pictures are told by their first bytes, with the size in which they are shown. */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Picture, pictureIn } from "../lib/files/picture.ts";

/** The picture in some bytes, which are read as a file is. */
function look(bytes: Uint8Array): Promise<Picture | undefined> {
  return pictureIn(
    (offset, length) => Promise.resolve(bytes.slice(offset, offset + length)),
    bytes.length,
  );
}

/** Bytes: as numbers, or as text of which each letter is one. */
type Part = string | number | readonly number[];

function bytesOf(...parts: readonly Part[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "string" ? [...part].map((letter) => letter.charCodeAt(0)) : part
    ),
  );
}

const big16 = (value: number): number[] => [value >> 8, value & 255];
const little16 = (value: number): number[] => [value & 255, value >> 8];
const big32 = (value: number): number[] => [...big16(value >>> 16), ...big16(value & 0xffff)];
const little24 = (value: number): number[] => [...little16(value & 0xffff), value >> 16];

const png = (width: number, height: number): Uint8Array =>
  bytesOf("\x89PNG\r\n\x1a\n", big32(13), "IHDR", big32(width), big32(height), [8, 6, 0, 0, 0]);
const gif = (width: number, height: number): Uint8Array =>
  bytesOf("GIF89a", little16(width), little16(height), [0x80, 0, 0]);

const riff = (...chunk: readonly Part[]): Uint8Array =>
  bytesOf("RIFF", [99, 0, 0, 0], "WEBP", ...chunk, "\0".repeat(20));
const lossy = riff("VP8 ", [9, 0, 0, 0], [0, 0, 0], "\x9d\x01\x2a", little16(800), little16(600));
// 14 bits of width less one, 14 of height less one.
const bits = (800 - 1) | (600 - 1) << 14;
const lossless = riff("VP8L", [9, 0, 0, 0], 0x2f, big32(bits).reverse());
const extended = riff("VP8X", [10, 0, 0, 0], [0, 0, 0, 0], little24(799), little24(599));

/** A segment of a JPEG. */
const segment = (marker: number, ...parts: readonly Part[]): number[] => {
  const body = bytesOf(...parts);
  return [0xff, marker, ...big16(body.length + 2), ...body];
};
const frame = (marker: number, width: number, height: number): number[] =>
  segment(marker, 8, big16(height), big16(width), [3, 1, 0x22, 0]);
const jpeg = (...segments: readonly (readonly number[])[]): Uint8Array =>
  bytesOf([0xff, 0xd8], ...segments, segment(0xda, "scan"));

/** Exif data with an orientation, in either order of bytes. */
const exif = (orientation: number, isLittle: boolean): number[] => {
  const two = isLittle ? little16 : big16;
  const four = (value: number): number[] => isLittle ? big32(value).reverse() : big32(value);
  const entry = (tag: number, value: number): number[] => [
    ...[...two(tag), ...two(3), ...four(1)],
    ...[...two(value), 0, 0],
  ];
  return segment(
    0xe1,
    "Exif\0\0",
    isLittle ? "II" : "MM",
    two(42),
    four(8),
    two(2),
    entry(0x010f, 7),
    entry(0x0112, orientation),
  );
};

const app = segment(0xe2, "ICC_PROFILE\0", "x".repeat(60_000));

for (
  const [what, bytes, picture] of [
    ["a PNG", png(800, 600), ["image/png", 800, 600]],
    ["a GIF", gif(800, 600), ["image/gif", 800, 600]],
    ["a lossy WebP", lossy, ["image/webp", 800, 600]],
    ["a lossless WebP", lossless, ["image/webp", 800, 600]],
    ["an extended WebP", extended, ["image/webp", 800, 600]],
    ["a JPEG", jpeg(segment(0xe0, "JFIF\0"), frame(0xc0, 800, 600)), ["image/jpeg", 800, 600]],
    ["a progressive JPEG", jpeg(frame(0xc2, 800, 600)), ["image/jpeg", 800, 600]],
    [
      "a JPEG with long profiles and tables before its size",
      jpeg(app, app, app, segment(0xc4, "huffman"), [0xff, 0xff], frame(0xc1, 800, 600)),
      ["image/jpeg", 800, 600],
    ],
    ["a JPEG on its side", jpeg(exif(6, true), frame(0xc0, 800, 600)), ["image/jpeg", 600, 800]],
    ["the same, MM", jpeg(exif(8, false), frame(0xc0, 800, 600)), ["image/jpeg", 600, 800]],
    ["a JPEG upside down", jpeg(exif(3, true), frame(0xc0, 800, 600)), ["image/jpeg", 800, 600]],
    ["a JPEG without its size", jpeg(), undefined],
    ["a JPEG that ends early", jpeg(frame(0xc0, 800, 600)).slice(0, 8), undefined],
    ["a JPEG of nothing", jpeg(frame(0xc0, 800, 0)), undefined],
    ["40 megapixels", png(8_000, 5_000), ["image/png", 8_000, 5_000]],
    ["more than that", png(8_000, 5_001), ["image/png", undefined, undefined]],
    ["a PNG as large as can be", png(2 ** 32 - 1, 2 ** 32 - 1), [
      "image/png",
      undefined,
      undefined,
    ]],
    ["a PNG of nothing", png(0, 5), undefined],
    ["a PNG that ends early", png(8, 8).slice(0, 20), undefined],
    ["an SVG", bytesOf('<svg xmlns="http://www.w3.org/2000/svg"/>'), undefined],
    ["a page", bytesOf("<html>GIF89a"), undefined],
    ["a PDF", bytesOf("%PDF-1.7"), undefined],
    ["nothing", bytesOf(), undefined],
  ] as const
) {
  Deno.test(`${what} is ${picture === undefined ? "no picture" : picture.join(" ")}`, async () => {
    const found = await look(bytes);
    const [type, width, height] = picture ?? [];
    assertEquals([found?.type, found?.width, found?.height], [type, width, height]);
  });
}

Deno.test("no bytes make it fail, and a picture has a size or is too large", async () => {
  const begin = fc.constantFrom(
    ...[
      png(9, 9),
      gif(9, 9),
      lossy,
      lossless,
      extended,
      jpeg(exif(6, true)),
      bytesOf([0xff, 0xd8]),
    ],
  );
  await fc.assert(
    fc.asyncProperty(
      begin,
      fc.nat(40),
      fc.uint8Array({ maxLength: 80 }),
      async (start, cut, end) => {
        const found = await look(bytesOf([...start.slice(0, cut)], [...end]));
        if (found?.width === undefined) return;
        assertEquals(found.width > 0 && (found.height ?? 0) > 0, true);
      },
    ),
    { numRuns: 2_000 },
  );
});
