/**
 * The file `control` of a data directory: where a server that runs on it takes commands, and the token
 * that these have to know. It is there while the server runs; one that was killed leaves it behind.
 */

import { writePrivate } from "./private.ts";

const FILE = "control";

/** Where a server takes commands. */
export interface ControlPlace {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly token: string;
}

/** Writes it, private and in one step, in the place of any that is there. Throws what the system throws. */
export function writeControl(dir: string, { port, token }: ControlPlace): void {
  const path = `${dir}/${FILE}`;
  writePrivate(`${path}.new`, `${port} ${token}\n`);
  Deno.renameSync(`${path}.new`, path);
}

/** What it says; `undefined`: there is none that can be read, or nothing in it that could be meant. */
export function readControl(dir: string): ControlPlace | undefined {
  let text: string;
  try {
    // A pipe would be waited for.
    if (!Deno.statSync(`${dir}/${FILE}`).isFile) return undefined;
    text = Deno.readTextFileSync(`${dir}/${FILE}`);
  } catch {
    return undefined;
  }
  const [, port, token] = /^(\d{1,5}) ([0-9a-f]{64})\n$/.exec(text) ?? [];
  return token === undefined ? undefined : { port: Number(port), token };
}

/** Takes it away at the end of the server that has written it. */
export function removeControl(dir: string): void {
  try {
    Deno.removeSync(`${dir}/${FILE}`);
  } catch {
    // A file that stays behind names a port at which nobody knows its token.
  }
}
