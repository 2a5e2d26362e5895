/** Whether a message is meant for one person. */

import type { Event } from "../wire/events.ts";
import { isAddressedTo, sameName } from "../words/names.js";

/** Whether `event` is a direct message to us, or a message in `room` that names us. */
export function isMeantFor(event: Event, name: string, room: string): boolean {
  if (event.type === "direct") return !sameName(event.from, name);
  return event.type === "message" && sameName(event.room, room) && isAddressedTo(event.text, name);
}
