/** Finds names that a JSON object has twice, which `JSON.parse` does not notice. */

/**
 * Whether an object at any depth had a name twice in the text that `json` was parsed from. `colons` is
 * the number of colons in that text. Each name had one, but `json` has a repeated name only once.
 */
export function hasNameTwice(colons: number, json: object): boolean {
  let count = 0;
  // Uses a list instead of recursion, since the peer chooses the depth. Stops when no name is missing.
  const rest = [json];
  for (let object; count < colons && (object = rest.pop()) !== undefined;) {
    const values = Object.values(object);
    if (!Array.isArray(object)) count += values.length;
    for (const value of values) if (typeof value === "object" && value !== null) rest.push(value);
  }
  return count < colons;
}
