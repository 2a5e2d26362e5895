/** Tells by the first bytes whether a file is a picture that may be shown, and how large it is. */

import { exifTurns } from "./exif.ts";

/** What the bytes of a picture tell. */
export interface Picture {
  readonly type: "image/png" | "image/jpeg" | "image/gif" | "image/webp";
  /** As it is shown, in pixels; none if it is too large to be shown. */
  readonly width?: number;
  readonly height?: number;
}

/** Up to `length` bytes of a file from an offset; fewer at its end. */
export type ReadBytes = (offset: number, length: number) => Promise<Uint8Array>;

/** A picture with more pixels takes more than 160 MB where it is shown. */
const MOST_PIXELS = 40_000_000;
/** The bytes that tell all of a PNG, GIF or WebP. */
const HEAD_BYTES = 32;
/** A JPEG with more segments before its size is none that a camera or a program makes. */
const MOST_SEGMENTS = 1_000;
/** How much of an Exif segment is looked at: the table with the orientation comes first. */
const EXIF_BYTES = 4_096;

/** How large a picture is, in pixels. */
interface Measured {
  readonly width: number;
  readonly height: number;
}

/** What a file of `size` bytes is, if it is a picture. Rejects only if it can't be read. */
export async function pictureIn(read: ReadBytes, size: number): Promise<Picture | undefined> {
  const bytes = await read(0, Math.min(HEAD_BYTES, size));
  const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = String.fromCharCode(...bytes);
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return shown("image/png", pngSize(head, text));
  if (/^GIF8[79]a/.test(text)) return shown("image/gif", gifSize(head));
  if (/^RIFF[^]{4}WEBP/.test(text)) return shown("image/webp", webpSize(head, text));
  if (text.startsWith("\xff\xd8\xff")) return shown("image/jpeg", await jpegSize(read, size));
  return undefined;
}

/** What has no size is no picture, whatever it begins with. */
function shown(type: Picture["type"], size: Measured | undefined): Picture | undefined {
  if (size === undefined || size.width === 0 || size.height === 0) return undefined;
  return size.width * size.height > MOST_PIXELS ? { type } : { type, ...size };
}

function pngSize(head: DataView, text: string): Measured | undefined {
  if (head.byteLength < 24 || text.slice(12, 16) !== "IHDR") return undefined;
  return { width: head.getUint32(16), height: head.getUint32(20) };
}

function gifSize(head: DataView): Measured | undefined {
  if (head.byteLength < 10) return undefined;
  return { width: head.getUint16(6, true), height: head.getUint16(8, true) };
}

function webpSize(head: DataView, text: string): Measured | undefined {
  if (head.byteLength < 30) return undefined;
  switch (text.slice(12, 16)) {
    case "VP8 ": // lossy: its frame begins with a fixed code
      if (text.slice(23, 26) !== "\x9d\x01\x2a") return undefined;
      return {
        width: head.getUint16(26, true) & 0x3fff,
        height: head.getUint16(28, true) & 0x3fff,
      };
    case "VP8L": { // lossless: 14 bits each, less one
      if (head.getUint8(20) !== 0x2f) return undefined;
      const bits = head.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: (bits >>> 14 & 0x3fff) + 1 };
    }
    case "VP8X": { // extended: 24 bits each, less one
      const three = (at: number): number => head.getUint16(at, true) | head.getUint8(at + 2) << 16;
      return { width: three(24) + 1, height: three(27) + 1 };
    }
    default:
      return undefined;
  }
}

/** The size that stands in the first frame of a JPEG, as its orientation turns it. */
async function jpegSize(read: ReadBytes, size: number): Promise<Measured | undefined> {
  let turns = false;
  let at = 2;
  for (let count = 0; count < MOST_SEGMENTS; count++) {
    const bytes = await read(at, Math.min(10, Math.max(0, size - at)));
    if (bytes.length < 4 || bytes[0] !== 0xff) return undefined;
    const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const marker = head.getUint8(1);
    // A marker may have any number of these before it.
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = head.getUint16(2);
    if (isFrame(marker)) {
      if (bytes.length < 9) return undefined;
      const [height, width] = [head.getUint16(5), head.getUint16(7)];
      return turns ? { width: height, height: width } : { width, height };
    }
    // The picture itself, or its end, and no size before it.
    if (marker === 0xda || marker === 0xd9 || length < 2) return undefined;
    if (marker === 0xe1) turns ||= exifTurns(await read(at + 4, Math.min(length - 2, EXIF_BYTES)));
    at += 2 + length;
  }
  return undefined;
}

/** Whether a segment begins a frame: SOF0 to SOF15, without DHT, JPG and DAC, which lie between them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}
