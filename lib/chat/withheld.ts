/** What is told in the place of a stored message that can't be shown. */

import type { Message, Withheld } from "../wire/events.ts";
import { SERVER_NAME } from "../wire/names.ts";

const TEXTS: Readonly<Record<Withheld, string>> = {
  damaged: "What was said here was changed on the server's disk, and can't be shown.",
  "too-large": "What was said here is too large to be shown.",
};

/**
 * The stub for a message. Of a damaged one nobody knows which part was changed, its sender's name
 * perhaps, so the stub is from the server.
 */
export function withheld({ room, seq, from, at }: Message, why: Withheld): Message {
  const teller = why === "damaged" ? SERVER_NAME : from;
  return { room, seq, from: teller, at, text: TEXTS[why], withheld: why };
}
