/** A password that is looked at before its client has said all that it takes to come in. */

import type { HouseParts } from "../house_parts.ts";
import type { Account } from "../people/records.ts";
import { checkEntrance } from "../people/sanction_text.ts";
import { Refusal } from "../refusal.ts";
import type { Peer } from "../sessions/peer.ts";

/** The parts of the house that this needs. */
type ProveParts = Pick<HouseParts, "keeper" | "proven" | "sessions" | "state">;

/**
 * Looks at the password of a name, and before it at the server's, under the limits of all passwords, and notes for
 * the peer that it was right.
 * Rejects with a {@linkcode Refusal}; what it has shown before does not count then.
 */
export async function prove(
  { keeper, proven, sessions, state: { people } }: ProveParts,
  peer: Peer,
  name: string,
  password: string,
  server?: string,
): Promise<Account> {
  if (sessions.has(peer)) throw new Refusal("already-ready", "You have said hello already");
  const { address = "" } = peer;
  const isGone = (): boolean => proven.has(peer) && proven.get(peer) === undefined;
  if (!isGone()) proven.delete(peer);
  checkEntrance(people, name, address === "" ? undefined : address);
  // Whoever does not know the server's learns nothing of names.
  keeper.checkPassword(address, { name, ...(server === undefined ? {} : { password: server }) });
  const hasGone = (): boolean => peer.hasEnded === true || isGone();
  const account = await keeper.checkLogin({ address, hasGone, isOver: isGone }, name, password);
  if (!isGone()) proven.set(peer, account);
  return account;
}
