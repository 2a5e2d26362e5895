// @ts-check
/** When two spellings are one name, whether a text is meant for somebody, and a name's colour. Pure. */

const LONGEST_NAME = 64;
/** A name takes at most so many times its letters before it is folded. */
const UNFOLDED = 4;

/**
 * The key by which names of people and rooms are compared, as the server compares them.
 * @param {string} name
 * @returns {string}
 */
export function nameKey(name) {
  if (name.length > LONGEST_NAME) return name;
  return fold(name).replace(/\p{Zs}+/gu, " ").trim();
}

/**
 * @param {string} a
 * @param {string} b
 * @returns {boolean}
 */
export function sameName(a, b) {
  return nameKey(a) === nameKey(b);
}

/**
 * Whether a text begins with the name and `:` or `,`, or has `@name` in it.
 * @param {string} text
 * @param {string} name
 * @returns {boolean}
 */
export function isAddressedTo(text, name) {
  const key = fold(name);
  if (key === "") return false;
  if (/^[:,]/.test(after(text, key) ?? "")) return true;
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
    const rest = after(text.slice(at + 1, at + 1 + startOf(key)), key);
    // Not the beginning of a longer name.
    if (rest !== undefined && !/^[\p{L}\p{N}_-]/u.test(rest)) return true;
  }
  return false;
}

/**
 * The hue of a name, in degrees: the same in every browser, and for every spelling of the name.
 * @param {string} name
 * @returns {number}
 */
export function hueOf(name) {
  let hash = 2166136261;
  for (const character of nameKey(name)) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  }
  return ((hash >>> 8) % 18) * 20;
}

/**
 * What follows the name, if the text begins with it.
 * @param {string} text
 * @param {string} key
 * @returns {string | undefined}
 */
function after(text, key) {
  const start = fold(text.slice(0, startOf(key)));
  return start.startsWith(key) ? start.slice(key.length) : undefined;
}

/**
 * How much of a text has to be looked at for a name and what follows it.
 * @param {string} key
 * @returns {number}
 */
function startOf(key) {
  return UNFOLDED * (key.length + 2);
}

/**
 * @param {string} text
 * @returns {string}
 */
function fold(text) {
  return text.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase().normalize("NFKC");
}
