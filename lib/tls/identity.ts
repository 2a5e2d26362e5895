/** The certificate of a server and its key, which can be changed while the server runs. */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import { type Fingerprint, fingerprintOf } from "./fingerprint.ts";

/** A certificate, followed by those of its issuers, and its key, both in PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** The files of a {@linkcode KeyPair}. */
export interface KeyPairFiles {
  readonly cert: string;
  readonly key: string;
}

/** Thrown for a certificate or key that can't be used. The message is a line that says why. */
export class CertificateError extends Error {
  override readonly name = "CertificateError";
}

/** A certificate and its key in use. */
export class Identity {
  #context: SecureContext;
  #certificate: X509Certificate;

  /** Throws a {@linkcode CertificateError}. */
  constructor(pair: KeyPair) {
    [this.#certificate, this.#context] = open(pair);
  }

  /** The context for new handshakes. */
  get context(): SecureContext {
    return this.#context;
  }

  get fingerprint(): Fingerprint {
    return fingerprintOf(this.#certificate.fingerprint256);
  }

  /** The end of its validity. */
  get validTo(): Date {
    return new Date(this.#certificate.validTo);
  }

  /**
   * Uses another certificate from the next handshake on; open connections are not affected. Throws a
   * {@linkcode CertificateError} and changes nothing if it can't be used.
   */
  change(pair: KeyPair): void {
    [this.#certificate, this.#context] = open(pair);
  }
}

/** Reads the files. Rejects with a {@linkcode CertificateError}. */
export async function readKeyPair({ cert, key }: KeyPairFiles): Promise<KeyPair> {
  return { cert: await read(cert, "certificate"), key: await read(key, "key") };
}

async function read(path: string, what: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new CertificateError(`The ${what} ${path} can't be read: ${explain(error as Error)}`);
  }
}

function open({ cert, key }: KeyPair): [X509Certificate, SecureContext] {
  const certificate = parse("The certificate is not PEM", () => new X509Certificate(cert));
  const privateKey = parse(
    /ENCRYPTED/.test(key) ? "The key has a passphrase; take that off" : "The key is not PEM",
    () => createPrivateKey(key),
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new CertificateError("The key is not that of the certificate");
  }
  if (new Date(certificate.validTo).getTime() < Date.now()) {
    throw new CertificateError(`The certificate has expired on ${certificate.validTo}`);
  }
  const context = parse(
    "The certificate and its key can't be used",
    () => createSecureContext({ cert, key, minVersion: "TLSv1.2" }),
  );
  return [certificate, context];
}

function parse<T>(problem: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new CertificateError(`${problem}: ${(error as Error).message}`);
  }
}

function explain(error: Error): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  return error.message.replace(/ \(os error \d+\).*$/, "");
}
