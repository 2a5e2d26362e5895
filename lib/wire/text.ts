/** Strict UTF-8: invalid bytes are refused, and a leading byte order mark is kept as text. */

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text in `payload`, or `undefined` if it is not valid UTF-8. */
export function decodeText(payload: Uint8Array): string | undefined {
  try {
    return decoder.decode(payload);
  } catch {
    return undefined;
  }
}

const encoder = new TextEncoder();
/** Texts are encoded into this to be measured, which takes a fiftieth of the time of looking at each unit. */
const scratch = new Uint8Array(65_536);
/** Shorter texts are looked at unit by unit: to call the encoder takes longer. */
const FEW = 64;

/** The length of `text` in UTF-8, in bytes. A lone surrogate counts as the replacement character. */
export function utf8Length(text: string): number {
  if (text.length < FEW) return shortLength(text);
  let length = 0;
  for (let at = 0; at < text.length;) {
    const { read, written } = encoder.encodeInto(at === 0 ? text : text.slice(at), scratch);
    length += written;
    at += read;
  }
  return length;
}

function shortLength(text: string): number {
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
