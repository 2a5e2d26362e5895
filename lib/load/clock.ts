/** The clock of a load: whole microseconds (µs), so that a time fits into a message. */

/** Microseconds since this process began. */
export function micros(): number {
  return Math.floor(performance.now() * 1_000);
}

/** Waits for `ms`, or until the signal aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const over = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener("abort", over);
  });
}
