/** Which name a session may have. */

import { SERVER_NAME } from "../../wire/names.ts";
import { nameKey } from "../../words/names.js";
import type { HouseState } from "../house_state.ts";
import { alike, checkName, ownNameLike, readsAsHook } from "../names/check_name.ts";
import type { Who } from "../people/people.ts";
import type { Account } from "../people/records.ts";
import { Refusal } from "../refusal.ts";
import { freeName } from "../rooms/free_name.ts";
import type { Person, Session } from "../sessions/session.ts";

/** How long a free `name-2`, `name-3` … is looked for. */
const MAX_TRIES = 98;

/** Who wants a name. */
interface Wanting {
  /** The person, if there is one; its own name is free for it. */
  readonly person: Person | undefined;
  /** The account that it has shown to be its own. */
  readonly proven: Pick<Account, "key" | "proof"> | undefined;
  /** Whether it may be one with a number after it. */
  readonly numbered?: boolean | undefined;
  /** The room that it wants to be in. */
  readonly room?: string | undefined;
}

/**
 * The name that somebody may take, and its key: as {@linkcode freeName}, but that a reserved name is
 * its account's alone, which may also take it from others (see make_way.ts), and no number makes it
 * a name that is banned, everywhere or in the room. Throws a {@linkcode Refusal}.
 */
export function chooseName(
  state: HouseState,
  name: string,
  { person, proven, numbered = false, room = "" }: Wanting,
  at: number,
): [name: string, key: string] {
  const key = checkName(name);
  checkNoAddress(name, state.rules.addressKey(key));
  const owner = state.people.reserved(name, key);
  if (owner !== undefined && owner.key === key && owner.proof === proven?.proof) {
    // A person goes by one name on all its devices, however each of them has written it.
    return [owner.name, key];
  }
  // One that was reserved before is its account's nevertheless.
  if (owner?.key !== key) checkNotOwn(name, key);
  if (owner !== undefined && owner.key === key && proven?.key === key) {
    throw new Refusal("bad-login", `The password of ${name} has been changed meanwhile`);
  }
  if (owner !== undefined) {
    const which = owner.key === key
      ? `${name} is reserved`
      : `${alike(name, owner.name)}, which is reserved`;
    throw new Refusal("name-reserved", `The name ${which}; it needs its password`);
  }
  const avoids = (other: string, otherKey: string): boolean =>
    isReserved(state, other, otherKey) ||
    other !== name && isBanned(state, other, otherKey, [nameKey(room)], at);
  state.registry.checkWidth(name, "bad-name");
  const tries = numbered ? MAX_TRIES : 0;
  return freeName(state.registry, { name, person, tries, seed: seedOf(state, at), avoids });
}

/**
 * Throws a {@linkcode Refusal} (`bad-name`) for a name that reads as the server's own, which stands before
 * what it says to classic clients, as that of a service of IRC networks, to which people send passwords, or as
 * that of a webhook.
 */
export function checkNotOwn(name: string, key: string): void {
  if (readsAsHook(key)) {
    throw new Refusal("bad-name", `The name ${name} reads as a webhook's; choose another`);
  }
  const own = ownNameLike(key);
  if (own === undefined) return;
  const whose = own === SERVER_NAME ? "the server's own" : `${own}, a service of IRC networks`;
  throw new Refusal("bad-name", `The name ${name} reads as ${whose}; choose another`);
}

/** Another name for somebody who has to give up a reserved one; there always is one. */
export function otherName(
  state: HouseState,
  session: Session,
  at: number,
): [name: string, key: string] {
  const avoids = (name: string, key: string): boolean =>
    key === session.key || isReserved(state, name, key) ||
    isBanned(state, name, key, ["", ...session.rooms], at);
  const { name, person } = session;
  const seed = seedOf(state, at);
  return freeName(state.registry, { name, person, tries: Infinity, seed, avoids });
}

/**
 * Throws a {@linkcode Refusal} (`bad-name`) for a name that means an address: what is said of the
 * one would be said of the other.
 */
export function checkNoAddress(name: string, address: string | undefined): void {
  if (address === undefined) return;
  throw new Refusal("bad-name", `${name} is an address, and so can't be a name; choose another`);
}

/** Numbers need not be unforeseen, but differ for those who come at one time. */
function seedOf({ registry }: HouseState, at: number): number {
  return Math.floor(at) + 7_919 * registry.sessions.present.size;
}

function isReserved({ people }: HouseState, name: string, key: string): boolean {
  return people.reserved(name, key) !== undefined;
}

/** Whether nobody can go by a name in one of the rooms with those keys. */
function isBanned(
  { people }: HouseState,
  name: string,
  key: string,
  rooms: readonly string[],
  at: number,
): boolean {
  const who: Who = { name, key };
  return rooms.some((room) => people.sanction("ban", who, room, at) !== undefined);
}
