/** Keeps an identity as its files are: when they change, and when it is told to look. */

import { CertificateError, type Identity, type KeyPairFiles, readKeyPair } from "./identity.ts";

/** How often the files are looked at, in ms. */
const LOOK_MS = 2_000;

/** What a {@linkcode Reloader} is made with. */
export interface ReloaderOptions {
  readonly identity: Identity;
  readonly files: KeyPairFiles;
  /** Told when another certificate is in use. */
  readonly onChanged: () => void;
  /** Told why the files can't be used; what was in use before still is. */
  readonly onProblem: (problem: string) => void;
  readonly lookMs?: number;
}

/**
 * Looks at the files every so often: this sees what renewing programs do with links and renames,
 * on every file system. Two files are not changed at once, so both must have rested for a look.
 */
export class Reloader implements Disposable {
  readonly #options: ReloaderOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  /** How the files were when they were read last, and when they were looked at last. */
  #used: string;
  #seen: string;
  #busy = false;

  private constructor(options: ReloaderOptions, state: string) {
    this.#options = options;
    this.#used = this.#seen = state;
    this.#timer = setInterval(() => this.#look(), options.lookMs ?? LOOK_MS);
  }

  /** Begins; the identity is as the files are now. */
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

/** What of the files tells that they have changed. */
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
