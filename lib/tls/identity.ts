/** The certificate of a server and its key, which may change while the server runs. */

import { type NamedFile, readPem } from "../named/named_file.ts";
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

  /** `about`: which of the two it is about, if it is about one. */
  constructor(message: string, readonly about?: keyof KeyPair) {
    super(message);
  }
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
    this.prepare(pair)();
  }

  /** Looks at another certificate, as {@linkcode change} does; what it returns uses it, and can't fail. */
  prepare(pair: KeyPair): () => void {
    const opened = open(pair);
    return () => void ([this.#certificate, this.#context] = opened);
  }
}

/** The largest file of either, in bytes. */
const MAX_BYTES = 1_048_576;

/**
 * Reads the files; `how`: whether pipes, too, which a server that runs must not wait for. Throws a
 * {@linkcode CertificateError}.
 */
export function readKeyPair(
  { cert, key }: KeyPairFiles,
  how: Pick<NamedFile, "pipes" | "onWait"> = {},
): KeyPair {
  const most = { ...how, most: MAX_BYTES };
  return { cert: read(cert, "cert", most), key: read(key, "key", most) };
}

function read(path: string, about: keyof KeyPair, how: NamedFile): string {
  try {
    return readPem(path, how);
  } catch (error) {
    const what = about === "cert" ? "certificate" : about;
    const why = explain(error as Error);
    throw new CertificateError(`The ${what} ${path} can't be read: ${why}`, about);
  }
}

function open({ cert, key }: KeyPair): [X509Certificate, SecureContext] {
  const certificate = parse("cert", "The certificate is not PEM", () => new X509Certificate(cert));
  const privateKey = parse(
    "key",
    /ENCRYPTED/.test(key) ? "The key has a passphrase; take that off" : "The key is not PEM",
    () => createPrivateKey(key),
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new CertificateError("The key is not that of the certificate", "key");
  }
  if (new Date(certificate.validTo).getTime() < Date.now()) {
    throw new CertificateError(`The certificate has expired on ${certificate.validTo}`, "cert");
  }
  const context = parse(
    "cert",
    "The certificate and its key can't be used",
    () => createSecureContext({ cert, key, minVersion: "TLSv1.2" }),
  );
  return [certificate, context];
}

function parse<T>(about: keyof KeyPair, problem: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new CertificateError(`${problem}: ${(error as Error).message}`, about);
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
  /** The files to look at; `undefined`: none, until {@linkcode Reloader.prepare} has others. */
  readonly files: KeyPairFiles | undefined;
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
  #files: KeyPairFiles | undefined;
  #busy = false;

  private constructor(options: ReloaderOptions, state: string) {
    this.#options = options;
    this.#files = options.files;
    this.#used = this.#seen = state;
    this.#timer = setInterval(() => this.#look(), options.lookMs ?? LOOK_MS);
  }

  /** Starts. `identity` must be what the files hold now. */
  static async start(options: ReloaderOptions): Promise<Reloader> {
    return new Reloader(options, await stateOf(options.files));
  }

  /**
   * Reads files, the same or others, whether they have changed or not. Rejects with a
   * {@linkcode CertificateError}, and has changed nothing then. What it resolves with uses them from now on,
   * looks at them, and can't fail.
   */
  async prepare(files: KeyPairFiles): Promise<() => void> {
    const state = await stateOf(files);
    const use = this.#options.identity.prepare(readKeyPair(files));
    return () => {
      this.#files = files;
      this.#used = this.#seen = state;
      this.#change(use);
    };
  }

  /** Uses a certificate that no file has from now on; what it returns does, and can't fail. */
  prepareOwn(pair: KeyPair): () => void {
    const use = this.#options.identity.prepare(pair);
    return () => {
      this.#files = undefined;
      this.#change(use);
    };
  }

  #change(use: () => void): void {
    const { identity, onChanged } = this.#options;
    const before = identity.fingerprint;
    use();
    if (identity.fingerprint !== before) onChanged();
  }

  async #reload(files: KeyPairFiles): Promise<void> {
    try {
      const use = await this.prepare(files);
      // They may have been told to be others meanwhile.
      if (files === this.#files) use();
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      this.#used = this.#seen;
      this.#options.onProblem(error.message);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const files = this.#files;
    if (this.#busy || files === undefined) return;
    this.#busy = true;
    const state = await stateOf(files);
    const rests = state === this.#seen;
    this.#seen = state;
    if (rests && state !== this.#used) await this.#reload(files);
    this.#busy = false;
  }
}

/** A text that differs when the files have changed. */
async function stateOf(files: KeyPairFiles | undefined): Promise<string> {
  if (files === undefined) return "none";
  const { cert, key } = files;
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
