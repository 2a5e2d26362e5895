/** Copies files out of a data directory, beside an export, and into one, beside an import. */

import type { UploadAsked } from "../chat/files/file_store.ts";
import type { SentFile } from "../wire/events.ts";
import { safeFileName } from "../words/files.js";
import { reasonOf } from "../wire/text.ts";
import { diskPaths, removeIfThere } from "./disk_paths.ts";
import { DiskStorage } from "./disk_storage.ts";
import { copyHashed, piecesOf, sha256Left } from "./file_pieces.ts";
import { KeptFiles } from "./kept_files.ts";
import { isPlain, openPlain } from "./plain_file.ts";

/** Nobody who is in a room: so no upload of anybody's goes on. */
export const IMPORTER = { owner: "account import", person: "account import" } as const;

/** What a file is called beside an export: by its id, since many may have the same name. */
export function exportedName({ id, name }: Pick<SentFile, "id" | "name">): string {
  return safeFileName(`${id}-${name}`);
}

/**
 * Copies a file of the data directory `dir` into the directory `to`, which is made if there is none. Resolves
 * with what is wrong if that can't be done, as a sentence without its full stop. One that is there already
 * is left as it is.
 */
export async function copyOut(
  dir: string,
  file: SentFile,
  to: string,
): Promise<string | undefined> {
  const path = `${to}/${exportedName(file)}`;
  const part = `${path}.part`;
  const told = `The file ${file.id} (${file.name})`;
  if (await hasBytes(path, file)) return undefined;
  try {
    await Deno.mkdir(to, { recursive: true, mode: 0o700 });
    // What an earlier one has left there, if that is what it is.
    await removeIfThere(part);
    using source = await openPlain(diskPaths(dir).blob(file.sha256));
    const found = await copyHashed(source, part);
    if (found !== file.sha256) return `${told} was changed on the disk: its SHA-256 is ${found}`;
    await Deno.link(part, path).catch((error) => renamed(error, part, path));
    return undefined;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      return `${path} is there already, and has other bytes; name another directory with --files`;
    }
    return `${told} can't be copied to ${to}: ${reasonOf(error)}`;
  } finally {
    await removeIfThere(part);
  }
}

/** Where there are no links, as on a stick: only whoever makes the same name meanwhile is overwritten. */
async function renamed(error: unknown, from: string, to: string): Promise<void> {
  if (error instanceof Deno.errors.AlreadyExists) throw error;
  await Deno.rename(from, to);
}

/** Whether a plain file of that size and hash is there. */
async function hasBytes(path: string, { size, sha256 }: SentFile): Promise<boolean> {
  try {
    if (!await isPlain(path)) return false;
    using file = await Deno.open(path);
    if ((await file.stat()).size !== size) return false;
    return await sha256Left(file) === sha256;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Takes files into a data directory. */
export interface FilesTaken extends AsyncDisposable {
  /** What is wrong with those that could not be taken, as sentences without their full stops. */
  readonly problems: readonly string[];
  /**
   * Takes a file, if its bytes are there and have its hash. Resolves with the file as the bytes are: its
   * size and its type.
   */
  take(file: SentFile): Promise<SentFile | undefined>;
}

/**
 * Takes files from the directory `from` into the data directory `dir`, which the caller has locked. What is
 * taken for a message that is not stored after all is removed by the server when it starts.
 */
export async function takeFiles(dir: string, from: string): Promise<FilesTaken> {
  const store = new KeptFiles({ storage: await DiskStorage.open({ dir }) });
  const problems: string[] = [];
  let count = 0;
  return {
    problems,
    async take(file): Promise<SentFile | undefined> {
      const path = `${from}/${exportedName(file)}`;
      try {
        return await taken(store, file, path, `import${++count}`);
      } catch (error) {
        problems.push(`${path} can't be taken: ${reasonOf(error)}`);
        return undefined;
      }
    },
    [Symbol.asyncDispose]: () => store.close(),
  };
}

async function taken(
  store: KeptFiles,
  file: SentFile,
  path: string,
  newId: string,
): Promise<SentFile> {
  using source = await openPlain(path);
  const { name, sha256 } = file;
  const { size } = await source.stat();
  const asked: UploadAsked = { ...IMPORTER, name, size, sha256 };
  const upload = await store.begin(asked, newId);
  try {
    // An import that was cut off has left what it had.
    await source.seek(upload.offset, Deno.SeekMode.Start);
    for await (const bytes of piecesOf(source)) await upload.write(bytes);
    const blob = await upload.finish(sha256);
    upload.settle();
    const { width: _, height: __, ...rest } = file;
    return { ...rest, ...blob };
  } catch (error) {
    await upload.cancel();
    throw error;
  }
}
