/** Which places in the lists of accounts differ from what is kept of them. */

/** Places, by account, in the order in which the accounts had their first. */
export class Unkept<Place extends string = string> {
  readonly #accounts = new Map<string, Set<Place>>();

  /** Whether a place differs. */
  has(account: string, place: Place): boolean {
    return this.#accounts.get(account)?.has(place) ?? false;
  }

  /** A place differs from here on. */
  add(account: string, place: Place): void {
    const places = this.#accounts.get(account);
    if (places === undefined) this.#accounts.set(account, new Set([place]));
    else places.add(place);
  }

  /** A place is kept as it is. */
  delete(account: string, place: Place): void {
    const places = this.#accounts.get(account);
    if (places?.delete(place) && places.size === 0) this.#accounts.delete(account);
  }

  /** An account has no list any more. */
  forget(account: string): void {
    this.#accounts.delete(account);
  }

  /** The places of one account, or of all. */
  of(account?: string): Array<readonly [account: string, place: Place]> {
    if (account === undefined) return [...this.#accounts.keys()].flatMap((each) => this.of(each));
    return [...this.#accounts.get(account) ?? []].map((place) => [account, place] as const);
  }
}
