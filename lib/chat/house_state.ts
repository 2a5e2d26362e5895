/** What the house knows: the result of the facts. evolve.ts alone changes it. */

import type { People } from "./people.ts";
import type { Registry } from "./registry.ts";

/** All that is decided by. */
export interface HouseState {
  /** Who is here, who has which name, and which rooms are open. */
  readonly registry: Registry;
  /** Accounts, roles, bans and mutes. */
  readonly people: People;
  /** The largest event that a client takes, in bytes. */
  readonly messageBytes: number;
}
