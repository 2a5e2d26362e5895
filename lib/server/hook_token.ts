/** The tokens of webhooks, each a secret in the path of a URL. */

import { lateCrypto } from "./late_crypto.ts";

/** Where hooks are, below the base of the web door. */
export const HOOK_PATH = "/hook/";

const TOKEN_BYTES = 16;

/** A token that nobody can guess. */
export function newHookToken(): string {
  return crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toHex();
}

/**
 * By which a hook is kept, in hexadecimal. It is what the hash of a session is, too, but that of bytes which are
 * no UTF-8, as each secret of a session is: so no client has a session that goes by it.
 */
export function hookHash(token: string): string {
  return lateCrypto().createHash("sha256").update(new Uint8Array([0xff])).update(token)
    .digest("hex");
}
