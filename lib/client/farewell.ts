/** How a link ends a connection of its own accord. */

import type { Wire } from "./wire.ts";

/** How long the server may take to end it in answer, in ms. */
const LINGER_MS = 500;

/**
 * Ends a connection after what was written; settles when it has ended. `isIn`: the server has let us in,
 * and need not keep anything for us. One of an earlier version does not know the request.
 */
export async function sayFarewell(
  wire: Wire,
  isIn: boolean,
  finished: Promise<void>,
): Promise<void> {
  const timer = setTimeout(() => wire.close(), LINGER_MS);
  if (isIn && wire.protocol === "event") wire.send({ type: "quit" }).catch(() => {});
  await wire.end().catch(() => wire.close());
  await finished;
  clearTimeout(timer);
}
