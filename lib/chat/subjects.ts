/** What is attached to names, such as bans, found by a name's key and by what it looks like. */

import { looksOf } from "./skeleton.ts";

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
