// @ts-check
/** `s/lunch/dinner/`: what somebody types who wants another word in what was said last. */

/**
 * What stands in the place of what: of the first, or of all with `g` at the end.
 * @typedef {{ readonly from: string, readonly to: string, readonly all: boolean }} Substitution
 */

const LINE = /^s\/((?:[^/\\]|\\[^])+)\/((?:[^/\\]|\\[^])*)\/(g?)\s*$/;

/**
 * A line that is a substitution and nothing else; `\/` is a slash in it. `undefined` for any other.
 * @type {(line: string) => Substitution | undefined}
 */
export function readSubstitution(line) {
  const [whole, from = "", to = "", flag] = LINE.exec(line) ?? [];
  if (whole === undefined) return undefined;
  return { from: unescape(from), to: unescape(to), all: flag === "g" };
}

/**
 * The text with the other words; `undefined` if they are not in it.
 * @type {(text: string, substitution: Substitution) => string | undefined}
 */
export function substitute(text, { from, to, all }) {
  if (!text.includes(from)) return undefined;
  return all ? text.replaceAll(from, () => to) : text.replace(from, () => to);
}

/** @type {(text: string) => string} */
function unescape(text) {
  return text.replaceAll(/\\([/\\])/g, "$1");
}
