/** Which files may be read again while a server runs. */

/**
 * Whether a file can be read without waiting: at a pipe or a terminal, which was read at the start, a reader would
 * wait for ever. So can one that is not there: who reads it is told why not.
 */
export function isPlainFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return true;
  }
}
