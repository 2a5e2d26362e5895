/** A message of a conversation, as one of a room. */

import type { EventOf, Message } from "../../wire/events.ts";

/** The message that an event tells, in what the conversation goes by here. */
export function directMessage(event: EventOf<"direct">, room: string): Message {
  const { from, at, text, seq = 0, action, by, file, re, quote, edited, ask } = event;
  return {
    room,
    seq,
    from,
    at,
    text,
    ...action ? { action } : {},
    ...by === undefined ? {} : { by },
    ...file === undefined ? {} : { file },
    ...re === undefined ? {} : { re },
    ...quote === undefined ? {} : { quote },
    ...edited === undefined ? {} : { edited },
    ...ask === undefined ? {} : { ask },
  };
}
