/** Times as text. */

let last = NaN;
let text = "";

/** A time in ms since 1970 as RFC 3339 has it; the last one is kept, since many in a row are the same. */
export function isoTime(at: number): string {
  if (at !== last) {
    text = new Date(at).toISOString();
    last = at;
  }
  return text;
}
