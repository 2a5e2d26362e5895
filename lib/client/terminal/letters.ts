/** How a few letters name something: they are in its name, in their order. */

/** Where a word begins in a name. */
const EDGE = /[\s#@_.\-]/;
/** What it costs that letters are together but begin no word, and that they are apart. */
const WITHIN = 20;
const APART = 100;

/** How well letters fit a name: less is better. `undefined`: they are not in it. */
export function fitOf(letters: string, name: string): number | undefined {
  const [wanted, within] = [letters.trim().toLowerCase(), name.toLowerCase()];
  if (wanted === "") return 0;
  const whole = within.indexOf(wanted);
  if (whole >= 0) {
    const isWord = whole === 0 || EDGE.test(within[whole - 1] ?? "");
    return isWord ? whole : WITHIN + whole;
  }
  let [at, cost] = [-1, APART];
  for (const letter of wanted) {
    const next = within.indexOf(letter, at + 1);
    if (next < 0) return undefined;
    cost += next - at - 1;
    at = next;
  }
  return cost;
}

/** Those whose names have the letters in them, the one that fits best first. */
export function byLetters<T>(
  letters: string,
  all: readonly T[],
  nameOf: (each: T) => string,
): T[] {
  return all.map((each) => ({ each, fit: fitOf(letters, nameOf(each)) }))
    .filter(({ fit }) => fit !== undefined)
    .sort((a, b) => (a.fit ?? 0) - (b.fit ?? 0))
    .map(({ each }) => each);
}
