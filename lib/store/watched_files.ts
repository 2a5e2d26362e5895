/**
 * Whether the files of a store are still those that were opened. One that was removed, replaced or cut
 * under a running server takes what is written, and nobody gets it back.
 */

import { reasonOf } from "./faults.ts";

const DATABASE = "chatroom.db";
/** The log of the database has all that was stored last; `boot` and `lock` keep others' hands off. */
const BESIDE = [`${DATABASE}-wal`, "boot", "lock"] as const;

interface Seen {
  readonly dev: number;
  readonly ino: number | null;
  readonly size: number;
}

/** Looks at the files of one directory. */
export class WatchedFiles {
  readonly #dir: string;
  readonly #seen = new Map<string, Seen>();

  /** Takes the files as they are now for those that were opened. */
  constructor(dir: string) {
    this.#dir = dir;
    this.all();
  }

  /** What has become of the database, in a sentence, if it is not as it was; a few microseconds' work. */
  database(): string | undefined {
    return this.#look(DATABASE);
  }

  /** The same of all files. */
  all(): string | undefined {
    for (const name of [DATABASE, ...BESIDE]) {
      const trouble = this.#look(name);
      if (trouble !== undefined) return trouble;
    }
    return undefined;
  }

  #look(name: string): string | undefined {
    const path = `${this.#dir}/${name}`;
    const before = this.#seen.get(name);
    let now: Deno.FileInfo;
    try {
      now = Deno.statSync(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) {
        return `${path} can't be looked at (${reasonOf(error)})`;
      }
      return before === undefined ? undefined : `${path} was removed`;
    }
    const { dev, ino, size } = now;
    if (before !== undefined && (before.dev !== dev || before.ino !== ino)) {
      return `${path} was replaced by another file`;
    }
    // The log is cut by whoever writes it into the database, which itself never shrinks.
    if (before !== undefined && name === DATABASE && size < before.size) {
      return `${path} was cut from ${before.size} to ${size} bytes`;
    }
    this.#seen.set(name, { dev, ino, size });
    return undefined;
  }
}
