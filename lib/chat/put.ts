/** Puts facts into the log: they are decided here, and evolved and told when they come back, see take.ts. */

import { Asked } from "./asked.ts";
import { decide } from "./decide.ts";
import { evolvePut } from "./evolve.ts";
import type { HouseParts } from "./house_parts.ts";
import type { Later } from "./later.ts";
import type { Entry, Fact, Ticket } from "./log/fact.ts";
import { listerOf } from "./people/who_is.ts";
import { Refusal } from "./refusal.ts";
import type { RoomState } from "./rooms/room_state.ts";
import type { LeaveReason, Session } from "./sessions/session.ts";

/** The parts of the house that this needs. */
export type PutParts = Pick<HouseParts, "state" | "log" | "onUndecided">;

/**
 * Puts a fact into the log, if it is granted; throws a {@linkcode Refusal} otherwise. A promise means that
 * much is waiting, and that the caller should wait until it settles.
 */
export function put(house: PutParts, fact: Fact, ticket?: Ticket): Promise<void> | undefined {
  return putGranted(house, decided(house, fact), ticket);
}

/** Puts a fact that is granted, after `begin`, which tells what does not wait for the log. */
export function putGranted(
  house: PutParts,
  fact: Fact,
  ticket: Ticket | undefined,
  begin?: () => void,
): Promise<void> | undefined {
  if (!house.log.decidesAgain) {
    evolvePut(house.state, fact);
    begin?.();
  }
  if (ticket instanceof Asked) ticket.session.begin();
  return house.log.put(fact, ticket);
}

/**
 * The fact as it is granted, at a time in ms since 1970. An error that is no refusal is counted and logged, and
 * thrown as it is.
 */
export function decided(
  house: Pick<PutParts, "state" | "onUndecided">,
  fact: Fact,
  at = house.state.people.now,
): Fact {
  try {
    return decide(house.state, fact, at);
  } catch (error) {
    if (!(error instanceof Refusal)) house.onUndecided(error, fact);
    throw error;
  }
}

/**
 * Puts a fact that passes, and does what follows from it: before this returns if the fact is an entry by
 * then, otherwise when it comes back. Throws or rejects with a {@linkcode Refusal} if it is not granted,
 * now or in its place.
 */
export function putThen<Result>(
  house: PutParts,
  fact: Fact,
  then: (entry: Entry) => Later<Result>,
): Later<Result> {
  let come: Entry | undefined;
  let onEntry = (entry: Entry): void => void (come = entry);
  put(house, fact, { done: (entry) => onEntry(entry) });
  const goOn = (entry: Entry): Later<Result> => {
    const { receipt } = entry;
    if (receipt !== undefined && "refused" in receipt) throw receipt.refused;
    return then(entry);
  };
  if (come !== undefined) return goOn(come);
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  onEntry = (entry) => {
    try {
      resolve(goOn(entry));
    } catch (error) {
      reject(error);
    }
  };
  return promise;
}

/**
 * Takes `session` out of a room, which closes when nobody is left in it, and the room from the list of
 * its account, unless that `keeps` it.
 */
export function leaveRoom(
  house: HouseParts,
  session: Session,
  { key, name }: RoomState,
  why: LeaveReason & { readonly keeps?: true } = {},
): Later<void> {
  const fact = { kind: "leave", session: session.hash, room: { name, key }, ...why } as const;
  return putThen(house, fact, () => house.keepList(listerOf(house.state.people, session)?.id));
}
