/**
 * SIGHUP: a terminal sends it when it closes, and an operator to make a server read files again. Deno
 * resets what `nohup` has set, so a program that should outlive its terminal has to listen.
 */

/** Calls back for each SIGHUP until disposed of; meanwhile SIGHUP does not end the program. */
export function onHangUp(callback: () => void): Disposable {
  if (Deno.build.os === "windows") return { [Symbol.dispose]: () => {} };
  Deno.addSignalListener("SIGHUP", callback);
  return { [Symbol.dispose]: () => Deno.removeSignalListener("SIGHUP", callback) };
}

/** Keeps a program without a terminal, as `nohup` starts it, running when a terminal closes. */
export function outliveTerminal(): Disposable {
  return hasTerminal() ? { [Symbol.dispose]: () => {} } : onHangUp(() => {});
}

/** Whether this program reads from or writes to a terminal. */
export function hasTerminal(): boolean {
  return [Deno.stdin, Deno.stdout, Deno.stderr].some((stream) => stream.isTerminal());
}
