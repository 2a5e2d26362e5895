/** Handles the signals that end a program, so that it can finish its work first. */

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
