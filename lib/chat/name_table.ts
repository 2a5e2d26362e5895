/** The holders of names, found by a name's key and by what it looks like. */

import { looksOf } from "./skeleton.ts";

/**
 * Names and their holders. A new holder of a name takes the old one's entries, as far as they are the
 * same: the old holder's name may only look like it.
 */
export class NameTable<Holder> {
  readonly #byKey = new Map<string, Holder>();
  readonly #byShown = new Map<string, Holder>();
  readonly #byFolded = new Map<string, Holder>();

  /** The holder of the name with that key. */
  get(key: string): Holder | undefined {
    return this.#byKey.get(key);
  }

  /**
   * Who has a name that is the same as `name`, or looks like it, among those that `counts`. Looks
   * are compared as written and with their case folded, so that neither `aIice` nor `ALICE` with
   * one letter from another alphabet passes for `alice`.
   */
  find(name: string, key: string, counts: (holder: Holder) => boolean): Holder | undefined {
    const { shown, folded } = looksOf(name, key);
    const found = (holder: Holder | undefined): Holder | undefined =>
      holder !== undefined && counts(holder) ? holder : undefined;
    return found(this.#byKey.get(key)) ?? found(this.#byShown.get(shown)) ??
      found(this.#byFolded.get(folded));
  }

  /** Gives `name` to `holder`. */
  set(name: string, key: string, holder: Holder): void {
    const { shown, folded } = looksOf(name, key);
    this.#byKey.set(key, holder);
    this.#byShown.set(shown, holder);
    this.#byFolded.set(folded, holder);
  }

  /** Takes `name` from `holder`, as far as nobody else has been given it. */
  delete(name: string, key: string, holder: Holder): void {
    const { shown, folded } = looksOf(name, key);
    if (this.#byKey.get(key) === holder) this.#byKey.delete(key);
    if (this.#byShown.get(shown) === holder) this.#byShown.delete(shown);
    if (this.#byFolded.get(folded) === holder) this.#byFolded.delete(folded);
  }
}
