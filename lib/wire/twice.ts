/** Finds names that are in a JSON object twice, which `JSON.parse` passes over. */

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/**
 * Whether an object in `text`, at any depth, has a name twice. `json` is what the text was parsed
 * into: each name takes a colon, and one that came twice is in it once.
 */
export function hasNameTwice(text: string, json: object): boolean {
  return countColons(text) > countNames(json);
}

/** Colons outside of strings. */
function countColons(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === COLON) count++;
    else if (unit === QUOTE) i = endOfString(text, i);
  }
  return count;
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

/** Names in an object and in all that is inside it. Goes by a list, as a peer chooses the depth. */
function countNames(json: object): number {
  let count = 0;
  const rest = [json];
  for (let object; (object = rest.pop()) !== undefined;) {
    const values = Object.values(object);
    if (!Array.isArray(object)) count += values.length;
    for (const value of values) if (typeof value === "object" && value !== null) rest.push(value);
  }
  return count;
}
