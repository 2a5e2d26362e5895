// @ts-check
/** Waits for something unless that is given up. */

/**
 * Settles as `promise` does, or rejects with the signal's reason when it aborts first.
 * @template T
 * @param {AbortSignal} signal @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
export async function orAborted(signal, promise) {
  // Nobody looks at it any more when that throws.
  promise.catch(() => {});
  signal.throwIfAborted();
  /** @type {PromiseWithResolvers<never>} */
  const { promise: aborted, reject } = Promise.withResolvers();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
