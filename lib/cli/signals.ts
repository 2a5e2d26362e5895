/** The signals that end a program, for one that has something to finish first. */

/** Calls back for the first signal that ends a program; the next one ends it at once. */
export function onSignals(callback: (signal: Deno.Signal) => void): Disposable {
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
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
