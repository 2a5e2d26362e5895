/** How many entries of a list fit into one event. */

/** The most bytes of a list: it must fit an outbox, together with what else is on its way. */
const MAX_LIST_BYTES = 262_144;

const encoder = new TextEncoder();

/** The first entries that fit into one event; the first one always does. */
export function fitting<Entry>(entries: readonly Entry[]): readonly Entry[] {
  let left = MAX_LIST_BYTES;
  const fits = (entry: Entry, index: number): boolean => {
    left -= encoder.encode(JSON.stringify(entry)).length + 1;
    return left >= 0 || index === 0;
  };
  const end = entries.findIndex((entry, index) => !fits(entry, index));
  return end === -1 ? entries : entries.slice(0, end);
}
