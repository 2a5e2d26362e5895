/** Strict UTF-8: what is not valid is refused, and a leading byte order mark is text like any other. */

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text that `payload` encodes, or `undefined` when it is not valid UTF-8. */
export function decodeText(payload: Uint8Array): string | undefined {
  try {
    return decoder.decode(payload);
  } catch {
    return undefined;
  }
}
