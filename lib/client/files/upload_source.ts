/**
 * Where the bytes of an upload come from: a file on this machine, which is read again where the server
 * wants that, or a stream of unknown length, of which what has not arrived yet is kept.
 */

import { RequestError } from "../conversation.ts";

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
   * Up to `most` bytes from `offset` on, fewer only at the end; they are valid until the next call.
   * Rejects with a `RequestError` (`not-read`).
   */
  read(offset: number, most: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Nothing before `offset` is needed again. */
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
  const why = error instanceof Deno.errors.NotFound
    ? "there is no such file"
    : (error as Error).message.replace(/ \(os error \d+\).*$/s, "");
  return new RequestError("not-read", `${path} can't be read: ${why}`);
}

class FileUpload implements UploadSource {
  readonly name: string;
  readonly size: number;
  readonly kept: { readonly path: string; readonly changedAt: number };
  readonly #file: Deno.FsFile;
  readonly #block = new Uint8Array(BLOCK_BYTES);
  /** Which part of the file the block has. */
  #from = 0;
  #until = 0;
  /** Where the file stands; `undefined`: nobody knows. */
  #position: number | undefined = 0;

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
    const wanted = Math.min(most, this.size - offset);
    if (offset < this.#from || offset + wanted > this.#until) await this.#fill(offset);
    const at = offset - this.#from;
    const bytes = this.#block.subarray(at, Math.min(at + wanted, this.#until - this.#from));
    if (bytes.length === wanted) return bytes;
    const text = `${this.kept.path} has become shorter while it was read; send it again`;
    throw new RequestError("not-read", text);
  }

  arrived(): void {
    // It is there to be read again.
  }

  async drain(): Promise<void> {
    // Nobody writes it.
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  /** Reads a block from `offset` on, of which the old one may have the beginning. */
  async #fill(offset: number): Promise<void> {
    const kept = offset >= this.#from && offset <= this.#until ? this.#until - offset : 0;
    const isNext = this.#position === offset + kept;
    const begin = isNext ? kept : 0;
    if (isNext) this.#block.copyWithin(0, offset - this.#from, this.#until - this.#from);
    this.#from = offset;
    this.#until = offset + begin;
    try {
      if (!isNext) await this.#file.seek(offset, Deno.SeekMode.Start);
      this.#position = undefined;
      while (this.#until - offset < BLOCK_BYTES) {
        const count = await this.#file.read(this.#block.subarray(this.#until - offset));
        if (count === null) break;
        this.#until += count;
      }
      this.#position = this.#until;
    } catch (error) {
      throw unreadable(this.kept.path, error);
    }
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
