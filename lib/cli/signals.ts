/**
 * How a program learns that it should end or read its files again: signals, and a pipe whose other end
 * goes away.
 */

import { readEnv } from "./flags.ts";

/** Calls back for the first such signal; the next one ends the program at once. */
export function onSignals(
  callback: (signal: Deno.Signal) => void,
  unix: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"],
): Disposable {
  const signals = Deno.build.os === "windows" ? ["SIGINT", "SIGBREAK"] as const : unix;
  const listeners = signals.map((signal) => {
    const listener = (): void => {
      stop();
      callback(signal);
    };
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  const stop = (): void => {
    for (const remove of listeners.splice(0)) remove();
  };
  return { [Symbol.dispose]: stop };
}

/** Calls back for each SIGHUP until disposed of; meanwhile SIGHUP does not end the program. */
export function onHangUp(callback: () => void): Disposable {
  if (Deno.build.os === "windows") return { [Symbol.dispose]: () => {} };
  Deno.addSignalListener("SIGHUP", callback);
  return { [Symbol.dispose]: () => Deno.removeSignalListener("SIGHUP", callback) };
}

/**
 * Keeps a program without a terminal, as `nohup` starts it, running when a terminal closes. Deno resets
 * what `nohup` has set, so such a program has to listen for SIGHUP.
 */
export function outliveTerminal(): Disposable {
  return hasTerminal() ? { [Symbol.dispose]: () => {} } : onHangUp(() => {});
}

/** Whether this program reads from or writes to a terminal. */
export function hasTerminal(): boolean {
  return [Deno.stdin, Deno.stdout, Deno.stderr].some((stream) => stream.isTerminal());
}

/**
 * The starting program sets this in the server's environment, and gives it a pipe as stdin: so a server
 * notices that the program has ended, even if that was killed. It is not for users: without it a
 * server never reads stdin, which may be closed or /dev/null.
 */
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
