/** The fingerprint of a certificate: what people compare, and what a client remembers. */

const PREFIX = "SHA256:";

/** `SHA256:` and the hash of the certificate in hex: 71 columns, which a row of any terminal holds. */
export type Fingerprint = `SHA256:${string}`;

/** The fingerprint that Node tells in its `fingerprint256`, which has colons in it. */
export function fingerprintOf(hex: string): Fingerprint {
  return `${PREFIX}${hex.replaceAll(":", "").toUpperCase()}`;
}

/**
 * Reads a fingerprint as people copy it: with or without `SHA256:` and colons, in any case;
 * `undefined` for what is none.
 */
export function parseFingerprint(text: string): Fingerprint | undefined {
  const hex = text.trim().replace(/^sha-?256(?: fingerprint)?[:=]/i, "").replaceAll(":", "");
  if (!/^[\da-f]{64}$/i.test(hex)) return undefined;
  return fingerprintOf(hex);
}
