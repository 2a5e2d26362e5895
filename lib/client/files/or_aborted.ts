/** Waits for something unless that is given up. */

/** Settles as `promise` does, or rejects with the signal's reason when it aborts first. */
export async function orAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  // Nobody looks at it any more when that throws.
  promise.catch(() => {});
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
