/** Of whom a client was told that they have left the server, which is told once whatever rooms they were in. */

/** Of how many that is known. */
const MOST_GONE = 1_000;

/** Names of those who are gone, the latest. */
export class Gone {
  readonly #names = new Set<string>();

  /** Whether the client was told so, and has not met them since. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** The client is told so: false if it was before. */
  add(name: string): boolean {
    if (this.#names.has(name)) return false;
    this.#names.add(name);
    if (this.#names.size > MOST_GONE) this.#names.delete(this.#names.keys().next().value ?? "");
    return true;
  }

  /** Somebody of that name is here again. */
  metAgain(name: string): void {
    this.#names.delete(name);
  }
}
