/** Changes accounts, roles, bans and mutes: one after the other, each judged by what is stored then. */

import { sendersIn } from "./files/files.ts";
import type { HouseParts } from "./house_parts.ts";
import type { Entry, PeopleFact } from "./log/fact.ts";
import { beginMod } from "./mod_effects.ts";
import type { PeopleAsk } from "./people/people_ask.ts";
import { decided, putGranted } from "./put.ts";
import type { Hash } from "./sessions/session.ts";

/**
 * What is asked for, or what makes it when its turn has come: what only the log knows is looked at then, and
 * nothing is put between that and the fact. It may throw a `Refusal`.
 */
export type Asking = PeopleAsk | (() => PeopleAsk);

/**
 * Puts what is asked for. When the promise settles it holds; the fact says what it came to. Each is judged
 * by what there is when the one before has been stored. Rejects with a `Refusal` if it is not granted, or
 * can't be stored. `by` is the session that asks.
 */
export async function putPeople(house: HouseParts, asking: Asking, by?: Hash): Promise<PeopleFact> {
  let granted: PeopleFact = { kind: "people", changes: [] };
  await house.peopleTurn.run(async () => {
    const ask = typeof asking === "function" ? asking() : asking;
    const asker = by === undefined ? {} : { by };
    granted = await judgeAndPut(house, { kind: "people", ask, changes: [], ...asker });
  });
  return granted;
}

/** The same for what one person does to another or to a room, which whoever runs the server is told of. */
export async function putModeration(
  house: HouseParts,
  asking: Asking,
  by: Hash,
): Promise<PeopleFact> {
  const fact = await putPeople(house, asking, by);
  for (const change of fact.changes) if (change.type === "audit") house.onModerated(change.line);
  return fact;
}

async function judgeAndPut(house: HouseParts, asked: PeopleFact): Promise<PeopleFact> {
  const fact = decided(house, asked) as PeopleFact;
  if (fact.changes.length === 0) return fact;
  const before = sendersIn(house);
  const { promise, resolve } = Promise.withResolvers<Entry>();
  putGranted(house, fact, { done: resolve }, () => beginMod(house, fact));
  const { receipt, fact: kept } = await promise;
  if (receipt !== undefined && "refused" in receipt) throw receipt.refused;
  const senders = sendersIn(house);
  if (senders !== undefined && senders !== before) house.files?.onSenders(senders);
  return kept as PeopleFact;
}
