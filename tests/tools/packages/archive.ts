/** Archives whose bytes depend on nothing but what goes into them. */

import { gzipSync } from "node:zlib";
import { type Zippable, zipSync } from "fflate";

/** A file that goes into an archive. */
export interface Packed {
  /** Its path in the archive, with `/` between folders. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whoever unpacks it may run it. */
  readonly isProgram?: boolean;
}

const BLOCK = 512;
/** The longest path that a header of `ustar` has room for without a prefix, in bytes. */
const MAX_PATH = 100;
const MODE = { program: 0o755, file: 0o644 } as const;

/**
 * A `.tar.gz` of the files in the order of their paths, all from `time` (seconds since 1970) and owned by
 * root. Throws a `RangeError` if a path has more than 100 bytes.
 */
export function tarGz(files: readonly Packed[], time: number): Uint8Array<ArrayBuffer> {
  const blocks = inOrder(files).flatMap(({ path, bytes, isProgram }) => [
    header(path, bytes.length, isProgram === true ? MODE.program : MODE.file, time),
    bytes,
    new Uint8Array((BLOCK - bytes.length % BLOCK) % BLOCK),
  ]);
  const tar = join([...blocks, new Uint8Array(2 * BLOCK)]);
  const packed = new Uint8Array(gzipSync(tar, { level: 9 }));
  // Which system has made it: that is unknown, wherever it was.
  packed[9] = 255;
  return packed;
}

/** A `.zip` of the files in the order of their paths, all from `time` (seconds since 1970). */
export function zip(files: readonly Packed[], time: number): Uint8Array<ArrayBuffer> {
  const date = new Date(time * 1000);
  // A zip has local times, of whatever place: these read as UTC everywhere.
  const mtime = new Date(
    ...[date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()] as const,
    ...[date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()] as const,
  );
  const unix = 3;
  const entries: Zippable = {};
  for (const { path, bytes, isProgram } of inOrder(files)) {
    const mode = 0o100000 | (isProgram === true ? MODE.program : MODE.file);
    entries[path] = [bytes, { mtime, os: unix, attrs: (mode << 16) >>> 0 }];
  }
  return new Uint8Array(zipSync(entries, { level: 9 }));
}

function inOrder(files: readonly Packed[]): Packed[] {
  return [...files].sort((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}

function header(path: string, size: number, mode: number, time: number): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK);
  const put = (text: string, at: number): void => block.set(new TextEncoder().encode(text), at);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  const name = new TextEncoder().encode(path);
  if (name.length > MAX_PATH) throw new RangeError(`${path} is longer than ${MAX_PATH} bytes`);
  block.set(name);
  put(octal(mode, 7), 100);
  put(octal(0, 7), 108);
  put(octal(0, 7), 116);
  put(octal(size, 11), 124);
  put(octal(time, 11), 136);
  put(" ".repeat(8), 148);
  put("0", 156);
  put("ustar\0" + "00", 257);
  put("root", 265);
  put("root", 297);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${octal(sum, 6)}\0 `, 148);
  return block;
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The files below a folder, with their paths from there below `under`. */
export async function filesBelow(folder: URL, under: string): Promise<Packed[]> {
  const found: Packed[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      found.push(...await filesBelow(new URL(`${name}/`, folder), `${under}${name}/`));
    } else {
      found.push({ path: under + name, bytes: await Deno.readFile(new URL(name, folder)) });
    }
  }
  return found;
}

/** A text as a file of an archive. */
export function textFile(path: string, text: string, isProgram = false): Packed {
  return { path, bytes: new TextEncoder().encode(text), isProgram };
}
