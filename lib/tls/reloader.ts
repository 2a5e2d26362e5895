/** Reloads the certificate of a server when its files change, and when it is told to. */

import { CertificateError, type Identity, type KeyPairFiles, readKeyPair } from "./identity.ts";

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
