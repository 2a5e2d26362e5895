/** Whether a text fits into one event. */

import { bytesInEvent } from "../wire/events.ts";
import type { Page } from "./history.ts";
import { withheld } from "./withheld.ts";

/** Bytes of an event besides its text: names, a room, a time, an id. */
const REST_BYTES = 2_048;
/** Bytes of JSON that one UTF-16 code unit takes at most, as `\u0001` does. */
const JSON_FACTOR = 6;

/**
 * Whether the event with this text has at most `messageBytes`. A larger one does not fit the queue of a
 * client, and would cut off everybody that enters its room, time after time.
 */
export function fits(text: string, messageBytes: number): boolean {
  const most = Math.max(messageBytes / 2, messageBytes - REST_BYTES);
  return text.length * JSON_FACTOR <= most ||
    text.length <= most && bytesInEvent(text) <= most;
}

/** The page with a stub in the place of each message whose event would be larger. */
export function fittingPage(page: Page, messageBytes: number): Page {
  if (page.entries.every(({ message }) => fits(message.text, messageBytes))) return page;
  const entries = page.entries.map((entry) => {
    const { message } = entry;
    if (fits(message.text, messageBytes)) return entry;
    return { ...entry, message: withheld(message, "too-large") };
  });
  return { ...page, entries };
}
