/** A message as it is told. */

import type { Message } from "../../wire/events.ts";
import type { DirectFact, SayFact } from "./fact.ts";
import { isoTime } from "./iso_time.ts";

/** The message that a fact became, under the number that it was stored as, at a time in ms since 1970. */
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
