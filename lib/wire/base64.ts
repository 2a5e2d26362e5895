/** The bytes of files as JSON carries them: base64 with its padding, and nothing else. */

/** The bytes that `text` stands for; `undefined` if it is not base64. */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const length = text.length / 4 * 3 - padding;
  const bytes = new Uint8Array(length + padding);
  try {
    const { written } = bytes.setFromBase64(text, { lastChunkHandling: "strict" });
    // White space is passed over; then there are fewer than the length tells.
    return written === length ? bytes.subarray(0, length) : undefined;
  } catch {
    return undefined;
  }
}
