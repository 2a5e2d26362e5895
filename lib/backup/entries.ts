/** Reads what is in a backup. A tar may be from anywhere: nothing in it is believed, and no path is followed. */

import { namesIn } from "../files/disk_paths.ts";
import { piecesOf } from "../files/file_pieces.ts";
import { openPlain } from "../files/plain_file.ts";
import { StoreError } from "../store/faults.ts";
import { reasonOf } from "../wire/text.ts";
import { blobEntry, DATABASE, isFolderOfEntries, kindOfEntry, NOTE_FILE } from "./layout.ts";
import { OWN_FILES } from "./layout.ts";

/** A file in a backup. */
export interface BackupEntry {
  /** A name that `kindOfEntry` knows. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** To be read to its end before the next entry is asked for; each piece only until the next one. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** The files of a backup, be it a directory or a tar. Throws a `StoreError`. */
export async function backupEntries(path: string): Promise<AsyncIterable<BackupEntry>> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch (error) {
    throw error instanceof Deno.errors.NotFound
      ? new StoreError(`There is no ${path}; name a backup that chatroom backup has made`)
      : notRead(path, error);
  }
  if (info.isDirectory) return entriesOfDirectory(path);
  if (info.isFile) return entriesOfTar(path);
  throw new StoreError(`${path} is neither a directory nor a file, so it is no backup`);
}

/** What else is in a directory is left alone: somebody may have started a server on it. */
async function* entriesOfDirectory(path: string): AsyncGenerator<BackupEntry> {
  for (const name of [DATABASE, NOTE_FILE, ...OWN_FILES]) yield* entryAt(path, name);
  for (const shelf of await namesOrError(`${path}/files`)) {
    if (!/^[0-9a-f]{2}$/.test(shelf)) continue;
    for (const sha256 of await namesOrError(`${path}/files/${shelf}`)) {
      const name = `files/${shelf}/${sha256}`;
      if (kindOfEntry(name) !== undefined) yield* entryAt(path, blobEntry(sha256));
    }
  }
}

async function namesOrError(path: string): Promise<string[]> {
  try {
    return await namesIn(path);
  } catch (error) {
    throw notRead(path, error);
  }
}

/** The file of a directory, if it is there. */
async function* entryAt(path: string, name: string): AsyncGenerator<BackupEntry> {
  let file: Deno.FsFile;
  try {
    file = await openPlain(`${path}/${name}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw notRead(`${path}/${name}`, error);
  }
  using open = file;
  const { size } = await open.stat();
  yield { name, size, bytes: orTold(piecesOf(open), (error) => notRead(`${path}/${name}`, error)) };
}

async function* entriesOfTar(path: string): AsyncGenerator<BackupEntry> {
  // Loaded for nothing else.
  const { createTarDecoder } = await import("modern-tar");
  const noTar = (error: unknown): StoreError =>
    new StoreError(
      `${path} can't be read as a tar (${
        reasonOf(error)
      }): it is cut off, damaged, packed, or no tar`,
    );
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    throw notRead(path, error);
  }
  try {
    for await (
      const { header, body } of file.readable.pipeThrough(createTarDecoder({ strict: true }))
    ) {
      const name = header.name.replace(/^(?:\.\/)+(?=.)/, "").replace(/(?<=.)\/+$/, "");
      if (header.type === "directory" && isFolderOfEntries(name)) {
        await body.cancel();
        continue;
      }
      if (header.type !== "file" || kindOfEntry(name) === undefined) {
        await body.cancel();
        throw new StoreError(
          `${path} is no backup of ours: it has a ${header.type} ${JSON.stringify(header.name)}`,
        );
      }
      yield { name, size: header.size, bytes: orTold(body, noTar) };
    }
  } catch (error) {
    throw error instanceof StoreError ? error : noTar(error);
  }
}

/** The same pieces; what fails throws what `tell` makes of it. */
async function* orTold(
  pieces: AsyncIterable<Uint8Array>,
  tell: (error: unknown) => StoreError,
): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (error) {
    throw tell(error);
  }
}

function notRead(path: string, error: unknown): StoreError {
  return new StoreError(`${path} can't be read (${reasonOf(error)}); let this user read it`);
}
