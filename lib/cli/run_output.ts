/** What a command has written: its last lines, as people are shown them, and all of it for a file. */

import { stripVTControlCharacters } from "node:util";
import type { UploadSource } from "../client/files/upload_source.ts";
import { inertLine, replaceHidden } from "../words/inert.js";
import { isSecret } from "../words/secret.js";

/** How many of the last lines are shown. */
export const SHOWN_LINES = 20;
/** A line is cut after so many letters. */
const MOST_LETTERS = 200;
/** So much of a line is looked at, in UTF-16 units: what steers a terminal takes room, and is left out. */
const MOST_UNITS = 4_000;
/** How much of a log is kept on disk, and how much where there is none; the last part of it, in bytes. */
const MOST_ON_DISK = 268_435_456;
const MOST_IN_MEMORY = 1_048_576;

/** What stands for a line that no server takes. */
const SECRET_LINE = "(left out, as it may hold a password)";

/** The last lines of what comes. */
export class LastLines {
  /** Complete ones, the newest last. */
  #lines: string[] = [];
  #count = 0;
  /** The beginning of the one that is not complete. */
  #open = "";
  readonly #decoders = new Map<string, TextDecoder>();

  /** Takes what has come by one of the ways, which have letters of their own. */
  push(bytes: Uint8Array, way: string): void {
    const decoder = this.#decoders.get(way) ?? new TextDecoder();
    this.#decoders.set(way, decoder);
    const parts = decoder.decode(bytes, { stream: true }).split("\n");
    parts[0] = this.#open + (parts[0] ?? "");
    this.#open = shortened(parts.pop() ?? "");
    this.#count += parts.length;
    if (parts.length === 0) return;
    this.#lines = [...this.#lines, ...parts.slice(-SHOWN_LINES).map(shortened)].slice(-SHOWN_LINES);
  }

  /** How many there were, also of those that are no longer here. */
  get count(): number {
    return this.#count + (this.#open === "" ? 0 : 1);
  }

  /** Each safe to show, and cut where it is long. */
  shown(): string[] {
    const open = this.#open === "" ? [] : [this.#open];
    return [...this.#lines, ...open].slice(-SHOWN_LINES).map(shownLine);
  }
}

/** What is kept of a line. One that was written over, as progress is, is what it was last. */
function shortened(line: string): string {
  const end = line.endsWith("\r") ? line.length - 2 : line.length;
  const over = end < 0 ? -1 : line.lastIndexOf("\r", end);
  return line.slice(over + 1, over + 1 + MOST_UNITS);
}

function shownLine(line: string): string {
  const plain = replaceHidden(
    stripVTControlCharacters(line),
    (hidden) => hidden === "\t" ? "    " : "",
  );
  const letters = [...plain];
  const cut = letters.length > MOST_LETTERS ? `${letters.slice(0, MOST_LETTERS).join("")}…` : plain;
  // The message has it between two of these.
  const shown = inertLine(cut).trimEnd().replaceAll("```", "'''");
  return isSecret(shown) ? SECRET_LINE : shown;
}

/**
 * All that a command has written, in a file that only we can open, or else the last part of it in
 * memory. What is older than it holds is written over.
 */
export class RunLog implements Disposable {
  #file: Deno.FsFile | undefined;
  #path: string | undefined;
  #memory: Uint8Array<ArrayBuffer> | undefined;
  readonly #most: number;
  /** Where what is kept begins and ends, of all that came. */
  #from = 0;
  #total = 0;

  /** `most`: how much of it is kept on disk, in bytes. */
  constructor(most = MOST_ON_DISK) {
    this.#most = most;
    try {
      this.#path = Deno.makeTempFileSync({ prefix: "chatroom-run-" });
      this.#file = Deno.openSync(this.#path, { read: true, write: true });
      // Nothing stays behind then, however we end. Windows keeps files that are open.
      if (Deno.build.os !== "windows") this.#remove();
    } catch {
      this.#toMemory();
    }
  }

  /** All that came, in bytes. */
  get total(): number {
    return this.#total;
  }

  /** How much of it is kept: the last part. */
  get kept(): number {
    return Math.min(this.#total - this.#from, this.#size);
  }

  /** Never throws: what can't be kept on disk is kept in part. */
  write(bytes: Uint8Array): void {
    const last = bytes.subarray(-this.#size);
    try {
      this.#put(last, this.#total + bytes.length - last.length);
    } catch {
      this.#toMemory();
      this.#from = this.#total;
      const less = bytes.subarray(-this.#size);
      this.#put(less, this.#total + bytes.length - less.length);
    }
    this.#total += bytes.length;
  }

  /** The last part of it as a file, of so many bytes at most. Nothing may be written any more. */
  source(name: string, most: number): UploadSource {
    const size = Math.min(this.kept, most);
    const begin = this.#total - size;
    return {
      name,
      size,
      read: (offset, wanted) => {
        const bytes = new Uint8Array(Math.max(0, Math.min(wanted, size - offset)));
        this.#get(bytes, begin + offset);
        return Promise.resolve(bytes);
      },
      arrived: () => {},
      drain: () => Promise.resolve(),
      [Symbol.dispose]: () => {},
    };
  }

  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = undefined;
    this.#remove();
  }

  get #size(): number {
    return this.#memory?.length ?? this.#most;
  }

  #toMemory(): void {
    this[Symbol.dispose]();
    this.#memory = new Uint8Array(MOST_IN_MEMORY);
  }

  #remove(): void {
    if (this.#path === undefined) return;
    try {
      Deno.removeSync(this.#path);
    } catch {
      // Somebody else has tidied up.
    }
    this.#path = undefined;
  }

  /** Writes what begins at `at` of all that comes. */
  #put(bytes: Uint8Array, at: number): void {
    this.#parts(bytes, at, (part, place) => {
      if (this.#memory !== undefined) return void this.#memory.set(part, place);
      this.#file?.seekSync(place, Deno.SeekMode.Start);
      for (let done = 0; done < part.length;) {
        done += this.#file?.writeSync(part.subarray(done)) ?? part.length;
      }
    });
  }

  #get(bytes: Uint8Array, at: number): void {
    this.#parts(bytes, at, (part, place) => {
      if (this.#memory !== undefined) {
        return part.set(this.#memory.subarray(place, place + part.length));
      }
      this.#file?.seekSync(place, Deno.SeekMode.Start);
      for (let done = 0; done < part.length;) {
        const count = this.#file?.readSync(part.subarray(done));
        if (!count) throw new Error("The log has become shorter");
        done += count;
      }
    });
  }

  /** What lies in one piece where it is kept. */
  #parts(bytes: Uint8Array, at: number, each: (part: Uint8Array, place: number) => void): void {
    for (let done = 0; done < bytes.length;) {
      const place = (at + done) % this.#size;
      const part = bytes.subarray(done, done + this.#size - place);
      each(part, place);
      done += part.length;
    }
  }
}
