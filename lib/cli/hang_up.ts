/**
 * SIGHUP: a terminal that closes sends it, and who runs a server, to have files read again. Deno resets
 * what `nohup` has set, so a program that is to go on has to listen.
 */

/** Calls back for each SIGHUP, which ends the program no more, until disposed. */
export function onHangUp(callback: () => void): Disposable {
  if (Deno.build.os === "windows") return { [Symbol.dispose]: () => {} };
  Deno.addSignalListener("SIGHUP", callback);
  return { [Symbol.dispose]: () => Deno.removeSignalListener("SIGHUP", callback) };
}

/** Lets a program without a terminal, as `nohup` starts it, go on when a terminal closes. */
export function outliveTerminal(): Disposable {
  return hasTerminal() ? { [Symbol.dispose]: () => {} } : onHangUp(() => {});
}

/** Whether somebody at a terminal sees what this program says, or types what it reads. */
export function hasTerminal(): boolean {
  return [Deno.stdin, Deno.stdout, Deno.stderr].some((stream) => stream.isTerminal());
}
