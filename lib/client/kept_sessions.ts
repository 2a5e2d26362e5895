/**
 * The sessions by which the clients of this machine come in without a password: a file for each, with
 * the server, the name and the session's secret. A client locks its file while it runs, so that another
 * one on the same machine takes a session of its own.
 */

import { nameKey } from "../words/names.js";
import { fileIn, fileProblem } from "./config_files.ts";
import type { EarlierSession } from "./resume_options.ts";

/** The most files for one name on one server. */
const MAX_SLOTS = 8;
/** How many digits of a hash name a file. */
const HASH_LENGTH = 16;
/** A longer file is none of ours, in bytes. */
const MAX_BYTES = 4_096;

/** What a file has in it. */
interface Entry {
  readonly server: string;
  readonly name: string;
  readonly secret: string;
}

/** The file that this client has locked. */
interface Held {
  readonly file: Deno.FsFile;
  readonly path: string;
  readonly entry: Entry | undefined;
}

/** The session of one client, kept under the name that it goes by. */
export class KeptSession implements Disposable {
  readonly #dir: string;
  readonly #server: string;
  readonly #complain: (line: string) => void;
  #held: Held | undefined;

  /** `dir` has the files; `complain` is told if a session can't be kept. */
  constructor(dir: string, server: string, complain: (line: string) => void) {
    this.#dir = dir;
    this.#server = server;
    this.#complain = complain;
  }

  /**
   * The session to come in by; `undefined` if none is kept for the name. From then on its file is ours,
   * unless another client has it.
   */
  async find(name: string): Promise<EarlierSession | undefined> {
    this.#release();
    let others: Entry | undefined;
    for (const path of await this.#paths(name)) {
      const { held, entry } = await this.#open(path, name);
      if (entry !== undefined && held !== undefined) {
        this.#held = held;
        return { secret: entry.secret, beside: false };
      }
      held?.file.close();
      others ??= entry;
    }
    return others === undefined ? undefined : { secret: others.secret, beside: true };
  }

  /** Keeps the session that we have now. What can't be kept is complained of once. */
  async keep(name: string, secret: string): Promise<void> {
    const entry = { server: this.#server, name, secret };
    const before = this.#held?.entry;
    if (before !== undefined && nameKey(before.name) !== nameKey(name)) this.#release();
    else if (before?.secret === secret) return;
    try {
      this.#held ??= await this.#take(name);
      if (this.#held === undefined) return;
      write(this.#held.file, entry);
      this.#held = { ...this.#held, entry };
    } catch (error) {
      const why = fileProblem(error as Error, "--allow-read --allow-write or -A, or --no-settings");
      this.#complain(`This device's session can't be kept in ${this.#dir}: ${why}`);
    }
  }

  /** The session is over, or its name is anybody's. */
  forget(): void {
    const path = this.#held?.path;
    this.#release();
    if (path === undefined) return;
    try {
      Deno.removeSync(path);
    } catch {
      // It is gone, or of no use to anybody.
    }
  }

  [Symbol.dispose](): void {
    this.#release();
  }

  #release(): void {
    this.#held?.file.close();
    this.#held = undefined;
  }

  /** Where the sessions of a name may be. */
  async #paths(name: string): Promise<string[]> {
    const text = new TextEncoder().encode(`${this.#server}\n${nameKey(name)}`);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", text)).toHex();
    const base = fileIn(this.#dir, hash.slice(0, HASH_LENGTH));
    return Array.from({ length: MAX_SLOTS }, (_, n) => `${base}-${n + 1}`);
  }

  /** Reads a file, and locks it if nobody else has. */
  async #open(path: string, name: string): Promise<{ held?: Held; entry?: Entry }> {
    let file: Deno.FsFile | undefined;
    try {
      file = await Deno.open(path, { read: true, write: true });
      const isOurs = await file.tryLock(true);
      const entry = read(file);
      const fits = entry?.server === this.#server && nameKey(entry.name) === nameKey(name);
      const found = fits ? { entry } : {};
      if (isOurs) return { ...found, held: { file, path, entry } };
      file.close();
      return found;
    } catch {
      // There is none, or it can't be used.
      file?.close();
      return {};
    }
  }

  /** A file that no client has; `undefined` if there are as many as may be. */
  async #take(name: string): Promise<Held | undefined> {
    await Deno.mkdir(this.#dir, { recursive: true, mode: 0o700 });
    for (const path of await this.#paths(name)) {
      const how = { read: true, write: true, create: true, mode: 0o600 } as const;
      const file = await Deno.open(path, how);
      if (await file.tryLock(true)) return { file, path, entry: undefined };
      file.close();
    }
    return undefined;
  }
}

/** The content of a file; `undefined` if it is none of ours. */
function read(file: Deno.FsFile): Entry | undefined {
  const buffer = new Uint8Array(MAX_BYTES);
  let length = 0;
  for (let count; (count = file.readSync(buffer.subarray(length))) !== null && count > 0;) {
    length += count;
  }
  // Throws for what is not UTF-8, which is none of ours.
  const text = new TextDecoder("utf-8", { fatal: true }).decode(buffer.subarray(0, length));
  const [server = "", name = "", secret = "", end] = text.split("\n");
  return end === "" && secret !== "" ? { server, name, secret } : undefined;
}

function write(file: Deno.FsFile, { server, name, secret }: Entry): void {
  const bytes = new TextEncoder().encode(`${server}\n${name}\n${secret}\n`);
  file.seekSync(0, Deno.SeekMode.Start);
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
  file.truncateSync(bytes.length);
}
