/** Passwords: compares that of the server in constant time, and hashes those of names by scrypt. */

import type { ScryptOptions } from "node:crypto";
import type { Passwords } from "../chat/people/keeper.ts";
import { bytesOfBase64 } from "../wire/base64.ts";
import { REQUESTS } from "../wire/requests.ts";
import { lateCrypto } from "./late_crypto.ts";

/** The cost of a hash: 16 MiB and five passes, as OWASP recommends for scrypt. */
const COST = { N: 16_384, r: 8, p: 5 } as const;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** The most memory that a stored hash may ask for, in bytes: no file should be able to stop us. */
const MAX_MEMORY = 256 * 1_048_576;

/**
 * Compares a password with the right one. Both are hashed with a key that nobody knows before they
 * are compared, so that the time tells nothing about how much of it was right. `same` compares the
 * two hashes; a test hands in its own to see what is compared.
 */
export function passwordCheck(
  password: string,
  same: (a: Uint8Array, b: Uint8Array) => boolean = lateCrypto().timingSafeEqual,
): (attempt: string) => boolean {
  const { createHmac } = lateCrypto();
  const key = crypto.getRandomValues(new Uint8Array(32));
  const digest = (text: string): Uint8Array =>
    createHmac("sha256", key).update(prepared(text)).digest();
  const right = digest(password);
  // Normalizing takes time that grows with the square of the length, so longer texts are refused.
  return (attempt) =>
    attempt.length <= REQUESTS.hello.password.most && same(digest(attempt), right);
}

/** The cost of a hash. Tests use a lower one. */
export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** Hashes passwords outside the server's thread. The house decides how many at once. */
export class ScryptPasswords implements Passwords {
  readonly #cost: ScryptCost;

  constructor(cost: ScryptCost = COST) {
    this.#cost = cost;
  }

  /** Resolves with `scrypt$N$r$p$salt$hash`, salt and hash in base64. */
  async hash(password: string): Promise<string> {
    const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
    const hash = await derive(prepared(password), salt, this.#cost);
    const { N, r, p } = this.#cost;
    return ["scrypt", N, r, p, salt.toBase64(), hash.toBase64()].join("$");
  }

  /** Whether `proof` is a hash of that password. */
  async matches(password: string, proof: string): Promise<boolean> {
    const parts = partsOf(proof);
    if (parts === undefined) return false;
    const { cost, salt, hash } = parts;
    return lateCrypto().timingSafeEqual(await derive(prepared(password), salt, cost), hash);
  }
}

/** Whether a stored proof is one that some password could match. */
export function isPasswordProof(proof: string): boolean {
  return partsOf(proof) !== undefined;
}

const PROOF = /^scrypt\$(\d{1,10})\$(\d{1,10})\$(\d{1,10})\$([\w+/=]*)\$([\w+/=]*)$/;

/** What a proof is made of; `undefined` if it is none, or asks for more than it may. */
function partsOf(
  proof: string,
): { readonly cost: ScryptCost; readonly salt: Uint8Array; readonly hash: Uint8Array } | undefined {
  const [, n, r, p, salt = "", hashed = ""] = PROOF.exec(proof) ?? [];
  const cost = { N: Number(n), r: Number(r), p: Number(p) };
  const [saltBytes, hash] = [bytesOfBase64(salt), bytesOfBase64(hashed)];
  const isPower = cost.N > 1 && Number.isInteger(Math.log2(cost.N));
  const isSmall = 128 * cost.N * cost.r <= MAX_MEMORY && 128 * cost.r * cost.p <= MAX_MEMORY;
  const isCost = isPower && cost.r >= 1 && cost.p >= 1 && isSmall;
  if (saltBytes === undefined || hash?.length !== KEY_BYTES || !isCost) return undefined;
  return { cost, salt: saltBytes, hash };
}

function derive(password: string, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array> {
  const options: ScryptOptions = { ...cost, maxmem: MAX_MEMORY + 1_048_576 };
  return new Promise((resolve, reject) => {
    lateCrypto().scrypt(password, salt, KEY_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/** The same text for a password from any keyboard (RFC 8265, section 4.2). */
function prepared(password: string): string {
  return password.replace(/\p{Zs}/gu, " ").normalize("NFC");
}
