/** Finds a free name: the one that is wanted, or that with a number after it. */

import { alike, checkName, numberedName } from "../names/check_name.ts";
import { Refusal } from "../refusal.ts";
import type { Person } from "../sessions/session.ts";
import type { Registry } from "./registry.ts";

/** The name that a person wants. */
export interface WantedName {
  readonly name: string;
  /** Who wants it: the own name is free. */
  readonly person: Person | undefined;
  /** How many numbers are tried; none by default. */
  readonly tries?: number;
  /** The seed for the numbers: a whole number, the same on every machine that decides this. */
  readonly seed: number;
  /** Whether a name that nobody has can't be given all the same. */
  readonly avoids: (name: string, key: string) => boolean;
}

/** Numbers are below this, and steps of this size reach all of them before one comes again. */
const NUMBERS = 1_000_000;
const STEP = 618_033;

/** The name and its key. Throws a {@linkcode Refusal} where none is free. */
export function freeName(
  registry: Registry,
  { name, person, tries = 0, seed, avoids }: WantedName,
): [name: string, key: string] {
  const key = checkName(name);
  const holder = registry.names.holder(name, key, person);
  if (holder === undefined && !avoids(name, key)) return [name, key];
  for (let count = 2; count < tries + 2; count++) {
    // Counting up would be slow where thousands of clients come with one name.
    const n = count < 20 ? count : 20 + (seed + count * STEP) % NUMBERS;
    const other = numberedName(name, n);
    const otherKey = checkName(other);
    if (avoids(other, otherKey)) continue;
    if (registry.names.holder(other, otherKey, person) === undefined) return [other, otherKey];
  }
  const [other] = holder?.sessions ?? [];
  const which = other === undefined || other.key === key
    ? name
    : `${alike(name, other.name)}, which`;
  throw new Refusal("name-taken", `The name ${which} is in use here; choose another`);
}
