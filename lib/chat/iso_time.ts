/** Times as events have them. */

let lastMs = -1;
let lastText = "";

/** A time in ms since 1970 as RFC 3339 has it. Many events in a row have the same, which is written once. */
export function isoTime(ms: number): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}
