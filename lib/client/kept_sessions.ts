/**
 * The sessions by which the clients of this machine come in without a password: a file for each, with
 * the servers, the name and the session's secret. A client locks its file while it runs, so that another
 * one on the same machine takes a session of its own.
 *
 * Where a person has named several servers, which are one cluster, a session is found by any of them. It is
 * not found by what a server says of itself, such as its epoch: each could say that of another, and be shown
 * the secret. Nor by addresses that a server has told of, since the person has not named those.
 */

import { utf8Length } from "../wire/text.ts";
import { nameKey } from "../words/names.js";
import { fileIn, fileProblem } from "./config_files.ts";
import type { EarlierSession } from "./resume_options.ts";

/** The most files for one name on one server. */
const MAX_SLOTS = 8;
/** The most files that are looked at for what is kept under another of the servers. */
const MAX_FILES = 500;
/** The most servers of one session. */
const MAX_SERVERS = 16;
/** How many digits of a hash name a file. */
const HASH_LENGTH = 16;
/** A longer file is none of ours, in bytes: it has room for as many servers whose names are the longest of DNS. */
const MAX_BYTES = 8_192;

/** What a file has in it. */
interface Entry {
  /** Those by which it is found, one at least. */
  readonly servers: readonly string[];
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
  readonly #servers: readonly string[];
  readonly #complain: (line: string) => void;
  #held: Held | undefined;

  /**
   * `dir` has the files; `servers` are those of one cluster, one at least; `complain` is told if a session
   * can't be kept.
   */
  constructor(dir: string, servers: readonly string[], complain: (line: string) => void) {
    this.#dir = dir;
    this.#servers = servers;
    this.#complain = complain;
  }

  /**
   * The session to come in by; `undefined` if none is kept for the name. From then on its file is ours,
   * unless another client has it.
   */
  async find(name: string): Promise<EarlierSession | undefined> {
    this.#release();
    let others: Entry | undefined;
    for await (const path of this.#placesOf(name)) {
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
    const before = this.#held?.entry;
    const all = [...this.#servers, ...before?.secret === secret ? before.servers : []];
    const entry = { servers: mostServers([...new Set(all)], name, secret), name, secret };
    if (before !== undefined && nameKey(before.name) !== nameKey(name)) this.#release();
    else if (before?.secret === secret && isSame(before.servers, entry.servers)) return;
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

  /** Where the sessions of a name may be: by each of the servers, and then by others of the same cluster. */
  async *#placesOf(name: string): AsyncGenerator<string> {
    const seen = new Set<string>();
    for (const server of this.#servers) {
      for (const path of await this.#paths(server, name)) {
        seen.add(path);
        yield path;
      }
    }
    for (const path of filesIn(this.#dir)) if (!seen.has(path)) yield path;
  }

  /** Where the sessions of a name are that are kept by a server. */
  async #paths(server: string, name: string): Promise<string[]> {
    const text = new TextEncoder().encode(`${server}\n${nameKey(name)}`);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", text)).toHex();
    const base = fileIn(this.#dir, hash.slice(0, HASH_LENGTH));
    return Array.from({ length: MAX_SLOTS }, (_, n) => `${base}-${n + 1}`);
  }

  /** Reads a file and, if it is for the name and nobody else has it, locks it. */
  async #open(path: string, name: string): Promise<{ held?: Held; entry?: Entry }> {
    let file: Deno.FsFile | undefined;
    try {
      file = await Deno.open(path, { read: true, write: true });
      // A lock, however short, would tell the client of another name that somebody has its session.
      const seen = this.#fitting(file, name);
      if (seen !== undefined && await file.tryLock(true)) {
        file.seekSync(0, Deno.SeekMode.Start);
        const entry = this.#fitting(file, name);
        if (entry !== undefined) return { entry, held: { file, path, entry } };
      }
      file.close();
      return seen === undefined ? {} : { entry: seen };
    } catch {
      // There is none, or it can't be used.
      file?.close();
      return {};
    }
  }

  /** What a file has in it, if that is for the name and one of our servers. */
  #fitting(file: Deno.FsFile, name: string): Entry | undefined {
    const entry = read(file);
    const isHere = entry?.servers.some((server) => this.#servers.includes(server)) ?? false;
    return isHere && nameKey(entry?.name ?? "") === nameKey(name) ? entry : undefined;
  }

  /** A file that no client has; `undefined` if there are as many as may be. */
  async #take(name: string): Promise<Held | undefined> {
    await Deno.mkdir(this.#dir, { recursive: true, mode: 0o700 });
    for (const path of await this.#paths(this.#servers[0] ?? "", name)) {
      const how = { read: true, write: true, create: true, mode: 0o600 } as const;
      const file = await Deno.open(path, how);
      if (await file.tryLock(true)) return { file, path, entry: undefined };
      file.close();
    }
    return undefined;
  }
}

/** As many of the servers as are kept with a session, in their order: of what is no address some may not fit. */
function mostServers(servers: readonly string[], name: string, secret: string): string[] {
  let room = MAX_BYTES - encoded({ servers: [], name, secret }).length;
  return servers.slice(0, MAX_SERVERS).filter((server) => {
    const bytes = utf8Length(`${server},`);
    if (bytes > room) return false;
    room -= bytes;
    return true;
  });
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((each) => others.includes(each));
}

function filesIn(dir: string): string[] {
  try {
    return [...Deno.readDirSync(dir)].slice(0, MAX_FILES).map(({ name }) => fileIn(dir, name));
  } catch {
    // Nothing was kept there.
    return [];
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
  const [servers = "", name = "", secret = "", end] = text.split("\n");
  return end === "" && secret !== "" ? { servers: servers.split(","), name, secret } : undefined;
}

function encoded({ servers, name, secret }: Entry): Uint8Array {
  return new TextEncoder().encode(`${servers.join()}\n${name}\n${secret}\n`);
}

function write(file: Deno.FsFile, entry: Entry): void {
  const bytes = encoded(entry);
  file.seekSync(0, Deno.SeekMode.Start);
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
  file.truncateSync(bytes.length);
}
