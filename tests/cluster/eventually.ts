/** Waits for what comes about by itself, for as long as servers may take on a machine that is busy. */

import { delay } from "@std/async/delay";

/** Reached only by what fails: elections that have to be held again take a minute on a slow machine. */
const PATIENCE_MS = 240_000;

/** Waits until `holds`; rejects with `what` when it does not, and with what it throws. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const began = performance.now();
  while (!await holds()) {
    if (performance.now() - began > PATIENCE_MS) {
      throw new Error(`${what} did not come about in ${PATIENCE_MS / 1_000} s`);
    }
    await delay(50);
  }
}
