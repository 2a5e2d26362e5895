/** Makes the message that clients get of a fact. */

import type { Message } from "../../wire/events.ts";
import type { DirectFact, SayFact } from "./fact.ts";
import { isoTime } from "./times.ts";

/** The message of a fact that was stored under a number, at a time in ms since 1970. */
export function asMessage(fact: SayFact | DirectFact, seq: number, at: number): Message {
  const message = {
    room: fact.title,
    seq,
    from: fact.from,
    at: isoTime(at),
    text: fact.text,
  };
  return fact.kind === "say" && fact.action ? { ...message, action: true } : message;
}
