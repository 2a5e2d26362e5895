/** Events that are told in sentences, as entries. */

import { whyLeft } from "../../words/commands/rooms.js";
import { commandBehind } from "../../words/commands/table.js";
import { describe } from "../../words/describe.js";
import type { Event, EventOf } from "../../wire/events.ts";
import { withLocalTimes } from "../local_times.ts";
import type { Entry } from "./entry.ts";

/** What the server tells unasked in its own words, with times among them. */
const SERVERS_OWN: ReadonlySet<string> = new Set(["notice", "error", "bye"]);

/** The entries that tell `event`; `room` is where it happened, if the text does not say it. */
export function newsOf(event: Event, at: Date, room?: string): Entry[] {
  const kind = event.type === "error" ? "error" : "notice";
  const where = room === undefined ? {} : { room };
  const isDated = SERVERS_OWN.has(event.type) || commandBehind(event)?.dated;
  return (describe(event) ?? []).map((sentence) => {
    const text = isDated ? withLocalTimes(sentence) : sentence;
    return { kind, at, text, ...where };
  });
}

/** What is said to somebody who was taken out of a room; `wasHere`: it is the one that they looked at. */
export function sentOutText(event: EventOf<"left">, wasHere: boolean): string {
  const reason = whyLeft(event);
  const why = reason === "" ? "" : ` (${reason})`;
  const now = wasHere ? "; /room shows your others" : "";
  return `You are not in ${event.room} any more${why}${now}.`;
}
