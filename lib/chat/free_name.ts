/** A name that nobody else has: the one that is wanted, or the same with a number after it. */

import type { Chance } from "./chance.ts";
import { alike, checkName, numberedName } from "./check_name.ts";
import { Refusal } from "./refusal.ts";
import type { Registry } from "./registry.ts";
import type { Session } from "./session.ts";

/** What is wanted. */
export interface WantedName {
  readonly name: string;
  /** Who wants it; its own name is free for it. */
  readonly session: Session | undefined;
  /** The time of the house's clock. */
  readonly now: number;
  /** Whether it may be one with a number after it. */
  readonly numbered?: boolean;
  /** Whether a name is as good as taken. */
  readonly avoids: (name: string, key: string) => boolean;
}

/** How long a free `name-2`, `name-3` … is looked for. */
const MAX_TRIES = 100;

/** The name and its key. Throws a {@linkcode Refusal} where none is free. */
export function freeName(
  registry: Registry,
  chance: Chance,
  { name, session, now, numbered = false, avoids }: WantedName,
): [name: string, key: string] {
  const key = checkName(name);
  registry.checkWidth(name, "bad-name");
  const holder = registry.holder(name, key, session, now);
  if (holder === undefined && !avoids(name, key)) return [name, key];
  for (let tries = 2; numbered && tries < MAX_TRIES; tries++) {
    // Counting up would be slow where thousands come with one name.
    const n = tries < 20 ? tries : 20 + chance.number(1_000_000);
    const other = numberedName(name, n);
    const otherKey = checkName(other);
    if (avoids(other, otherKey)) continue;
    if (registry.holder(other, otherKey, session, now) === undefined) return [other, otherKey];
  }
  const which = holder === undefined || holder.key === key
    ? name
    : `${alike(name, holder.name)}, which`;
  throw new Refusal("name-taken", `The name ${which} is in use here; choose another`);
}
