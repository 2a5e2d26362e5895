/** Whether a message that comes under an id that was used is the same one, without keeping its text. */

import { Refusal } from "./refusal.ts";

/**
 * A number that is the same for the same `text`, and for another one hardly ever: its length, and a
 * hash (FNV-1a, 32 bits) below it. It only has to find mistakes: who forges one deceives nobody but
 * himself.
 */
export function fingerprint(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return text.length * 0x1_0000_0000 + (hash >>> 0);
}

/** What is said to a client that uses an id for a second message. */
export function idReused(id: string | undefined): Refusal {
  return new Refusal(
    "id-reused",
    `The id ${JSON.stringify(id)} was used for another message; every message needs its own`,
  );
}
