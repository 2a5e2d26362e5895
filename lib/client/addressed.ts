/** Whether something that was said is meant for one person. */

import type { Event } from "../wire/events.ts";

/** More than any name takes after folding, in UTF-16 code units. */
const LONGEST = 256;

/**
 * Whether `event` is a direct message, or one in `room` that begins with the name and `:` or `,` or
 * has `@name` in it. Letter case and compatibility forms make no difference, as with names.
 */
export function isAddressedTo(event: Event, name: string, room: string): boolean {
  if (event.type === "direct") return fold(event.from) !== fold(name);
  if (event.type !== "message" || fold(event.room) !== fold(room)) return false;
  const key = fold(name);
  const { text } = event;
  if (/^[:,]/.test(after(text, key) ?? "")) return true;
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
    const rest = after(text.slice(at + 1, at + 1 + LONGEST), key);
    // Not the beginning of a longer name.
    if (rest !== undefined && !/^[\p{L}\p{N}_-]/u.test(rest)) return true;
  }
  return false;
}

/** What follows the name, if the text begins with it. */
function after(text: string, key: string): string | undefined {
  const start = fold(text.slice(0, LONGEST));
  return start.startsWith(key) ? start.slice(key.length) : undefined;
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase().normalize("NFKC");
}
