/** Times as the database has them, in ms since 1970. */

import { StoreError } from "./schema.ts";

/** The last time that there is, in ms since 1970; the first one is as long before. */
export const MAX_TIME = 8_640_000_000_000_000;

/** A time as RFC 3339; `what` has it. Throws a {@linkcode StoreError} for a number that is none. */
export function storedTime(ms: number, what: string): string {
  if (Math.abs(ms) <= MAX_TIME) return new Date(ms).toISOString();
  throw new StoreError(
    `${what} has ${ms} for a time, which is none: the database is damaged; chatroom check tells ` +
      "what else is, and a backup is to be put back",
  );
}
