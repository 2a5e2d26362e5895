/** The fingerprint of a certificate, which people compare and clients remember. */

const PREFIX = "SHA256:";

/** `SHA256:` and the hash of the certificate in hex: 71 columns, which fit on any terminal. */
export type Fingerprint = `SHA256:${string}`;

/** Converts Node's `fingerprint256`, which has colons in it. */
export function fingerprintOf(hex: string): Fingerprint {
  return `${PREFIX}${hex.replaceAll(":", "").toUpperCase()}`;
}

/**
 * Parses a fingerprint as people copy it: with or without `SHA256:` and colons, in any case.
 * `undefined`: it is not a fingerprint.
 */
export function parseFingerprint(text: string): Fingerprint | undefined {
  const hex = text.trim().replace(/^sha-?256(?: fingerprint)?[:=]/i, "").replaceAll(":", "");
  if (!/^[\da-f]{64}$/i.test(hex)) return undefined;
  return fingerprintOf(hex);
}
