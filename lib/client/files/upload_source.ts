/**
 * Where the bytes of an upload come from: a file on this machine, which is read again where the server
 * wants that, or a stream of unknown length, of which what has not arrived yet is kept.
 */

import { RequestError } from "../conversation.ts";
import { reasonOf } from "../../wire/text.ts";

/** How much of a file is read at once, in bytes. */
const BLOCK_BYTES = 262_144;

/** The bytes of an upload. */
export interface UploadSource extends Disposable {
  readonly name: string;
  /** In bytes; `undefined`: known at the end only. */
  readonly size: number | undefined;
  /** The file that it is, for one that can go on after a restart. */
  readonly kept?: { readonly path: string; readonly changedAt: number };
  /**
   * Up to `most` bytes from `offset` on, less than half of that only at the end. They are valid until they have
   * arrived. Rejects with a `RequestError` (`not-read`).
   */
  read(offset: number, most: number): Promise<Uint8Array<ArrayBuffer>>;
  /** What was read before `offset` is not needed any more. */
  arrived(offset: number): void;
  /** Reads what is left and drops it, so that whoever writes it does not fail. */
  drain(): Promise<void>;
}

/** The last part of a path. */
export function fileNameOf(path: string): string {
  const parts = Deno.build.os === "windows" ? path.split(/[/\\]/) : path.split("/");
  return parts.findLast((part) => part !== "") ?? path;
}

/**
 * Opens a file to be sent. What is no regular file, such as a named pipe, is read as a stream. Rejects
 * with a `RequestError` (`not-read`) that says why it can't be.
 */
