/**
 * Looks at JSON before it is parsed. `JSON.parse` is expensive for deep nesting, which the sender
 * chooses, and does not notice a name that an object has twice.
 */

/** How deep objects and arrays may be nested. No request or event needs more than 4 levels. */
export const MAX_DEPTH = 32;

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Counts the colons outside of strings: an object has one for each name. Returns `undefined` if the text
 * is nested too deep to parse. The text need not be JSON.
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

/** Whether JSON is nested too deep to parse. */
export function isTooDeep(text: string): boolean {
  return countColons(text) === undefined;
}

/** The index of the quote that ends the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    // Backslashes in pairs escape each other, so only an odd number of them escapes the quote.
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
}
