/**
 * What keeps the files of a data directory from other users of the machine: direct messages and the
 * hashes of passwords are in them, and who holds the lock keeps a server from starting.
 */

import { reasonOf, StoreError } from "./faults.ts";

/** What only the owner may read and write. */
const PRIVATE = 0o600;
const PRIVATE_DIRECTORY = 0o700;
/** Bits of a mode that let other users write, and that let them look. */
const OTHERS_WRITE = 0o022;
const OTHERS_LOOK = 0o055;

/** Where modes mean something. */
const hasModes = Deno.build.os !== "windows";

/**
 * Makes a data directory where there is none. Returns what is to be said of one that others can look
 * into. Throws a {@linkcode StoreError} for one that others can write to: they could put anything in
 * the place of what is kept there.
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

/** Makes a file, or one that is there, private, whatever the umask is. Throws what the system throws. */
export function makePrivate(path: string): void {
  Deno.openSync(path, { create: true, write: true, mode: PRIVATE }).close();
  closeToOthers(path);
}

/** Writes a file that is private from the beginning. Throws what the system throws. */
export function writePrivate(path: string, text: string): void {
  makePrivate(path);
  Deno.writeTextFileSync(path, text);
}

/** What the system says of a file; `undefined`: it is not there. */
export function statIfThere(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Lets only the owner have a file. What is not there need not be closed. */
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
