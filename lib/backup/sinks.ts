/** What a backup is written into: a directory, or a tar. Nothing has its name before it is whole. */

import { dirname } from "node:path";
import { createHash } from "node:crypto";
import { makePrivateShelf, syncDirectory } from "../files/disk_paths.ts";
import { copyHashed, piecesOf, writeWhole } from "../files/file_pieces.ts";
import { openPlain } from "../files/plain_file.ts";
import { StoreError } from "../store/faults.ts";
import { reasonOf } from "../wire/text.ts";
import { DATABASE } from "./layout.ts";
import { lstatIfThere, notWritten, type Staging } from "./staging.ts";

/** What has become of a file that was taken. */
export interface TakenFile {
  /** In bytes. */
  readonly size: number;
  /** Its SHA-256, where it was read and not linked. */
  readonly sha256?: string;
}

/** Takes files, and then makes a backup of them. */
export interface BackupSink extends AsyncDisposable {
  /** Whether all files of messages are links to those of the data directory, and none had to be copied. */
  readonly isLinked: boolean;
  /** Takes a file. Rejects with `NotFound` when it is gone, and with a `StoreError` when it can't be taken. */
  take(name: string, path: string): Promise<TakenFile>;
  /** Leaves out a file that was taken, if it still can. */
  drop(name: string): Promise<void>;
  /** Takes the database in the stage, and a note, and gives all of it its name. Rejects with a `StoreError`. */
  finish(note: { readonly name: string; readonly text: string }): Promise<void>;
}

/** A directory, with links to the files where the disk is the same. */
export function directorySink(stage: Staging, target: string): BackupSink {
  const folders = new Set([stage.path]);
  let copies = 0;
  const placeOf = async (name: string): Promise<string> => {
    const path = `${stage.path}/${name}`;
    const folder = dirname(path);
    if (!folders.has(folder)) {
      await makePrivateShelf(folder);
      folders.add(folder).add(`${stage.path}/files`);
    }
    return path;
  };
  return {
    get isLinked() {
      return copies === 0;
    },
    async take(name, path): Promise<TakenFile> {
      const { size } = await reading(path, () => plainInfo(path));
      const to = await writing(target, () => placeOf(name));
      // What may change is no link: what a server writes anew would be in the backup, too.
      const isBlob = name.startsWith("files/");
      if (isBlob && await isLinkedTo(path, to)) return { size };
      if (isBlob) copies++;
      using source = await reading(path, () => openPlain(path));
      return {
        size,
        sha256: await writing(target, () => copyHashed(source, to, { isSynced: true })),
      };
    },
    drop: (name) => Deno.remove(`${stage.path}/${name}`),
    finish: ({ name, text }) =>
      writing(target, async () => {
        await writeSynced(`${stage.path}/${name}`, text);
        await syncFile(`${stage.path}/${DATABASE}`);
        for (const folder of folders) await syncDirectory(folder);
        // A rename would take the place of an empty directory that somebody has made meanwhile.
        if (await lstatIfThere(target) !== undefined) throw isThere(target);
        await stage.rename(target);
        await syncDirectory(dirname(target));
      }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** A tar. Whoever reads it needs no order, so files come first, and what says that it is whole last. */
export async function tarSink(stage: Staging, target: string): Promise<BackupSink> {
  const part = `${stage.path}/backup.tar`;
  const tar = await writing(target, () => openTar(part));
  const take = async (name: string, path: string): Promise<TakenFile> => {
    using source = await reading(path, () => openPlain(path));
    const { size } = await source.stat();
    const hash = createHash("sha256");
    const entry = tar.add(name, size);
    let count = 0;
    for await (const bytes of piecesOf(source)) {
      count += bytes.length;
      if (count > size) break;
      hash.update(bytes);
      // The tar may be behind, and so this memory can't be used again.
      await writing(target, () => entry.write(bytes.slice()));
    }
    if (count !== size) throw new StoreError(`${path} was changed while it was read; try again`);
    await writing(target, () => entry.close());
    return { size, sha256: hash.digest("hex") };
  };
  return {
    isLinked: false,
    take,
    // It is in no message, and is left out when the backup is put back.
    drop: () => Promise.resolve(),
    async finish({ name, text }): Promise<void> {
      await take(DATABASE, `${stage.path}/${DATABASE}`);
      await writing(target, async () => {
        const bytes = new TextEncoder().encode(text);
        const entry = tar.add(name, bytes.length);
        await entry.write(bytes);
        await entry.close();
        await tar.end();
        await giveName(part, target);
        await syncDirectory(dirname(target));
      });
    },
    [Symbol.asyncDispose]: () => tar[Symbol.asyncDispose](),
  };
}

/** Takes the bytes of an entry. */
interface TarEntryWriter {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** A tar that is being written. */
interface OpenTar extends AsyncDisposable {
  /** Begins an entry of so many bytes, when the one before has ended. */
  add(name: string, size: number): TarEntryWriter;
  /** Resolves when all of it is on the disk. */
  end(): Promise<void>;
}

async function openTar(path: string): Promise<OpenTar> {
  // Loaded for nothing else.
  const { createTarPacker } = await import("modern-tar");
  const file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  const { readable, controller } = createTarPacker();
  const sink = new WritableStream({
    write: (bytes: Uint8Array) => writeWhole(file, bytes),
    close: () => file.sync(),
  });
  let isEnded = false;
  const written = readable.pipeTo(sink);
  // Whoever writes an entry is told that it can't go on, and this says why.
  written.catch(() => {});
  const orWhy = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } catch {
      await written;
    }
  };
  return {
    add(name, size): TarEntryWriter {
      const entry = controller.add({ name, size, mode: 0o600, mtime: new Date(), type: "file" })
        .getWriter();
      // They reject as well, and nobody looks at them.
      entry.closed.catch(() => {});
      entry.ready.catch(() => {});
      return {
        write: (bytes) => orWhy(entry.write(bytes)),
        close: () => orWhy(entry.close()),
      };
    },
    async end(): Promise<void> {
      isEnded = true;
      controller.finalize();
      await written;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      if (!isEnded) controller.error(new Error("It was given up"));
      await written.catch(() => {});
      file.close();
    },
  };
}

/** What is said of a place that is taken. */
export function isThere(target: string): StoreError {
  return new StoreError(`${target} is there already, and is not overwritten; name another place`);
}

/** Does what writes to `target`; what fails rejects with a `StoreError`. */
async function writing<T>(target: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw notWritten(target, error);
  }
}

/** Does what reads `path`; what fails rejects with a `StoreError`, or with `NotFound` when it is gone. */
async function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw error;
    throw new StoreError(`${path} can't be read (${reasonOf(error)}); let this user read it`);
  }
}

async function plainInfo(path: string): Promise<Deno.FileInfo> {
  const info = await Deno.lstat(path);
  if (!info.isFile) throw new Error("it is no plain file");
  return info;
}

/** Makes a link to a file; false where that can't be, as on another disk. */
async function isLinkedTo(path: string, to: string): Promise<boolean> {
  try {
    await Deno.link(path, to);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw error;
    return false;
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  await writeWhole(file, new TextEncoder().encode(text));
  await file.sync();
}

async function syncFile(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.sync();
}

/** Where there are no links, as on a stick: only what somebody makes meanwhile is overwritten. */
async function giveName(part: string, target: string): Promise<void> {
  try {
    await Deno.link(part, target);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw isThere(target);
    await Deno.rename(part, target);
  }
}