export async function openSource(path: string, name = fileNameOf(path)): Promise<UploadSource> {
  try {
    const info = await Deno.stat(path);
    if (info.isDirectory) {
      throw new RequestError("not-read", `${path} is a folder; pack it into one file first`);
    }
    const file = await Deno.open(path);
    // Files that the system makes as they are read, as in /proc, say that they are empty.
    if (!info.isFile || info.size === 0) return streamSource(file.readable, name);
    return new FileUpload(file, { name, size: info.size, path, changedAt: changedAtOf(info) });
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** When a file was last changed, in ms since 1970. */
export function changedAtOf({ mtime }: Pick<Deno.FileInfo, "mtime">): number {
  return mtime?.getTime() ?? 0;
}

/** What comes from a stream, as a file of that name. */
export function streamSource(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  name: string,
): UploadSource {
  return new StreamUpload(stream, name);
}

function unreadable(path: string, error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  const why = error instanceof Deno.errors.NotFound ? "there is no such file" : reasonOf(error);
  return new RequestError("not-read", `${path} can't be read: ${why}`);
}

/** A part of a file that was read at once: the beginning of its space. */
interface Block {
  readonly from: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly space: Uint8Array<ArrayBuffer>;
}

class FileUpload implements UploadSource {
  readonly name: string;
  readonly size: number;
  readonly kept: { readonly path: string; readonly changedAt: number };
  readonly #file: Deno.FsFile;
  /** What was read and has not arrived, in order; what comes next, if that is being read already. */
  #blocks: Block[] = [];
  #ahead: Promise<Block> | undefined;
  /** Spaces of blocks that have arrived. */
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];
  /** Where the file stands; `undefined`: nobody knows. */
  #position: number | undefined = 0;
  /** How many bytes were last asked for at once. */
  #most = BLOCK_BYTES;

  constructor(
    file: Deno.FsFile,
    { name, size, path, changedAt }: {
      readonly name: string;
      readonly size: number;
      readonly path: string;
      readonly changedAt: number;
    },
  ) {
    this.#file = file;
    this.name = name;
    this.size = size;
    this.kept = { path, changedAt };
  }

  async read(offset: number, most: number): Promise<Uint8Array<ArrayBuffer>> {
    if (offset >= this.size) return new Uint8Array();
    this.#most = Math.max(1, most);
    const { from, bytes } = await this.#blockAt(offset);
    const begin = bytes.subarray(offset - from, offset - from + most);
    const wanted = Math.min(most, this.size - offset);
    // To copy what is in two blocks takes more work than to send it in two pieces, but for small ones.
    if (begin.length >= wanted / 2) return begin;
    const whole = new Uint8Array(wanted);
    whole.set(begin);
    for (let at = begin.length; at < wanted;) {
      const next = await this.#blockAt(offset + at);
      const part = next.bytes.subarray(0, wanted - at);
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  arrived(offset: number): void {
    // It is there to be read again.
    for (let first; (first = this.#blocks[0]) !== undefined;) {
      if (first.from + first.bytes.length > offset) return;
      this.#blocks.shift();
      this.#spare.push(first.space);
    }
  }

  async drain(): Promise<void> {
    // Nobody writes it.
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  /** The block with the byte at an offset. While it is sent, the next one is read. */
  async #blockAt(offset: number): Promise<Block> {
    const known = this.#blocks.findLast(({ from }) => from <= offset);
    if (known !== undefined && offset < known.from + known.bytes.length) return known;
    const ahead = await this.#ahead;
    const isNext = ahead?.from === offset;
    if (!isNext) this.#blocks = [];
    const block = isNext ? ahead : await this.#fill(offset);
    this.#blocks.push(block);
    const next = block.from + block.bytes.length;
    this.#ahead = next < this.size ? this.#fill(next) : undefined;
    // Whoever asks for it is told why it can't be read.
    this.#ahead?.catch(() => {});
    return block;
  }

  async #fill(from: number): Promise<Block> {
    const space = this.#spare.pop() ?? new Uint8Array(BLOCK_BYTES);
    const bytes = space.subarray(0, Math.min(this.#blockBytes, this.size - from));
    try {
      if (this.#position !== from) await this.#file.seek(from, Deno.SeekMode.Start);
      this.#position = undefined;
      for (let filled = 0; filled < bytes.length;) {
        const count = await this.#file.read(bytes.subarray(filled));
        if (count === null) throw this.#tooShort();
        filled += count;
      }
      this.#position = from + bytes.length;
    } catch (error) {
      throw unreadable(this.kept.path, error);
    }
    return { from, bytes, space };
  }

  /** A block ends where a piece does, as they are now: one that lies in two blocks has to be copied. */
  get #blockBytes(): number {
    const rest = this.#most < BLOCK_BYTES ? BLOCK_BYTES % this.#most : 0;
    return BLOCK_BYTES - rest;
  }

  #tooShort(): RequestError {
    const text = `${this.kept.path} has become shorter while it was read; send it again`;
    return new RequestError("not-read", text);
  }
}

class StreamUpload implements UploadSource {
  readonly name: string;
  readonly size = undefined;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  /** What was read and has not arrived, in order, and where it begins. */
  #held: Uint8Array<ArrayBuffer>[] = [];
  #from = 0;
  #until = 0;
  #isAtEnd = false;

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>, name: string) {
    this.#reader = stream.getReader();
    this.name = name;
  }

  async read(offset: number, most: number): Promise<Uint8Array<ArrayBuffer>> {
    if (offset < this.#from) {
      const text =
        `${this.name} can't be sent again from its beginning, since it comes from a pipe`;
      throw new RequestError("not-read", text);
    }
    while (this.#until < offset + most && !this.#isAtEnd) await this.#readMore();
    const bytes = new Uint8Array(Math.max(0, Math.min(most, this.#until - offset)));
    let at = this.#from;
    for (const part of this.#held) {
      if (at + part.length > offset && at < offset + bytes.length) {
        const skipped = Math.max(0, offset - at);
        const place = Math.max(0, at - offset);
        bytes.set(part.subarray(skipped, skipped + bytes.length - place), place);
      }
      at += part.length;
    }
    return bytes;
  }

  arrived(offset: number): void {
    for (let first; (first = this.#held[0]) !== undefined;) {
      if (this.#from + first.length > offset) return;
      this.#held.shift();
      this.#from += first.length;
    }
  }

  async drain(): Promise<void> {
    this.#held = [];
    this.#from = this.#until;
    try {
      while (!(await this.#reader.read()).done);
    } catch {
      // What can't be read need not be.
    }
  }

  [Symbol.dispose](): void {
    this.#reader.cancel().catch(() => {});
  }

  async #readMore(): Promise<void> {
    try {
      const { done, value } = await this.#reader.read();
      if (done) this.#isAtEnd = true;
      else if (value.length > 0) {
        this.#held.push(value);
        this.#until += value.length;
      }
    } catch (error) {
      throw unreadable(this.name, error);
    }
  }
}
