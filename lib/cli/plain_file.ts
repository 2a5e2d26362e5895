/** Which files are read once, as the program starts, and which may be read again while a server runs. */

import type { NamedFile } from "../named/named_file.ts";
import { inertLine } from "../words/inert.js";
import { complain } from "./output.ts";

/** How files are read at the start: pipes, too, and who waits for one is told. */
export const READ_ONCE: Pick<NamedFile, "pipes" | "onWait"> = {
  pipes: true,
  onWait: tellOfWaiting,
};

/** Tells a person that nothing comes of a pipe until somebody writes into it. */
export function tellOfWaiting(path: string): void {
  complain(`Waiting for what somebody writes into the pipe ${inertLine(path)}`);
}

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
