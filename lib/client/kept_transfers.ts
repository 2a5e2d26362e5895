/**
 * The transfers of files that go on when a person's client starts again: each client has a file with its
 * own in the folder of the settings, and locks it while it runs. What a client has left behind that is not
 * running any more, the next one of the same name on the same server takes over.
 */

import { nameKey } from "../words/names.js";
import { fileIn, fileProblem } from "./config_files.ts";
import type { KeptTransfer } from "./files/file_transfer.ts";

/** A longer file is none of ours, in bytes. */
const MAX_BYTES = 1_048_576;
/** The most files that are looked at. */
const MAX_FILES = 200;
/** What was left behind longer ago than this is not gone on with, in ms (7 days). */
const MAX_AGE_MS = 7 * 86_400_000;
/** The most servers of one file. */
const MAX_SERVERS = 16;
const ENDING = ".transfers";

/** A transfer that goes on in the next client. */
export type LeftTransfer = KeptTransfer & {
  /** Of a download: the room that the file was sent in, without which it can't be read. */
  readonly room?: string;
};

/** What a file has in it, on its first line. */
interface Entry {
  /** Its server, or several of one cluster with commas between them. */
  readonly server: string;
  readonly name: string;
  readonly kept: readonly LeftTransfer[];
}

/** A file that this client has locked. */
interface Held {
  readonly file: Deno.FsFile;
  readonly path: string;
}

/** The transfers of one client. */
export class KeptTransfers implements Disposable {
  readonly #dir: string;
  readonly #servers: readonly string[];
  /** The same, and those that earlier clients have had besides. */
  readonly #all: Set<string>;
  readonly #complain: (line: string) => void;
  #held: Held | undefined;
  #isBroken = false;

  /**
   * `dir` has the files; `servers` are those of one cluster, by each of which what is kept is found; `complain`
   * is told once if they can't be written.
   */
  constructor(dir: string, servers: readonly string[], complain: (line: string) => void) {
    this.#dir = dir;
    this.#servers = servers;
    this.#all = new Set(servers);
    this.#complain = complain;
  }

  /** Takes over what earlier clients of this name have left behind. It stays until {@linkcode keep}. */
  async take(name: string, now = Date.now()): Promise<LeftTransfer[]> {
    const found = new Map<string, LeftTransfer>();
    for (const path of this.#paths()) {
      const held = await lock(path);
      if (held === undefined) continue;
      const entry = read(held.file);
      const servers = entry?.server.split(",") ?? [];
      const isHere = servers.some((server) => this.#servers.includes(server));
      const isOurs = isHere && nameKey(entry?.name ?? "") === nameKey(name);
      for (const server of isOurs ? servers : []) this.#all.add(server);
      const isOld = now - (held.file.statSync().mtime?.getTime() ?? 0) > MAX_AGE_MS;
      if (!isOurs && !isOld) {
        held.file.close();
        continue;
      }
      if (!isOld) { for (const each of entry?.kept ?? []) found.set(keyOf(each), each); }
      // What several have left goes into one file before it goes from the others.
      if (this.#held === undefined && !isOld) this.#held = held;
      else {
        if (!isOld) this.keep(name, [...found.values()]);
        remove(held);
      }
    }
    return [...found.values()];
  }

  /** Keeps these from now on, and no others. What can't be kept is complained of once. */
  keep(name: string, kept: readonly LeftTransfer[]): void {
    if (this.#isBroken) return;
    if (kept.length === 0) return this.#forget();
    try {
      this.#held ??= this.#make();
      write(this.#held.file, { server: [...this.#all].slice(0, MAX_SERVERS).join(), name, kept });
    } catch (error) {
      this.#isBroken = true;
      const why = fileProblem(error as Error, "--allow-read --allow-write or -A, or --no-settings");
      const what = "Files that are under way do not go on when you start again";
      this.#complain(`${what}: they can't be kept in ${this.#dir}: ${why}`);
    }
  }

  [Symbol.dispose](): void {
    this.#held?.file.close();
    this.#held = undefined;
  }

  #forget(): void {
    if (this.#held !== undefined) remove(this.#held);
    this.#held = undefined;
  }

  #paths(): string[] {
    try {
      return [...Deno.readDirSync(this.#dir)].filter(({ name }) => name.endsWith(ENDING))
        .slice(0, MAX_FILES).map(({ name }) => fileIn(this.#dir, name));
    } catch {
      // Nothing was kept there.
      return [];
    }
  }

  #make(): Held {
    Deno.mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    const path = fileIn(this.#dir, crypto.randomUUID().slice(0, 13) + ENDING);
    const file = Deno.openSync(path, { read: true, write: true, createNew: true, mode: 0o600 });
    file.lockSync(true);
    return { file, path };
  }
}

/** What two records of one transfer have in common. */
function keyOf(kept: KeptTransfer): string {
  return kept.kind === "upload"
    ? `up ${kept.doneId}`
    : `down ${kept.file.id} ${JSON.stringify(kept.place)}`;
}

/** Locks a file; `undefined` if another client has it, or it can't be used. */
async function lock(path: string): Promise<Held | undefined> {
  let file: Deno.FsFile | undefined;
  try {
    file = await Deno.open(path, { read: true, write: true });
    if (await file.tryLock(true)) return { file, path };
  } catch {
    // It is gone, or not ours.
  }
  file?.close();
  return undefined;
}

function remove({ file, path }: Held): void {
  file.close();
  try {
    Deno.removeSync(path);
  } catch {
    // It is gone, or stays until it is old.
  }
}

/** The content of a file; `undefined` if it is none of ours. */
function read(file: Deno.FsFile): Entry | undefined {
  try {
    if (file.statSync().size > MAX_BYTES) return undefined;
    const bytes = new Uint8Array(MAX_BYTES);
    let length = 0;
    for (let count; (count = file.readSync(bytes.subarray(length))) !== null && count > 0;) {
      length += count;
    }
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length));
    const entry: Entry = JSON.parse(text.split("\n", 1)[0] ?? "");
    const isEntry = typeof entry.server === "string" && typeof entry.name === "string" &&
      Array.isArray(entry.kept) && entry.kept.every(isTransfer);
    return isEntry ? entry : undefined;
  } catch {
    return undefined;
  }
}

function isTransfer(kept: KeptTransfer): boolean {
  return kept.kind === "upload"
    ? typeof kept.path === "string" && typeof kept.doneId === "string" &&
      typeof kept.destination === "object"
    : kept.kind === "download" && typeof kept.file.id === "string" &&
      typeof kept.place === "object";
}

/** The line is whole before what is behind it goes: a client that ends in between leaves one to read. */
function write(file: Deno.FsFile, entry: Entry): void {
  const bytes = new TextEncoder().encode(`${JSON.stringify(entry)}\n`);
  file.seekSync(0, Deno.SeekMode.Start);
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
  file.truncateSync(bytes.length);
}
