/** Ends a connection of our own accord. */

import type { Wire } from "./wire.ts";

/** How long the server may take to end it too, in ms. */
const LINGER_MS = 500;

/**
 * Ends a connection after all that was written; settles when it has ended. `isIn`: the server has let
 * us in, so tell it with `quit` that it need not keep our session. Earlier versions of the server do
 * not know that request.
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
