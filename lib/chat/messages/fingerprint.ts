/** Tells whether a message is the same as one that was sent under its id, without keeping the texts. */

import { Refusal } from "../refusal.ts";

/**
 * A number that is the same for equal texts, and hardly ever for different ones: the length, and a hash
 * (FNV-1a, 32 bits) below it. It only has to find mistakes: a client that forges one deceives only
 * itself.
 */
export function fingerprint(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return text.length * 0x1_0000_0000 + (hash >>> 0);
}

/** The refusal for a client that uses an id for a second message. */
export function idReused(id: string | undefined): Refusal {
  return new Refusal(
    "id-reused",
    `The id ${JSON.stringify(id)} was used for another message; every message needs its own`,
  );
}
