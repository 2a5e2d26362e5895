/** Checks the files of a data directory: each blob that a message refers to is there, and as it was. */

import { blobsOn, type DiskPaths, diskPaths, namesIn } from "./disk_paths.ts";
import { sha256Left } from "./file_pieces.ts";
import { reasonOf } from "../wire/text.ts";

/** A blob that a message refers to. */
export interface NeededBlob {
  readonly sha256: string;
  readonly size: number;
}

/** How to check. */
export interface CheckFilesOptions {
  /** Compares sizes only, and does not read the blobs. */
  readonly quick?: boolean;
  /**
   * What a blob with something wrong is to people, as the rest of a sentence. `undefined`: it is not needed
   * any more; while a server runs, its last message may go in the meantime.
   */
  readonly describe?: (sha256: string) => string | undefined;
}

/** What a check of files found. */
export interface FilesReport {
  /** The blobs that are needed and there, and their bytes. */
  readonly files: number;
  readonly fileBytes: number;
  /** A sentence for each problem, without the full stop. */
  readonly problems: readonly string[];
  /** Sentences about what is no problem, without the full stop. */
  readonly notes: readonly string[];
}

/** How many problems are listed one by one. */
const MAX_TOLD = 20;

/** Checks the files of a data directory against what its messages need. Changes nothing. */
export async function checkFiles(
  dir: string,
  needed: Iterable<NeededBlob>,
  { quick = false, describe = () => "" }: CheckFilesOptions = {},
): Promise<FilesReport> {
  const paths = diskPaths(dir);
  const problems: string[] = [];
  const known = new Set<string>();
  let files = 0;
  let fileBytes = 0;
  let more = 0;
  for (const blob of needed) {
    known.add(blob.sha256);
    const wrong = await wrongWith(blob, paths, quick);
    if (wrong === undefined) {
      files++;
      fileBytes += blob.size;
      continue;
    }
    const what = describe(blob.sha256);
    if (what === undefined) continue;
    if (problems.length < MAX_TOLD) problems.push(`the file ${blob.sha256} ${wrong}${what}`);
    else more++;
  }
  if (more > 0) problems.push(`and ${more} more of this kind`);
  const notes = [await unneeded(paths, known), await unfinished(paths)];
  return { files, fileBytes, problems, notes: notes.filter((note) => note !== undefined) };
}

/** What is wrong with a blob, as the rest of a sentence; `undefined`: nothing. */
async function wrongWith(
  { sha256, size }: NeededBlob,
  { blob }: DiskPaths,
  quick: boolean,
): Promise<string | undefined> {
  try {
    const there = await Deno.lstat(blob(sha256));
    if (!there.isFile) return "is no plain file";
    if (there.size !== size) return `has ${there.size} bytes and not ${size}`;
    if (quick) return undefined;
    using file = await Deno.open(blob(sha256));
    const found = await sha256Left(file);
    return found === sha256 ? undefined : `was changed: its SHA-256 is ${found}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "is missing";
    return `can't be read: ${reasonOf(error)}`;
  }
}

async function unneeded(paths: DiskPaths, known: ReadonlySet<string>): Promise<string | undefined> {
  let count = 0;
  for await (const sha256s of blobsOn(paths)) {
    count += sha256s.filter((sha256) => !known.has(sha256)).length;
  }
  if (count === 0) return undefined;
  return `${count} ${count === 1 ? "file is" : "files are"} in no message; the server removes ` +
    "such files when it starts";
}

async function unfinished({ parts }: DiskPaths): Promise<string | undefined> {
  const count = (await namesIn(parts)).filter((name) => name.endsWith(".json")).length;
  if (count === 0) return undefined;
  return `${count} ${
    count === 1 ? "upload is" : "uploads are"
  } not finished, and may go on for 24 ` +
    "hours after the last bytes came";
}
