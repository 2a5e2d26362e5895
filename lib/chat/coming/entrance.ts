/** What somebody who comes in is let in as: the session, the account, and the fact that is put for it. */

import type { HouseParts } from "../house_parts.ts";
import type { EnterFact } from "../log/fact.ts";
import type { KnownSession } from "../log/fact_log.ts";
import { type Account, signsOut } from "../people/records.ts";
import { shownBy } from "../people/who_is.ts";
import type { Hello, Peer } from "../sessions/peer.ts";
import type { Proof } from "./examine.ts";
import { hasPeople, isNumbered, labelOf } from "./hello_says.ts";

/** The account that a client has shown, by a password or a session that is signed in. */
export function accountBy(
  { state: { people } }: HouseParts,
  { pass, known }: Proof,
): Account | undefined {
  return pass.account ??
    (known?.account === undefined ? undefined : people.accountWith(known.account));
}

/** The same if the list of rooms is that of the account. */
export function listerBy(house: HouseParts, { visitor }: Hello, proof: Proof): Account | undefined {
  return visitor ? undefined : accountBy(house, proof);
}

/** What is known of the session, unless it was forgotten or signed out while passwords were looked at. */
export function stillKnown(
  { registry, coming }: HouseParts,
  peer: Peer,
  { known }: Proof,
): KnownSession | undefined {
  const { session = "", isForgotten = false, signOuts = [] } = coming.get(peer) ?? {};
  const account = known?.account ?? "";
  const isLost = isForgotten || registry.sessions.forgotten.has(session) ||
    signOuts.some((each) => signsOut(each, account, session));
  return isLost ? undefined : known;
}

/**
 * The secret of the session: the one that the client has shown, if it is known, or a new one. One that
 * comes beside a session gets one of its own.
 */
export function secretOf(
  { chance }: HouseParts,
  { session, beside = false }: Hello,
  { known }: Proof,
): string {
  return session === undefined || known === undefined || beside ? chance.secret() : session;
}

/** A client that may come in. */
export interface Comer {
  readonly proof: Proof;
  readonly secret: string;
  /** The rooms that it wants to be in first: the first of them that can be had. */
  readonly rooms: readonly string[];
  /** Those that its account has listed. */
  readonly listed: readonly string[];
}

/** The fact that a hello asks for. */
export function enterFact(
  house: HouseParts,
  peer: Peer,
  hello: Hello,
  { proof, secret, rooms, listed }: Comer,
): EnterFact {
  const { hashOf, node } = house;
  const { known } = proof;
  const shown = shownBy(accountBy(house, proof));
  const isBack = hello.session === secret;
  const isBeside = !isBack && known !== undefined && hello.session !== undefined;
  const label = labelOf(hello) || (isBack && known?.label || "");
  const knows = hasPeople(hello);
  return {
    kind: "enter",
    session: hashOf(secret),
    wanted: hello.name,
    traits: peer.traits,
    rooms,
    ...(knows || hello.room !== undefined || listed.length === 0 ? {} : { keeps: true }),
    ...(peer.address === undefined ? {} : { address: peer.address }),
    ...(shown === undefined ? {} : { shown }),
    ...(isNumbered(peer, hello) ? { numbered: true } : {}),
    ...(hello.visitor ? { isVisitor: true } : {}),
    ...(knows ? { hears: { people: true } } : {}),
    ...(label === "" ? {} : { label }),
    ...(peer.door === undefined ? {} : { door: peer.door }),
    ...(isBack && known !== undefined ? { since: known.since } : {}),
    ...(node === undefined ? {} : { node }),
    ...(isBeside ? { beside: hashOf(hello.session) } : {}),
  };
}
