/** Waiting for something that may take too long. */

/** Settles with `promise`, or when the time is over. */
export async function within(promise: Promise<void> | undefined, ms: number): Promise<void> {
  if (promise === undefined) return;
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, ms);
  await Promise.race([promise, late.promise]);
  clearTimeout(timer);
}
