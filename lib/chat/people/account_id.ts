/**
 * Ids of accounts. A name may be given back and reserved by somebody else; an id is never used again, so
 * that a name's next holder inherits nothing of the one before.
 */

/** Crockford's digits: none of them is taken for another when an id is read aloud. */
const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

/** How many random bytes an id is made of: 16 digits of 5 bits each. */
export const ID_BYTES = 10;

/** The id that {@linkcode ID_BYTES} random bytes make, as 16 characters. */
export function idFrom(bytes: Uint8Array): string {
  if (bytes.length !== ID_BYTES) {
    throw new RangeError(`An id is made of ${ID_BYTES} bytes, not of ${bytes.length}`);
  }
  let id = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8 | byte) & 0xfff;
    for (bits += 8; bits >= 5;) {
      bits -= 5;
      id += DIGITS[held >> bits & 31];
    }
  }
  return id;
}
