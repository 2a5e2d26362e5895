/**
 * Puts a backup back into a data directory that no server uses. All of it is unpacked and looked at in a
 * folder there, and only then takes its place; the file `boot` of before is not among it, so the server
 * begins a new epoch at its start, and tells clients that numbers begin anew.
 */

import { resolve } from "node:path";
import { namesIn, syncDirectory } from "../files/disk_paths.ts";
import { databasePath, lockDirectory, openReader } from "../store/directory.ts";
import { StoreError } from "../store/faults.ts";
import { clusterOf } from "../store/of_cluster.ts";
import { makePrivateDirectory } from "../store/private.ts";
import { reasonOf } from "../wire/text.ts";
import { DATABASE } from "./layout.ts";
import { lstatIfThere, notWritten, openStaging, STAGE_LOCK } from "./staging.ts";
import { unpackBackup, type UnpackedBackup, type UnpackOptions } from "./unpack.ts";

/** What to put back, and where. */
export interface RestoreOptions extends UnpackOptions {
  /** A directory or a tar. */
  readonly backup: string;
  /** The data directory; made if there is none. */
  readonly dir: string;
  /** Where what is in the data directory is moved to; `undefined`: there must be nothing. */
  readonly aside: string | undefined;
  /** Takes what is damaged, too. */
  readonly isDamagedTaken: boolean;
  /** Told of what others may see of the data directory, in a sentence. */
  readonly onProblem: (text: string) => void;
}

/** What was put back. */
export interface Restored extends UnpackedBackup {
  /** Whether something was moved aside. */
  readonly isMoved: boolean;
}

/** The folder in the data directory in which a backup is unpacked. */
const PART = "restore.part";

/** Puts it back, as a whole or not at all. Rejects with a `StoreError`. */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { backup, dir, aside, onProblem } = options;
  checkApart(dir, backup, aside);
  const isNew = await lstatIfThere(dir) === undefined;
  let isDone = false;
  try {
    using _lock = lockIn(dir, onProblem);
    const restored = await putBack(options);
    isDone = true;
    return restored;
  } finally {
    if (isNew && !isDone) await Deno.remove(dir, { recursive: true }).catch(() => {});
  }
}

/** Makes the data directory if there is none, and locks it. Throws a `StoreError`. */
function lockIn(dir: string, onProblem: (text: string) => void): Disposable {
  try {
    const warning = makePrivateDirectory(dir);
    if (warning !== undefined) onProblem(warning);
    return lockDirectory(dir);
  } catch (error) {
    throw notWritten(dir, error);
  }
}

/** Puts it back into a directory that is locked. */
async function putBack(options: RestoreOptions): Promise<Restored> {
  const { backup, dir, aside, isDamagedTaken } = options;
  const before = await othersIn(dir);
  if (before.length > 0 && aside === undefined) {
    throw new StoreError(
      `${dir} is not empty: it has ${before.slice(0, 3).join(", ")}${
        before.length > 3 ? " …" : ""
      }; --aside DIR ` +
        "moves what is there to DIR, or name another directory with --data",
    );
  }
  await using stage = await openStaging(`${dir}/${PART}`);
  const unpacked = await unpackBackup(backup, stage.path, options);
  const [problem, ...more] = unpacked.problems;
  if (problem !== undefined && !isDamagedTaken) {
    const rest = more.length === 0 ? "" : `, and ${more.length} more problems`;
    throw new StoreError(
      `${backup} is damaged: ${problem}${rest}; put another backup back, or take it as it is with --damaged`,
    );
  }
  checkCluster(dir, unpacked, before);
  if (before.length > 0 && aside !== undefined) await moveAside(dir, before, aside);
  await moveIn(stage.path, dir);
  return { ...unpacked, isMoved: before.length > 0 };
}

/** What is in a directory besides what any restore has there. */
async function othersIn(dir: string): Promise<string[]> {
  return (await namesIn(dir)).filter((name) => name !== STAGE_LOCK && name !== PART);
}

/** Throws where one of the places is in another one, and would be moved with it. */
function checkApart(dir: string, backup: string, aside: string | undefined): void {
  const within = (path: string): boolean => {
    const [outer, inner] = [dir, path].map((each) => `${resolve(each).replaceAll("\\", "/")}/`);
    return inner?.startsWith(outer ?? "") === true;
  };
  if (within(backup)) {
    throw new StoreError(`${backup} is in the data directory ${dir}; move it elsewhere first`);
  }
  if (aside !== undefined && within(aside)) {
    throw new StoreError(`--aside ${aside} is in the data directory; name a place beside it`);
  }
}

/** Throws where a node of a cluster would get what its cluster does not go on from. */
function checkCluster(dir: string, { cluster }: UnpackedBackup, before: readonly string[]): void {
  if (!before.includes(DATABASE)) return;
  let there: string | undefined;
  try {
    using db = openReader(dir, 1);
    there = clusterOf(db);
  } catch {
    // It is to be replaced because it can't be read, as may well be.
    return;
  }
  if (there === undefined || there === cluster) return;
  const what = cluster === undefined ? "a server by itself" : `the cluster ${cluster}`;
  throw new StoreError(
    `${dir} is of a node of the cluster ${there}, and the backup of ${what}, from which that node can't go on; ` +
      "name another directory with --data",
  );
}

async function moveAside(dir: string, names: readonly string[], aside: string): Promise<void> {
  const there = await lstatIfThere(aside);
  if (there !== undefined && (!there.isDirectory || (await namesIn(aside)).length > 0)) {
    throw new StoreError(`${aside} is there already, and is not empty; name another place`);
  }
  const moved: string[] = [];
  try {
    await Deno.mkdir(aside, { recursive: true, mode: 0o700 });
    for (const name of names) {
      await Deno.rename(`${dir}/${name}`, `${aside}/${name}`);
      moved.push(name);
    }
    await syncDirectory(aside);
  } catch (error) {
    for (const name of moved) await Deno.rename(`${aside}/${name}`, `${dir}/${name}`);
    if (there === undefined) await Deno.remove(aside).catch(() => {});
    throw new StoreError(
      `What is in ${dir} can't be moved to ${aside} (${
        reasonOf(error)
      }); name a place on the same disk ` +
        "that this user can write to",
    );
  }
}

/** Moves what was unpacked to its place, the database last: while that is not there, nothing is. */
async function moveIn(part: string, dir: string): Promise<void> {
  try {
    for (const name of await namesIn(part)) {
      if (name === DATABASE || name === STAGE_LOCK) continue;
      await Deno.rename(`${part}/${name}`, `${dir}/${name}`);
    }
    await Deno.rename(`${part}/${DATABASE}`, databasePath(dir));
    await syncDirectory(dir);
  } catch (error) {
    throw notWritten(dir, error);
  }
}
