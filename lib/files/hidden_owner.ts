/**
 * Whose an upload is, as the disk is told: the addresses of guests are hashed, so that it does not reveal
 * them. Each note has a salt of its own, and is gone with its upload.
 */

import type { FileOwner } from "../chat/files/file_store.ts";

const SALT_BYTES = 8;
const DIGITS = 16;
const ADDRESS = /^address ([^ ]*)$/;
const HIDDEN = /^address hidden ([0-9a-f]+) ([0-9a-f]+)$/;

/** An owner without the address, if it is one. */
export function hiddenOwner(owner: FileOwner): FileOwner {
  const address = ADDRESS.exec(owner)?.[1];
  if (address === undefined) return owner;
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES)).toHex();
  return `address hidden ${salt} ${hashed(address, salt)}`;
}

/** Whether an owner is one whose address is hidden. */
export function isHidden(owner: FileOwner): boolean {
  return HIDDEN.test(owner);
}

/** Whether two are the same, of which the first may be hidden. */
export function isSameOwner(perhapsHidden: FileOwner, owner: FileOwner): boolean {
  const [, salt, hash] = HIDDEN.exec(perhapsHidden) ?? [];
  if (salt === undefined) return perhapsHidden === owner;
  const address = ADDRESS.exec(owner)?.[1];
  return address !== undefined && hashed(address, salt) === hash;
}

function hashed(address: string, salt: string): string {
  // Loaded for the first file: it takes 25 ms, for which no start should wait.
  const { createHmac } = globalThis.process.getBuiltinModule("node:crypto");
  return createHmac("sha256", salt).update(address).digest("hex").slice(0, DIGITS);
}
