/** The bytes of files as JSON carries them: base64 with its padding, and nothing else. */

/** What is decoded to see whether it can be goes here; longer texts can't be told in this way. */
const scratch = new Uint8Array(65_536);

/** Whether `text` is base64 of at most 64 KiB. Then it needs no escapes in JSON. */
export function isBase64(text: string): boolean {
  return text.length / 4 * 3 <= scratch.length && decodedInto(scratch, text) !== undefined;
}

/** The bytes that `text` stands for; `undefined` if it is not base64. */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(Math.floor(text.length / 4) * 3);
  const length = decodedInto(bytes, text);
  return length === undefined ? undefined : bytes.subarray(0, length);
}

/** How many bytes `text` stands for, which are in `bytes` then; `undefined` if it is not base64. */
function decodedInto(bytes: Uint8Array<ArrayBuffer>, text: string): number | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const length = text.length / 4 * 3 - padding;
  try {
    const { written } = bytes.setFromBase64(text, { lastChunkHandling: "strict" });
    // White space is passed over; then there are fewer than the length tells.
    return written === length ? length : undefined;
  } catch {
    return undefined;
  }
}
