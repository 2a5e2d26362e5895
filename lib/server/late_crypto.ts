/** Node's crypto, which hashes at once where the one of the web makes one wait. */

/** Loads it when it is first needed: that takes 25 ms, for which no start should wait. */
export function lateCrypto(): typeof import("node:crypto") {
  return globalThis.process.getBuiltinModule("node:crypto");
}
