/** One server at a time on a data directory. */

import { makePrivate } from "./private.ts";
import { StoreError } from "./schema.ts";

/** Thrown for a directory that another process has. */
export class InUseError extends StoreError {}

/**
 * Locks a directory until it is disposed of or the process ends, however it ends. Reading the
 * database remains possible. Throws an {@linkcode InUseError} when another process has the lock.
 */
export async function lockDirectory(dir: string): Promise<Disposable> {
  const path = `${dir}/lock`;
  // Whoever can open it can hold it.
  makePrivate(path);
  const file = await Deno.open(path, { write: true });
  if (!await file.tryLock(true)) {
    file.close();
    throw new InUseError(
      `another program is using ${dir}, such as a server; stop it, or name another directory ` +
        "with --data",
    );
  }
  return { [Symbol.dispose]: () => file.close() };
}
