/** Lets go of something that may have been closed already. */
export function closeQuietly(closable: { close(): void } | undefined): void {
  try {
    closable?.close();
  } catch {
    // Closed already.
  }
}
