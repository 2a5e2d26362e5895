/** How names are aligned in the view, for whoever wants that. Pure. */

import type { Aligned, Look } from "../terminal/entry.ts";
import type { Known } from "../terminal/known.ts";

/** The most columns that a name has where the conversation has at least so many. */
const NAMES: ReadonlyArray<readonly [columns: number, name: number]> = [[90, 16], [60, 12], [0, 8]];
/** The brackets and the blank around it. */
const AROUND_NAME = 3;
/** The fewest columns of a number: a room with fewer messages looks no other when it has more. */
const LEAST_NUMBER = 3;

/** How names stand in a conversation of so many columns whose last message has this number. */
export function alignedIn(known: Known, last: number, width: number): Pick<Look, "aligned"> {
  if (!known.preferences.all.aligned) return {};
  const [, name] = NAMES.find(([columns]) => width >= columns) ?? [0, 8];
  const number = known.hasNumbers ? Math.max(LEAST_NUMBER, `${last}`.length) : 0;
  return { aligned: { names: name + AROUND_NAME, number } };
}

/** The time of day and a blank. */
const TIME = 6;

/** Where texts begin; `undefined`: each behind its name. */
export function alignedAt(aligned: Aligned | undefined): number | undefined {
  if (aligned === undefined) return undefined;
  const { names, number } = aligned;
  return TIME + (number === 0 ? 0 : number + 1) + names;
}
