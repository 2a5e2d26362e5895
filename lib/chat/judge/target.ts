/**
 * Whom an action on a name or an address meets. Whether it is allowed is judged by all whom it meets,
 * and not only by the one that was named.
 */

import { nameKey } from "../../words/names.js";
import type { HouseState } from "../house_state.ts";
import { alike, checkName } from "../names/check_name.ts";
import type { People } from "../people/people.ts";
import { type Action, type Role, ROLES } from "../people/permissions.ts";
import type { Account } from "../people/records.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../sessions/session.ts";

/** Who was named, and all whom the action meets. */
export interface Target {
  readonly subject: "name" | "address";
  readonly key: string;
  /** The name as it is written, or the address. */
  readonly target: string;
  /** Those who are here by that name, or from that address and not above what is done to it. */
  readonly present: readonly Session[];
  /**
   * The accounts that it meets, whether they are here or not. What is done to an address meets nobody who
   * would be above it (see {@linkcode People.isAbove}), so whoever does it does not learn who comes from there.
   */
  readonly meets: readonly Account[];
}

/** Actions on a role: names have roles, and addresses do not. */
const ON_ROLES: ReadonlySet<Action> = new Set(["op", "deop"]);
/** Actions that meet names that look like the one that was named, too. */
const ON_LOOKS: ReadonlySet<Action> = new Set(["ban", "unban", "mute", "unmute"]);

/** Whom a text means: an address, else the person that goes by the name or owns it, else the name alone. */
export function targetOf(
  state: HouseState,
  { action, room }: { readonly action: Action; readonly room: string },
  text: string,
  at: number,
): Target {
  const { registry, people, rules: { addressKey } } = state;
  const key = nameKey(text);
  // A name that is an address means the address; nobody can take such a name.
  const address = ON_ROLES.has(action) ? undefined : addressKey(key);
  if (address !== undefined) {
    checkDecimal(text);
    const present = presentOf(state, { subject: "address", key: address, room });
    return { subject: "address", key: address, target: address, present, meets: [] };
  }
  if (key === "" || text.length > 64) throw new Refusal("bad-name", "There is no such name");
  const here = registry.named(text);
  const account = people.account(key);
  const target = here?.name ?? account?.name ?? text;
  // Earlier versions took such names: a ban on one can still be lifted.
  const isNobody = here === undefined && account === undefined &&
    !people.isSanctioned({ name: text, key }, at);
  if (isNobody) checkTarget(text, addressKey);
  const others = ON_LOOKS.has(action) ? people.alike({ name: target, key }) : [];
  const own = account === undefined || others.includes(account) ? [] : [account];
  const present = registry.allNamed(key);
  return { subject: "name", key, target, present, meets: [...own, ...others] };
}

/** Throws a {@linkcode Refusal} for a text that means nobody: a range of addresses, or what nobody can be called. */
function checkTarget(text: string, addressKey: (text: string) => string | undefined): void {
  const range = rangeProblem(text, addressKey);
  if (range !== undefined) throw new Refusal("bad-field", range);
  checkName(text);
}

/** Throws a {@linkcode Refusal} for an address such as `192.0.2.010`, which others read as `192.0.2.8`. */
function checkDecimal(address: string): void {
  if (!/^[\s\d.]+$/.test(address) || !/\b0\d/.test(address)) return;
  throw new Refusal(
    "bad-field",
    `${address} can be read in two ways, as a number in it begins with 0; write it without that 0`,
  );
}

/** Those who are here by a name; or from an address, but for those who are above what is done to it in a room. */
export function presentOf(
  { registry, people }: HouseState,
  { subject, key, room }: Pick<Target, "subject" | "key"> & { readonly room: string },
): Session[] {
  if (subject === "name") return registry.allNamed(key);
  return registry.sessions.everybody().filter((each) =>
    each.address === key && !people.isAbove({ account: people.accountOf(each) }, room)
  );
}

/** The highest role in a room among those whom it meets, and who has it, for a sentence. */
export function highestOf(
  people: People,
  { subject, target, key, meets }: Target,
  room: string,
): { readonly role: Role; readonly name: string } {
  let role: Role = "member";
  let name = target;
  for (const account of meets) {
    const other = people.roleIn(account, room);
    if (ROLES.indexOf(other) <= ROLES.indexOf(role)) continue;
    role = other;
    const isOther = subject === "name" && account.key !== key;
    name = isOther ? `${alike(target, account.name)}, who` : target;
  }
  return { role, name };
}

/**
 * What is wrong with `text` as the target of an action, if it is a range such as `192.0.2.0/24`,
 * `192.0.2.*` or `192.0.2.1-192.0.2.9`. `addressKey` reads a single address.
 */
export function rangeProblem(
  text: string,
  addressKey: (text: string) => string | undefined,
): string | undefined {
  const whole = text.trim();
  const first = whole.replace(/\/\d*$/, "").replace(/\s*-\s*[\da-f.:]*$/i, "").replaceAll("*", "0");
  if (first === whole || addressKey(first) === undefined) return undefined;
  return `${whole} is a range of addresses; name a single address, of which one of IPv6 stands for ` +
    "its /64 network";
}
