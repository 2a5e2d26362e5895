/**
 * Text as it comes. UTF-8 is strict: invalid bytes are refused, and a leading byte order mark is kept as text.
 */

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** It puts a replacement character where bytes are wrong, which takes a tenth of the time. */
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const REPLACEMENT = "\ufffd";

/** The text in `payload`, or `undefined` if it is not valid UTF-8. */
export function decodeText(payload: Uint8Array): string | undefined {
  const text = lenient.decode(payload);
  if (!text.includes(REPLACEMENT)) return text;
  // It may have been there before.
  try {
    return strict.decode(payload);
  } catch {
    return undefined;
  }
}

const encoder = new TextEncoder();
/** From this length on, in UTF-16 code units, to encode a text takes less time than to look at each. */
const LONG = 1_024;

/** The length of `text` in UTF-8, in bytes. A lone surrogate counts as the replacement character. */
export function utf8Length(text: string): number {
  if (text.length >= LONG) return encoder.encode(text).length;
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else {
      length += 2;
      // A surrogate pair is two code units and takes four bytes.
      if (unit >= 0xd800 && unit < 0xdc00) {
        const next = text.charCodeAt(i + 1);
        if (next >= 0xdc00 && next < 0xe000) i++;
      }
    }
  }
  return length;
}

/** The message of an error, without the error number and the system call that Deno adds. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/ \(os error.*|: (open|read)file .*/s, "");
}
