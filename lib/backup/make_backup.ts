/**
 * Makes a backup of a data directory, whether a server runs on it or not. The database is copied as of one
 * moment; its files never change, and go only after the messages that brought them. So the files are taken
 * first, then the database, and then what that knows of and was not taken yet: what is gone by then was let
 * go of in between, and the database is copied once more.
 */

import { basename, dirname, resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { diskPaths } from "../files/disk_paths.ts";
import { sha256Left } from "../files/file_pieces.ts";
import { checkStore } from "../store/check.ts";
import { copyStore } from "../store/copy_store.ts";
import { databasePath, openReader } from "../store/directory.ts";
import { explained, isNoRoom, isOfDatabase, StoreError } from "../store/faults.ts";
import { blobsKept, eachBlob } from "../store/files.ts";
import { clusterOf } from "../store/of_cluster.ts";
import { openForReading } from "../store/schema.ts";
import { blobEntry, DATABASE, NOTE_FILE, OWN_FILES } from "./layout.ts";
import { writtenBackupNote } from "./note.ts";
import { type BackupSink, directorySink, isThere, tarSink } from "./sinks.ts";
import { lstatIfThere, notWritten, openStaging, type Staging } from "./staging.ts";

/** What to back up. */
export interface BackupOptions {
  /** The data directory. */
  readonly dir: string;
  /** The directory to make, or with `.tar` at its end the file. */
  readonly target: string;
  /** The version of this program. */
  readonly by: string;
  /** For tests: called when the files are taken, and when the database is copied, for the nth time. */
  readonly onStep?: (step: "files" | "database", attempt: number) => Promise<void>;
}

/** What a backup has. */
export interface BackupReport {
  readonly target: string;
  /** When the database was copied; ISO 8601. */
  readonly made: string;
  readonly messages: number;
  readonly rooms: number;
  readonly databaseBytes: number;
  readonly files: number;
  readonly fileBytes: number;
  /** Whether the files are links to those of the data directory, and take no room. */
  readonly isLinked: boolean;
  /** The cluster that the data are a node's of. */
  readonly cluster: string | undefined;
  /** How many files of a node are on others alone, and not in the backup. */
  readonly elsewhere: number;
  /** What is wrong with the data directory, and so with the backup: sentences without a full stop. */
  readonly problems: readonly string[];
}

/** How often the database is copied while files go; each time there is less to go. */
const MOST_COPIES_OF_DATABASE = 10;
/** How many files that are missing or changed are told one by one. */
const MOST_TOLD = 20;

/** Makes it, whole or not at all. Rejects with a `StoreError`. */
export async function makeBackup(options: BackupOptions): Promise<BackupReport> {
  const { dir } = options;
  const target = options.target.replace(/(?<=.)[/\\]+$/, "");
  await checkTarget(dir, target);
  await using stage = await openStaging(`${target}.part`);
  await using sink = isTar(target) ? await tarSink(stage, target) : directorySink(stage, target);
  try {
    return await gather({ ...options, target }, stage, sink);
  } catch (error) {
    throw explained(error, databasePath(dir));
  }
}

/** Whether a backup of that name is a tar. */
export function isTar(target: string): boolean {
  return /\.tar$/i.test(target);
}

async function checkTarget(dir: string, target: string): Promise<void> {
  // Says what is wrong with the data directory before anything else does.
  openReader(dir, 1).close();
  try {
    if (await lstatIfThere(target) !== undefined) throw isThere(target);
    const own = await Deno.realPath(dir);
    const place = `${await Deno.realPath(dirname(resolve(target)))}/${basename(target)}`;
    if (!place.replaceAll("\\", "/").startsWith(`${own.replaceAll("\\", "/")}/`)) return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw notWritten(target, error);
    throw new StoreError(
      `There is no directory ${dirname(target)} to make ${basename(target)} in; make it first`,
    );
  }
  throw new StoreError(
    `${target} is in the data directory ${dir}; a backup is of more use elsewhere, best on another disk`,
  );
}

async function gather(
  { dir, target, by, onStep = () => Promise.resolve() }: BackupOptions,
  stage: Staging,
  sink: BackupSink,
): Promise<BackupReport> {
  const taking = new Taking(dir, sink);
  await taking.takeAll(blobsOf(dir));
  for (const name of OWN_FILES) await takeIfThere(sink, name, `${dir}/${name}`);
  const database = `${stage.path}/${DATABASE}`;
  let made = "";
  for (let attempt = 1;; attempt++) {
    await onStep("files", attempt);
    made = new Date().toISOString();
    await copyDatabase(dir, database, target);
    await onStep("database", attempt);
    await taking.takeAll(blobsOf(stage.path));
    if (taking.missing.size === 0 || attempt === MOST_COPIES_OF_DATABASE) break;
    // What no message has any more was let go of since the copy was made; all else is lost.
    if (!hasGone(dir, [...taking.missing])) break;
    await Deno.remove(database);
  }
  const found = await lookAt(database);
  await taking.leaveOut(found.blobs);
  const note = { made, by, database: found.sha256 };
  await sink.finish({ name: NOTE_FILE, text: writtenBackupNote(note) });
  const { files, fileBytes } = taking;
  const { messages, rooms, databaseBytes, cluster } = found;
  // A node fetches a file from the others when somebody there wants it.
  const elsewhere = cluster === undefined ? 0 : taking.missing.size;
  if (cluster !== undefined) taking.missing.clear();
  const problems = [...found.problems, ...taking.problems(found.blobs)];
  const { isLinked } = sink;
  return {
    ...{ target, made, messages, rooms, databaseBytes, cluster, elsewhere },
    ...{ files, fileBytes, isLinked, problems },
  };
}

/** The files that are taken from a data directory. */
class Taking {
  /** Those that the database has last named, and that are not there. */
  readonly missing = new Set<string>();
  readonly #dir: string;
  readonly #sink: BackupSink;
  /** What is wrong with those that are there, by their hashes; most often nothing. */
  readonly #taken = new Map<string, string | undefined>();
  readonly #sizes = new Map<string, number>();

  constructor(dir: string, sink: BackupSink) {
    this.#dir = dir;
    this.#sink = sink;
  }

  get files(): number {
    return this.#sizes.size;
  }

  get fileBytes(): number {
    let bytes = 0;
    for (const size of this.#sizes.values()) bytes += size;
    return bytes;
  }

  /** Takes what was not taken yet. */
  async takeAll(blobs: ReadonlyMap<string, number>): Promise<void> {
    const { blob } = diskPaths(this.#dir);
    this.missing.clear();
    for (const [sha256, size] of blobs) {
      if (this.#taken.has(sha256)) continue;
      const taken = await takeIfThere(this.#sink, blobEntry(sha256), blob(sha256));
      if (taken === undefined) {
        this.missing.add(sha256);
        continue;
      }
      const { sha256: found = sha256 } = taken;
      const isCut = taken.size !== size && `has ${taken.size} bytes and not ${size}`;
      const wrong = isCut || found !== sha256 && `was changed: its SHA-256 is ${found}`;
      this.#taken.set(sha256, wrong || undefined);
      this.#sizes.set(sha256, taken.size);
    }
  }

  /** Leaves out what was taken and belongs to no message of the copy. */
  async leaveOut(needed: ReadonlyMap<string, number>): Promise<void> {
    for (const sha256 of this.#sizes.keys()) {
      if (needed.has(sha256)) continue;
      await this.#sink.drop(blobEntry(sha256));
      this.#sizes.delete(sha256);
    }
  }

  /** What is wrong with those that are needed. */
  problems(needed: ReadonlyMap<string, number>): string[] {
    const all: string[] = [];
    for (const sha256 of needed.keys()) {
      const wrong = this.missing.has(sha256) ? "is missing" : this.#taken.get(sha256);
      if (wrong !== undefined) all.push(`the file ${sha256} ${wrong}`);
    }
    const more = all.length - MOST_TOLD;
    return more > 0 ? [...all.slice(0, MOST_TOLD), `and ${more} more of this kind`] : all;
  }
}

async function takeIfThere(
  sink: BackupSink,
  name: string,
  path: string,
): Promise<{ readonly size: number; readonly sha256?: string } | undefined> {
  try {
    return await sink.take(name, path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The files that the messages in a directory have brought, and their sizes. */
function blobsOf(dir: string): Map<string, number> {
  using db = openReader(dir, 1);
  return sizesOf(db);
}

function sizesOf(db: DatabaseSync): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { sha256, size } of eachBlob(db)) sizes.set(sha256, size);
  return sizes;
}

/** Whether messages have let go of one of these files. */
function hasGone(dir: string, sha256s: readonly string[]): boolean {
  using db = openReader(dir);
  return blobsKept(db, sha256s).size < sha256s.length;
}

/** Copies the database. What is wrong with the place of the copy is not told of as damage. */
async function copyDatabase(dir: string, to: string, target: string): Promise<void> {
  try {
    await copyStore(dir, to);
  } catch (error) {
    throw isOfDatabase(error) && !isNoRoom(error)
      ? explained(error, databasePath(dir))
      : notWritten(target, error);
  }
}

/** What is in the copy of a database, and what is wrong with it. */
async function lookAt(path: string): Promise<
  Pick<BackupReport, "messages" | "rooms" | "databaseBytes" | "cluster" | "problems"> & {
    readonly blobs: Map<string, number>;
    readonly sha256: string;
  }
> {
  // Before SQLite has it open: to close the file takes its locks away.
  const sha256 = await hashOfFile(path);
  using db = openForReading(path, false, 1);
  const { messages, rooms, bytes, problems } = checkStore(db, { quick: true });
  const [blobs, cluster] = [sizesOf(db), clusterOf(db)];
  return { messages, rooms, databaseBytes: bytes, cluster, problems, blobs, sha256 };
}

/** The SHA-256 of a file, in hexadecimal. */
export async function hashOfFile(path: string): Promise<string> {
  using file = await Deno.open(path);
  return await sha256Left(file);
}
