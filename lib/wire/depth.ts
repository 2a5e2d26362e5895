/**
 * Looks over JSON before it is parsed. That costs by its depth, which its sender chooses, and passes
 * over names that come twice.
 */

/** Objects and arrays that may be inside each other; no request and no event has more than 3. */
export const MAX_DEPTH = 32;

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Colons outside of strings, of which each name in an object takes one; `undefined` for what is
 * nested too deep to be parsed. The text need not be JSON.
 */
export function countColons(text: string): number | undefined {
  let colons = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === QUOTE) i = endOfString(text, i);
    else if (unit === COLON) colons++;
    else if (unit === OPEN_OBJECT || unit === OPEN_ARRAY) {
      if (++depth > MAX_DEPTH) return undefined;
    } else if (unit === CLOSE_OBJECT || unit === CLOSE_ARRAY) depth--;
  }
  return colons;
}

/** Whether JSON is nested too deep to be parsed. */
export function isTooDeep(text: string): boolean {
  return countColons(text) === undefined;
}

/** The place of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    // An even number of backslashes are escapes of each other.
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
}
