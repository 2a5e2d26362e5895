/** Finds names that are in a JSON object twice, which `JSON.parse` passes over. */

/**
 * Whether an object, at any depth, had a name twice in the text with so many colons that `json` was
 * parsed from: each name takes a colon, and one that came twice is in `json` once.
 */
export function hasNameTwice(colons: number, json: object): boolean {
  let count = 0;
  // Goes by a list, as a peer chooses the depth, and no further than there can be names.
  const rest = [json];
  for (let object; count < colons && (object = rest.pop()) !== undefined;) {
    const values = Object.values(object);
    if (!Array.isArray(object)) count += values.length;
    for (const value of values) if (typeof value === "object" && value !== null) rest.push(value);
  }
  return count < colons;
}
