/**
 * Joins parts into one array of bytes, which may be the beginning of `space`: that must be as long. A single
 * part is the whole already.
 */
export function joinBytes(parts: readonly Uint8Array[], space?: Uint8Array): Uint8Array {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const length = parts.reduce((sum, { length }) => sum + length, 0);
  const whole = space?.subarray(0, length) ?? new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
