/**
 * Reads small files that a person has named, as a password's or a certificate's: whoever names one may name
 * anything, and a device has no end.
 */

import { decodeText } from "../wire/text.ts";

/** How a {@linkcode readNamed} reads. */
export interface NamedFile {
  /** The most bytes. */
  readonly most: number;
  /**
   * A pipe, a terminal and a device are read to their end, too, as of `<(pass show x)`: only where waiting
   * holds up nobody. Of what has no end no more than `most` is read.
   */
  readonly pipes?: boolean;
  /** Told before a pipe is opened that lies in a folder: until somebody writes, nothing comes of it. */
  readonly onWait?: ((path: string) => void) | undefined;
}

/**
 * The bytes of a file. Throws what the system throws, or an `Error` whose message says why, as a part of a
 * sentence.
 */
export function readNamed(path: string, how: NamedFile): Uint8Array<ArrayBuffer> {
  const is = Deno.statSync(path);
  if (is.isDirectory) throw new Error("it is a directory; name a file");
  if (!is.isFile) {
    const kind = is.isFifo ? "a pipe" : is.isSocket ? "a socket" : "a device";
    if (how.pipes !== true || is.isSocket) throw new Error(`it is ${kind}; name a plain file`);
    if (isAwaited(path, is)) how.onWait?.(path);
  }
  if (is.size > how.most) throw tooLarge(how);
  using file = Deno.openSync(path);
  return bytesOf(file, how);
}

/** Whether it is a pipe that lies in a folder, into which perhaps nobody writes, unlike that of `<(pass show x)`. */
export function isAwaited(path: string, { isFifo }: Deno.FileInfo): boolean {
  return isFifo === true && !/^\/(?:dev|proc)\//.test(path);
}

/** The text of a file, without a byte order mark. Throws as {@linkcode readNamed} does. */
export function readNamedText(path: string, how: NamedFile): string {
  const text = decodeText(readNamed(path, how));
  if (text === undefined) throw new Error("it is not UTF-8 text; save it as UTF-8");
  return text.replace(/^\ufeff/, "");
}

/** The text of a file in PEM, whatever its comments are written in. Throws as {@linkcode readNamed} does. */
export function readPem(path: string, how: NamedFile): string {
  return new TextDecoder().decode(readNamed(path, how));
}

function bytesOf(file: Deno.FsFile, how: NamedFile): Uint8Array<ArrayBuffer> {
  const space = new Uint8Array(how.most + 1);
  let length = 0;
  while (length < space.length) {
    const count = file.readSync(space.subarray(length));
    if (count === null) return space.slice(0, length);
    length += count;
  }
  throw tooLarge(how);
}

function tooLarge({ most }: NamedFile): Error {
  return new Error(`it has over ${most} bytes; name a smaller file`);
}
