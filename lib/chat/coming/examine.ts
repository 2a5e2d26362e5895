/** What a client shows when it comes in: passwords, and a session that may be known from before the start. */

import { nameKey } from "../../words/names.js";
import type { HouseParts } from "../house_parts.ts";
import { after, type Later } from "../later.ts";
import type { KnownSession } from "../log/fact_log.ts";
import type { Pass } from "../people/keeper.ts";
import { checkEntrance } from "../people/sanction_text.ts";
import type { Hello, Peer } from "../sessions/peer.ts";
import { comesByLink } from "./come_by_link.ts";

/** What has come of that. */
export interface Proof {
  readonly pass: Pass;
  /** What is known of the session that it names; `undefined`: it names none, or one that is not known. */
  readonly known: KnownSession | undefined;
}

/**
 * Looks at what a client shows, in this order: the server's password, a ban of its name or address, and
 * the password of its name. A session that is a device of an account stands for both passwords, a link
 * for the first.
 * Throws or rejects with a `Refusal`.
 */
export function examine(house: HouseParts, peer: Peer, hello: Hello): Later<Proof> {
  const { address = "" } = peer;
  const isOver = (): boolean => !house.coming.has(peer);
  const hasGone = (): boolean => peer.hasEnded === true || isOver();
  const { keeper, state: { people } } = house;
  // Who shows no session, or the password all the same, need not wait for what is known of it.
  const isShown = hello.password !== undefined || hello.session === undefined;
  if (isShown && !comesByLink(house, hello)) keeper.checkPassword(address, hello);
  return after(recall(house, hello.session), (known) => {
    const isDevice = known?.account !== undefined &&
      people.accountWith(known.account) !== undefined;
    if (!isShown && !isDevice && !comesByLink(house, hello)) {
      keeper.checkPassword(address, hello);
    }
    checkEntrance(people, hello.name, address === "" ? undefined : address);
    return after(keeper.passOf({ address, hasGone, isOver }, hello), (pass) => ({
      pass: withProven(house, peer, hello, pass),
      known,
    }));
  });
}

/**
 * What is known of a session: here, or from before this house was opened. For one that is here a promise
 * waits until all that it said has been told.
 */
function recall(
  { sessionOf, hashOf, index, registry, state: { people } }: HouseParts,
  secret: string | undefined,
): Later<KnownSession | undefined> {
  if (secret === undefined) return undefined;
  const session = sessionOf(secret);
  if (session === undefined) {
    const hash = hashOf(secret);
    return registry.sessions.forgotten.has(hash) ? undefined : index.recall(hash);
  }
  const known = (): KnownSession => {
    const account = people.accountOf(session)?.id;
    const { label, since } = session;
    return { label, since, ...(account === undefined ? {} : { account }) };
  };
  const idle = session.idle();
  return idle === undefined ? known() : idle.then(known);
}

/** What a client has shown, with the account that it has shown before; not if its password was changed since. */
function withProven(
  { proven, state: { people } }: HouseParts,
  peer: Peer,
  { name, login }: Hello,
  pass: Pass,
): Pass {
  const before = login === undefined ? proven.get(peer) : undefined;
  const account = people.account(nameKey(name));
  if (before === undefined || account?.id !== before.id) return pass;
  return account.proof === before.proof ? { ...pass, account } : pass;
}
