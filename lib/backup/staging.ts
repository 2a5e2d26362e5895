/**
 * Where a backup is gathered until it is whole: a folder beside the place that it is for, as that with
 * `.part` behind it. One that was cut off leaves it behind, and the next one begins with it anew.
 */

import { namesIn } from "../files/disk_paths.ts";
import { InUseError, lockDirectory } from "../store/directory.ts";
import { isNoRoom, StoreError } from "../store/faults.ts";
import { reasonOf } from "../wire/text.ts";

/** A folder that nobody else gathers in meanwhile. It goes when it is disposed of. */
export interface Staging extends AsyncDisposable {
  readonly path: string;
  /** Gives it another name, under which it stays. Rejects with what the system says. */
  rename(to: string): Promise<void>;
}

/** The file in it by which it is locked, and known as ours. */
export const STAGE_LOCK = "lock";

/** Makes the folder, or takes over one that was left behind. Rejects with a `StoreError`. */
export async function openStaging(path: string): Promise<Staging> {
  let lock: Disposable | undefined;
  try {
    await takeAway(path);
    await Deno.mkdir(path, { mode: 0o700 });
    lock = lockDirectory(path);
  } catch (error) {
    throw notWritten(path, error);
  }
  const unlock = (): void => {
    lock?.[Symbol.dispose]();
    lock = undefined;
  };
  let isOurs = true;
  return {
    path,
    async rename(to): Promise<void> {
      // Windows renames no folder in which a file is open.
      if (Deno.build.os === "windows") unlock();
      await Deno.rename(path, to);
      isOurs = false;
      await Deno.remove(`${to}/${STAGE_LOCK}`);
      unlock();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      if (Deno.build.os === "windows") unlock();
      if (isOurs) await Deno.remove(path, { recursive: true }).catch(() => {});
      unlock();
    },
  };
}

/** Removes a folder that was left behind, and nothing else that may be in its place. */
async function takeAway(path: string): Promise<void> {
  const there = await lstatIfThere(path);
  if (there === undefined) return;
  if (!there.isDirectory) {
    throw new StoreError(`${path} is in the way, and is no folder of ours; move it away`);
  }
  const names = await namesIn(path);
  if (names.length > 0 && !names.includes(STAGE_LOCK)) {
    throw new StoreError(
      `${path} is in the way, and has no ${STAGE_LOCK} of ours in it; move it away`,
    );
  }
  try {
    using _lock = lockDirectory(path);
  } catch (error) {
    if (!(error instanceof InUseError)) throw error;
    throw new StoreError(`Another program is at work in ${path}; wait until that is done`);
  }
  await Deno.remove(path, { recursive: true });
}

/** What is there, be it a link that leads nowhere; `undefined`: nothing. */
export async function lstatIfThere(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The sentence for a place that can't be written. An error that is one already stays as it is. */
export function notWritten(path: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const why = reasonOf(error);
  if (isNoRoom(error)) {
    return new StoreError(
      `There is no room on the disk for ${path} (${why}); make room, or name another place`,
    );
  }
  return new StoreError(
    `${path} can't be written (${why}); let this user write there, or name another place`,
  );
}
