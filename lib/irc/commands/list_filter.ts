/** Which rooms LIST is asked for: by names, by masks, and by how many people they have. */

import { listed } from "./command.ts";
import { fitsMask } from "./who.ts";

/** A room, as far as LIST goes by it. */
interface Listable {
  readonly channel: string;
  readonly members: number;
  /** Nobody is there, and nothing was said. */
  isEmpty(): boolean;
}

/**
 * Whether a room is one of those that the parameter of LIST asks for. With channels or masks in it those are told
 * which one of them fits to; with `!` before a mask, which do not fit to that; with `>` or `<`, which have more or
 * fewer people than the number after it. What is none of that is passed over. An empty room is told by its name only.
 */
export function wantedRooms(filter: string): (room: Listable) => boolean {
  const parts = listed(filter);
  const names = new Set<string>();
  const masks: Array<(channel: string) => boolean> = [];
  const others: Array<(channel: string) => boolean> = [];
  const counts: Array<(members: number) => boolean> = [];
  for (const part of parts) {
    const [, sign, digits = ""] = /^([<>])(\d+)$/.exec(part) ?? [];
    const count = Number(digits);
    if (sign !== undefined) {
      counts.push((members) => sign === ">" ? members > count : members < count);
    } else if (part.startsWith("!") && part.length > 1) others.push(fitsMask(part.slice(1)));
    else if (/[*?]/.test(part)) masks.push(fitsMask(part));
    else if (part.startsWith("#")) names.add(part.toLowerCase());
  }
  const isAny = names.size === 0 && masks.length === 0;
  return ({ channel, members, isEmpty }) => {
    if (others.some((fits) => fits(channel)) || !counts.every((fits) => fits(members))) {
      return false;
    }
    if (names.has(channel.toLowerCase())) return true;
    return (isAny || masks.some((fits) => fits(channel))) && !isEmpty();
  };
}
