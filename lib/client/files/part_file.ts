/**
 * Saves a file that comes. Until all of it is there and right it has a name of its own, with which it goes
 * on after a restart; then it gets the wanted one, or one with a number: it never takes another's place.
 */

import { createHash } from "node:crypto";
import type { SentFile } from "../../wire/events.ts";
import { safeFileName, savedFileName } from "../../words/files.js";
import { fileIn } from "../config_files.ts";
import { RequestError } from "../conversation.ts";
import { reasonOf } from "../../wire/text.ts";
import type { DownloadTarget } from "./downloader.ts";
import type { SavePlace } from "./file_transfer.ts";

/** How much is read back at once, in bytes. */
const BLOCK_BYTES = 262_144;
/** How many bytes are brought to the disk while more of them come. */
const SYNC_BYTES = 16_777_216;
/** How many letters of a file's id tell its part from others. */
const ID_LETTERS = 12;
/** The highest number behind a name. */
const MAX_NUMBER = 9_999;

/**
 * Opens the part of a file that is to be saved. Rejects with a `RequestError` (`not-saved`) if it can't be
 * written, if another program fetches it, or if there is a file already at the very path that was given.
 */
export async function openPart(file: SentFile, place: SavePlace): Promise<DownloadTarget<string>> {
  const target = "path" in place ? place.path : fileIn(place.folder, savedFileName(file.name));
  const path = `${target}.${safeFileName(file.id).slice(0, ID_LETTERS)}.part`;
  try {
    if ("path" in place && await isThere(place.path)) throw inTheWay(place.path);
    const part = await openOwn(path);
    if (await part.tryLock(true)) return new PartFile(part, path, { target, place });
    part.close();
    throw new RequestError("not-saved", `${file.name} is being fetched to ${path} already`);
  } catch (error) {
    throw unsaved(path, error);
  }
}

/**
 * The path of a file in `folder` that is this one: with its name, or that and a number, and the same
 * content; `undefined` if there is none.
 */
export async function savedBefore(file: SentFile, folder: string): Promise<string | undefined> {
  const target = fileIn(folder, savedFileName(file.name));
  for (let number = 1; number <= MAX_NUMBER; number++) {
    const path = numbered(target, number);
    const info = await Deno.lstat(path).catch(() => undefined);
    if (info === undefined) return undefined;
    if (!info.isFile || info.size !== file.size) continue;
    // One that can't be read is taken for another.
    if (await hashOf(path).catch(() => "") === file.sha256) return path;
  }
  return undefined;
}

/** What a part is to become. */
interface PartWish {
  readonly target: string;
  readonly place: SavePlace;
}

class PartFile implements DownloadTarget<string> {
  readonly #part: Deno.FsFile;
  /** Bytes that were written since some were last on their way to the disk. */
  #unsynced = 0;
  #syncing: Promise<void> | undefined;
  #syncFailure: { readonly error: unknown } | undefined;
  readonly #path: string;
  readonly #wish: PartWish;

  constructor(part: Deno.FsFile, path: string, wish: PartWish) {
    this.#part = part;
    this.#path = path;
    this.#wish = wish;
  }

