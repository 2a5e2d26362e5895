// @ts-check
/** How far two words are apart, for "did you mean". */

/** The Levenshtein distance of two short words. @type {(a: string, b: string) => number} */
export function editDistance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/**
 * Whether two words have the same letters in another order.
 * @type {(a: string, b: string) => boolean}
 */
export function isSwap(a, b) {
  return [...a].sort().join("") === [...b].sort().join("");
}
