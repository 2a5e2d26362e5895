/**
 * Keeps other users of the machine away from the files of a data directory. The files contain direct
 * messages and hashes of passwords, and anybody who can open the lock file can keep a server from
 * starting.
 */

import { StoreError } from "./faults.ts";
import { reasonOf } from "../wire/text.ts";

/** Modes of files and directories that only the owner may use. */
const PRIVATE = 0o600;
const PRIVATE_DIRECTORY = 0o700;
/** Bits of a mode that let other users write, and that let them look. */
const OTHERS_WRITE = 0o022;
const OTHERS_LOOK = 0o055;

/** Windows has no modes. */
const hasModes = Deno.build.os !== "windows";

/**
 * Makes a data directory if there is none. Returns a warning if other users can look into it. Throws a
 * {@linkcode StoreError} if they can write to it, since they could then replace the files.
 */
export function makePrivateDirectory(dir: string): string | undefined {
  Deno.mkdirSync(dir, { recursive: true, mode: PRIVATE_DIRECTORY });
  const { mode } = Deno.statSync(dir);
  if (!hasModes || mode === null) return undefined;
  const shown = (mode & 0o777).toString(8);
  if ((mode & OTHERS_WRITE) !== 0) {
    throw new StoreError(
      `other users of this machine can write to ${dir} (its mode is ${shown}): say chmod go-w ` +
        `${dir}, or name a directory in it that is not there yet, which is made for you alone`,
    );
  }
  if ((mode & OTHERS_LOOK) === 0) return undefined;
  return `Other users of this machine can look into ${dir} (its mode is ${shown}); its files are ` +
    `closed to them, and chmod 700 ${dir} closes all of it`;
}

/**
 * Makes a private file whatever the umask is, or makes an existing one private. Throws the system's
 * errors.
 */
export function makePrivate(path: string): void {
  Deno.openSync(path, { create: true, write: true, mode: PRIVATE }).close();
  closeToOthers(path);
}

/** Writes a file that is private before it has any content. Throws the system's errors. */
export function writePrivate(path: string, text: string): void {
  makePrivate(path);
  Deno.writeTextFileSync(path, text);
}

/** `Deno.statSync`, or `undefined` if there is no such file. */
export function statIfThere(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Makes a file private if it exists. Throws a {@linkcode StoreError} if it can't. */
export function closeToOthers(path: string): void {
  if (!hasModes) return;
  try {
    const mode = statIfThere(path)?.mode ?? PRIVATE;
    if ((mode & 0o777) !== PRIVATE) Deno.chmodSync(path, PRIVATE);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw new StoreError(
      `${path} can't be closed to other users of this machine (${reasonOf(error)}); let this ` +
        "user own it",
    );
  }
}
