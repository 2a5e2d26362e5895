/** What somebody who comes in is let in as: the session, the account, and the fact that is put for it. */

import { REQUESTS } from "../../wire/requests.ts";
import type { HouseParts } from "../house_parts.ts";
import type { EnterFact } from "../log/fact.ts";
import type { KnownSession } from "../log/fact_log.ts";
import { type Account, signsOut } from "../people/records.ts";
import { shownBy } from "../people/who_is.ts";
import { Refusal } from "../refusal.ts";
import { roomsWanted } from "../rooms/first_room.ts";
import type { Hello, Peer } from "../sessions/peer.ts";
import type { Proof } from "./examine.ts";

/** The account that a client has shown, by a password or a session that is signed in. */
function accountBy({ state: { people } }: HouseParts, { pass, known }: Proof): Account | undefined {
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

/** The fact that a hello asks for. */
export function enterFact(
  house: HouseParts,
  peer: Peer,
  hello: Hello,
  { secret, listed, ...proof }: Proof & { readonly secret: string; readonly listed: string[] },
): EnterFact {
  const { hashOf } = house;
  const { known } = proof;
  const session = hashOf(secret);
  const shown = shownBy(accountBy(house, proof));
  const isBack = hello.session === secret;
  const label = labelOf(hello);
  const knows = hello.features?.includes("people") ?? false;
  const numbered = peer.traits.numbered || (hello.visitor === true && !hello.exact);
  return {
    kind: "enter",
    session,
    wanted: hello.name,
    traits: peer.traits,
    rooms: roomsWanted(hello, knows ? listed : []),
    ...(knows || hello.room !== undefined || listed.length === 0 ? {} : { keeps: true }),
    ...(peer.address === undefined ? {} : { address: peer.address }),
    ...(shown === undefined ? {} : { shown }),
    ...(numbered ? { numbered: true } : {}),
    ...(hello.visitor ? { isVisitor: true } : {}),
    ...(knows ? { hears: { people: true } } : {}),
    ...(label === "" ? {} : { label }),
    ...(peer.door === undefined ? {} : { door: peer.door }),
    ...(isBack && known !== undefined ? { since: known.since } : {}),
    ...(isBack || known === undefined || hello.session === undefined
      ? {}
      : { beside: hashOf(hello.session) }),
  };
}

/** What a device is called, in one line. Throws a {@linkcode Refusal} for what is too long. */
function labelOf({ label = "" }: Hello): string {
  const { most } = REQUESTS.hello.label;
  if (label.length <= most) return label.replace(/[\s\p{C}]+/gu, " ").trim();
  throw new Refusal(
    "bad-field",
    `The label of a device has at most ${most} characters; this one has ${label.length}`,
  );
}
