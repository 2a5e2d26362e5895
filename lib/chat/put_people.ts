/** Changing what is known of people: one change after the other, each judged by what there is then. */

import type { HouseParts } from "./house_parts.ts";
import type { Receipt } from "./log/fact.ts";
import { put } from "./put.ts";
import type { Change } from "./records.ts";

/** What a change comes to. */
export interface Judged {
  readonly changes: readonly Change[];
  /** What happens as soon as the bans and mutes among them hold, whether they can be kept or not. */
  readonly begin?: () => void;
}

/** What it takes to change people. */
type Parts = Pick<HouseParts, "state" | "log" | "peopleTurn" | "onUndecided">;

/**
 * Puts the changes that `judge` comes to, which hold when the promise settles. One judges after the
 * other, by what there is when the one before has been kept. Rejects with what `judge` throws, and with
 * a `Refusal` where nothing can be kept.
 */
export function putPeople(house: Parts, judge: () => Judged): Promise<void> {
  return house.peopleTurn.run(() => judgeAndPut(house, judge));
}

async function judgeAndPut(house: Parts, judge: () => Judged): Promise<void> {
  const { changes, begin } = judge();
  if (changes.length === 0) return;
  const { promise, resolve } = Promise.withResolvers<Receipt | undefined>();
  const ticket = { done: ({ receipt }: { receipt?: Receipt }) => resolve(receipt) };
  put(house, { kind: "people", changes }, ticket, begin);
  const receipt = await promise;
  if (receipt !== undefined && "refused" in receipt) throw receipt.refused;
}