  async readBack(take: (bytes: Uint8Array) => void): Promise<number> {
    return await this.#orUnsaved(() => readThrough(this.#part, take));
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#orUnsaved(async () => {
      for (let at = 0; at < bytes.length;) at += await this.#part.write(bytes.subarray(at));
    });
    this.#unsynced += bytes.length;
    if (this.#unsynced < SYNC_BYTES || this.#syncing !== undefined) return;
    this.#unsynced = 0;
    this.#syncing = this.#syncBeside().finally(() => this.#syncing = undefined);
  }

  async finish(): Promise<string> {
    return await this.#orUnsaved(async () => {
      await this.#syncing;
      // The system tells of that once, and not to whoever asks at the end.
      if (this.#syncFailure !== undefined) throw this.#syncFailure.error;
      await this.#part.syncData();
      return await this.#place();
    });
  }

  async empty(): Promise<void> {
    await this.#orUnsaved(async () => {
      await this.#part.truncate(0);
      await this.#part.seek(0, Deno.SeekMode.Start);
    });
  }

  async discard(): Promise<void> {
    await this.#orUnsaved(() => Deno.remove(this.#path));
  }

  [Symbol.dispose](): void {
    this.#part.close();
  }

  /** Brings what is written to the disk while more is, so that little is left to do at the end. */
  async #syncBeside(): Promise<void> {
    try {
      using part = await Deno.open(this.#path, { read: true, write: true });
      await part.syncData();
    } catch (error) {
      this.#syncFailure ??= { error };
    }
  }

  /** Gives it the name that it will have, or the first with a number that is free. */
  async #place(): Promise<string> {
    const { target, place } = this.#wish;
    for (let number = 1; number <= MAX_NUMBER; number++) {
      const path = numbered(target, number);
      try {
        await rename(this.#path, path);
        return path;
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
        if ("path" in place) throw inTheWay(path);
      }
    }
    throw new Error(`there are ${MAX_NUMBER} files of that name`);
  }

  async #orUnsaved<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw unsaved(this.#path, error);
    }
  }
}

/** Gives a whole file another name, at which there is nothing at any time but all of it. */
async function rename(from: string, to: string): Promise<void> {
  try {
    await Deno.link(from, to);
  } catch (error) {
    const { AlreadyExists, NotFound } = Deno.errors;
    if (error instanceof AlreadyExists || error instanceof NotFound) throw error;
    return await renameOver(from, to);
  }
  // It is saved, even if its old name can't be taken away.
  await Deno.remove(from).catch(() => {});
}

/** The same on a disk without links: an empty file keeps the name from others until then. */
async function renameOver(from: string, to: string): Promise<void> {
  (await Deno.open(to, { write: true, createNew: true })).close();
  try {
    await Deno.rename(from, to);
  } catch (error) {
    // Empty, it would look like the file.
    await Deno.remove(to).catch(() => {});
    throw error;
  }
}

/** The path itself for 1, else with the number before the ending: `plan (2).pdf`. */
function numbered(path: string, number: number): string {
  if (number === 1) return path;
  const [, stem = path, ending = ""] = /^(.*?[^/\\.])((?:\.tar)?\.[^./\\]{1,16})$/s.exec(path) ??
    [];
  return `${stem} (${number})${ending}`;
}

/** Opens a file that is new, or one that we have made earlier: no link, which could lead anywhere. */
async function openOwn(path: string): Promise<Deno.FsFile> {
  const made = await openNew(path);
  if (made !== undefined) return made;
  const info = await Deno.lstat(path);
  if (!info.isFile) throw new Error("there is something else of that name");
  if ((info.nlink ?? 1) === 1) return await Deno.open(path, { read: true, write: true });
  // It is saved already, and its old name was left behind; what is written there would be written into it.
  await Deno.remove(path);
  return await openNew(path) ?? await openOwn(path);
}

/** Makes a file; `undefined` if there is one. */
async function openNew(path: string): Promise<Deno.FsFile | undefined> {
  try {
    return await Deno.open(path, { read: true, write: true, createNew: true, mode: 0o666 });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return undefined;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function readThrough(
  file: Deno.FsFile,
  take: (bytes: Uint8Array) => void,
): Promise<number> {
  const block = new Uint8Array(BLOCK_BYTES);
  let length = 0;
  for (let count; (count = await file.read(block)) !== null; length += count) {
    take(block.subarray(0, count));
  }
  return length;
}

async function hashOf(path: string): Promise<string> {
  using file = await Deno.open(path);
  const hash = createHash("sha256");
  await readThrough(file, (bytes) => hash.update(bytes));
  return hash.digest("hex");
}

function inTheWay(path: string): RequestError {
  const text = `${path} is there already, and is not overwritten; choose another name`;
  return new RequestError("not-saved", text);
}

function unsaved(path: string, error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  return new RequestError("not-saved", `${path} can't be written: ${reasonOf(error)}`);
}
