/** Has kept that a session is in use, and which account's device it is. */

import type { HouseParts } from "../house_parts.ts";
import { put } from "../put.ts";
import { addressOf, type Session } from "../sessions/session.ts";

/**
 * Puts that a session is in use, and notes from where its account came in. That of a visitor is stored with
 * its first message.
 */
export function remember(house: HouseParts, session: Session): void {
  const { people } = house.state;
  const { hash, traits, isVisitor, label, door, since } = session;
  const account = people.accountOf(session)?.id;
  if (account !== undefined) house.keeper.places.add(account, addressOf(session));
  if (!traits.resumes || isVisitor) return;
  if (account === undefined) {
    put(house, { kind: "session-use", hashes: [hash] });
    return;
  }
  const device = { hash, account, label, door, since, used: people.now };
  put(house, { kind: "list", changes: [{ type: "device", device }] });
}
