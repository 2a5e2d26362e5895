/** The certificate of a server and its key, which may change while the server runs. */

import { reasonOf } from "../wire/text.ts";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import { type Fingerprint, fingerprintOf } from "./fingerprint.ts";

/** A certificate, followed by those of its issuers, and its key, both in PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** The files of a {@linkcode KeyPair}. */
export type KeyPairFiles = KeyPair;

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
  return reasonOf(error);
}

/** How often the files are checked, in ms. */
const LOOK_MS = 2_000;

/** Options of {@linkcode Reloader.start}. */
export interface ReloaderOptions {
  readonly identity: Identity;
  readonly files: KeyPairFiles;
  /** Called when another certificate is in use. */
  readonly onChanged: () => void;
  /** Called with the reason if the files can't be used; the old certificate stays in use. */
  readonly onProblem: (problem: string) => void;
  readonly lookMs?: number;
}

/**
 * Checks the files at an interval, which notices links and renames on every file system. The two
 * files can't change at the same moment, so they are read when both are as they were one check before.
 */
export class Reloader implements Disposable {
  readonly #options: ReloaderOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  /** The state of the files when they were last read, and when they were last checked. */
  #used: string;
  #seen: string;
  #busy = false;

  private constructor(options: ReloaderOptions, state: string) {
    this.#options = options;
    this.#used = this.#seen = state;
    this.#timer = setInterval(() => this.#look(), options.lookMs ?? LOOK_MS);
  }

  /** Starts. `identity` must be what the files hold now. */
  static async start(options: ReloaderOptions): Promise<Reloader> {
    return new Reloader(options, await stateOf(options.files));
  }

  /** Reads the files again, whether they have changed or not. Never rejects. */
  async reload(): Promise<void> {
    const { identity, files, onChanged, onProblem } = this.#options;
    const before = identity.fingerprint;
    this.#used = await stateOf(files);
    try {
      identity.change(await readKeyPair(files));
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      return onProblem(error.message);
    }
    if (identity.fingerprint !== before) onChanged();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    const state = await stateOf(this.#options.files);
    const rests = state === this.#seen;
    this.#seen = state;
    if (rests && state !== this.#used) await this.reload();
    this.#busy = false;
  }
}

/** A text that differs when the files have changed. */
async function stateOf({ cert, key }: KeyPairFiles): Promise<string> {
  const states = [cert, key].map(async (path) => {
    try {
      const { mtime, size, ino } = await Deno.stat(path);
      return `${mtime?.getTime()} ${size} ${ino}`;
    } catch {
      return "none";
    }
  });
  return (await Promise.all(states)).join(", ");
}
