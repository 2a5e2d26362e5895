/** The signals that end a program, for one that has something to finish first. */

/** Calls back for the first signal that ends a program; the next one ends it at once. */
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
