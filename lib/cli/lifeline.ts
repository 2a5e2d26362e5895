/**
 * A pipe as stdin by which a server notices that the program that started it for itself has ended,
 * however that ended. It is not for users: a server that is not told of it never looks at stdin,
 * which may well be closed or /dev/null.
 */

import { readEnv } from "./flags.ts";

/** What the starting program sets in the server's environment, besides giving it a pipe as stdin. */
export const LIFELINE_ENV = { CHATROOM_LIFELINE: "stdin" } as const;

/** Settles when the other end of the lifeline has gone; `undefined` without one. */
export function lifelineEnd(): Promise<void> | undefined {
  return readEnv("CHATROOM_LIFELINE") === LIFELINE_ENV.CHATROOM_LIFELINE ? endOfStdin() : undefined;
}

async function endOfStdin(): Promise<void> {
  const bin = new Uint8Array(64);
  try {
    while (await Deno.stdin.read(bin) !== null);
  } catch {
    // A pipe that broke has ended too.
  }
}
