/** Names and what goes with each: found by their keys, and by what they look like. */

import { looksOf } from "./skeleton.ts";

/** A name as it was written, and its key. */
export interface Named {
  readonly name: string;
  readonly key: string;
}

/** The entries of a table by key, and by both looks; each holder as a thing of some kind. */
export interface NameTableDump<Of> {
  readonly keys: ReadonlyArray<readonly [key: string, holder: Of]>;
  readonly shown: ReadonlyArray<readonly [look: string, holder: Of]>;
  readonly folded: ReadonlyArray<readonly [look: string, holder: Of]>;
}

/**
 * Names and their holders. A new holder of a name takes the old one's entries, as far as they are the
 * same: the old holder's name may only look like it.
 */
export class NameTable<Holder> {
  readonly #byKey = new Map<string, Holder>();
  readonly #byShown = new Map<string, Holder>();
  readonly #byFolded = new Map<string, Holder>();

  /** All entries, as `of` calls their holders; without those that it does not know. */
  dump<Of>(of: (holder: Holder) => Of | undefined): NameTableDump<Of> {
    const dumped = (entries: ReadonlyMap<string, Holder>): Array<readonly [string, Of]> =>
      [...entries].flatMap(([look, holder]) => {
        const called = of(holder);
        return called === undefined ? [] : [[look, called] as const];
      });
    return {
      keys: dumped(this.#byKey),
      shown: dumped(this.#byShown),
      folded: dumped(this.#byFolded),
    };
  }

  /** Takes these entries in, where there are none. */
  load<Of>({ keys, shown, folded }: NameTableDump<Of>, of: (called: Of) => Holder): void {
    for (const [key, called] of keys) this.#byKey.set(key, of(called));
    for (const [look, called] of shown) this.#byShown.set(look, of(called));
    for (const [look, called] of folded) this.#byFolded.set(look, of(called));
  }

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

/**
 * Things about names. Unlike in a {@linkcode NameTable}, one name can have many, and none of them takes
 * the place of another.
 */
export class Subjects<Thing> {
  readonly #byKey = new Map<string, Set<Thing>>();
  readonly #byShown = new Map<string, Set<Thing>>();
  readonly #byFolded = new Map<string, Set<Thing>>();

  /** The first that is about `name`, or else about one that looks like it, among those that `counts`. */
  find(name: string, key: string, counts: (thing: Thing) => boolean): Thing | undefined {
    for (const set of this.#sets(name, key)) {
      for (const thing of set ?? []) if (counts(thing)) return thing;
    }
    return undefined;
  }

  /** All that are about `name`, or about one that looks like it. */
  all(name: string, key: string): Thing[] {
    return [...new Set(this.#sets(name, key).flatMap((set) => [...set ?? []]))];
  }

  /** Attaches `thing` to `name`. */
  add(name: string, key: string, thing: Thing): void {
    const { shown, folded } = looksOf(name, key);
    addTo(this.#byKey, key, thing);
    addTo(this.#byShown, shown, thing);
    addTo(this.#byFolded, folded, thing);
  }

  /** Detaches `thing` from `name`. */
  delete(name: string, key: string, thing: Thing): void {
    const { shown, folded } = looksOf(name, key);
    deleteFrom(this.#byKey, key, thing);
    deleteFrom(this.#byShown, shown, thing);
    deleteFrom(this.#byFolded, folded, thing);
  }

  #sets(name: string, key: string): Array<ReadonlySet<Thing> | undefined> {
    const { shown, folded } = looksOf(name, key);
    return [this.#byKey.get(key), this.#byShown.get(shown), this.#byFolded.get(folded)];
  }
}

function addTo<Thing>(map: Map<string, Set<Thing>>, under: string, thing: Thing): void {
  const set = map.get(under);
  if (set === undefined) map.set(under, new Set([thing]));
  else set.add(thing);
}

function deleteFrom<Thing>(map: Map<string, Set<Thing>>, under: string, thing: Thing): void {
  const set = map.get(under);
  set?.delete(thing);
  if (set?.size === 0) map.delete(under);
}
