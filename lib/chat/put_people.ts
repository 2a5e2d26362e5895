/** Changing what is known of people: one change after the other, each judged by what there is then. */

import type { HouseParts } from "./house_parts.ts";
import type { Receipt } from "./log/fact.ts";
import { put } from "./put.ts";
import type { Change } from "./records.ts";
import { Refusal } from "./refusal.ts";

/** How often a change is judged, where others change things all the time. */
const MAX_TRIES = 10;

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
 * other, and by what there is now: where somebody else has changed that before it was kept, `judge` is
 * called again. Rejects with what it throws, and with a {@linkcode Refusal} where nothing can be kept.
 */
export function putPeople(house: Parts, judge: () => Judged): Promise<void> {
  return house.peopleTurn.run(() => judgeAndPut(house, judge));
}

async function judgeAndPut(house: Parts, judge: () => Judged): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const judged = judge();
    if (judged.changes.length === 0) return judged.begin?.();
    const receipt = await putJudged(house, judged);
    if (receipt === undefined) return;
    if ("refused" in receipt) throw receipt.refused;
  }
  throw new Refusal("try-later", "Names and roles are being changed; try again in a moment");
}

function putJudged(house: Parts, { changes, begin }: Judged): Promise<Receipt | undefined> {
  const { promise, resolve } = Promise.withResolvers<Receipt | undefined>();
  const ticket = { done: ({ receipt }: { receipt?: Receipt }) => resolve(receipt) };
  put(house, { kind: "people", changes }, ticket, begin);
  return promise;
}
