/** The clock and time zone of this machine, and the server's times converted to it. */

import type { Here } from "../chat/messages/when.ts";

/** A time as the server writes it in sentences: to the minute, in UTC. */
const UTC = /(?<!\d)(\d{4}-\d\d-\d\d) (\d\d:\d\d)(?: UTC|Z)/g;

/** Converts the times in `text` from UTC to local time. */
export function withLocalTimes(text: string): string {
  return text.replace(UTC, (whole, day, minutes) => {
    const at = new Date(`${day}T${minutes}Z`);
    return Number.isNaN(at.getTime()) ? whole : localTime(at);
  });
}

/** A local time to the minute, as in `2026-11-28 09:30`. */
export function localTime(at: Date): string {
  if (Number.isNaN(at.getTime())) return "----------";
  const two = (n: number): string => String(n).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The time, and the time zone of the system, by which typed times are parsed. */
export function here(): Here {
  return { now: Date.now(), offsetMs: (ms) => -new Date(ms).getTimezoneOffset() * 60_000 };
}
