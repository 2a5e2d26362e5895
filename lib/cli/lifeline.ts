/**
 * A pipe as stdin, by which a server notices that the program that started it has ended, even if that
 * was killed. It is not for users: without the variable below a server never reads stdin, which may
 * be closed or /dev/null.
 */

import { readEnv } from "./flags.ts";

/** The starting program sets this in the server's environment, and gives it a pipe as stdin. */
export const LIFELINE_ENV = { CHATROOM_LIFELINE: "stdin" } as const;

/** Resolves when the other end of the lifeline has gone; `undefined`: there is none. */
export function lifelineEnd(): Promise<void> | undefined {
  return readEnv("CHATROOM_LIFELINE") === LIFELINE_ENV.CHATROOM_LIFELINE ? endOfStdin() : undefined;
}

async function endOfStdin(): Promise<void> {
  const bin = new Uint8Array(64);
  try {
    while (await Deno.stdin.read(bin) !== null);
  } catch {
    // A broken pipe has ended too.
  }
}
