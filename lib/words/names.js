// @ts-check
/**
 * When two spellings are the same name, of a person or of a room, which colour a name has, and which texts
 * are meant for somebody. What a name may be is told in chat/names/check_name.ts, and which look alike in chat/names/skeleton.ts.
 *
 * A name is kept as it was written, and compared by its key: after the comparison of nicknames in
 * RFC 8266, section 2.4, but with the case folded and not only lowered, so that `STRASSE` and
 * `straße` are one name.
 */

import { lateRegExp } from "./late_regexp.js";

/** The longest name, in UTF-16 code units, whatever its width: marks that stack have none. */
export const MAX_NAME_LENGTH = 64;
/** How many colours names have. */
export const NAME_HUES = 24;
/** A name takes at most so many times its letters before it is folded. */
const UNFOLDED = 4;
/** So much of a text may be the longest name and what follows it, in UTF-16 code units. */
const KEY_ROOM = UNFOLDED * (MAX_NAME_LENGTH + 2);

/** A key is at most so long: folding makes some letters two. */
const MAX_KEY_LENGTH = 2 * MAX_NAME_LENGTH;
/** Mentions in one text that count. */
const MOST_MENTIONS = 50;
/** What becomes a `:` or a `,` when it is folded. */
const COLON_OR_COMMA = /[:,\uff1a\uff0c\ufe10\ufe13\ufe50\ufe55]/;

/** Printable ASCII, for which all is simpler. Most names are that. */
export const PLAIN = /^[\x20-\x7e]*$/;
const spaces = lateRegExp("\\p{Zs}+", "gu");
const goesOn = lateRegExp("^[\\p{L}\\p{N}_-]", "u");

/**
 * The key by which names are compared. A text that is too long for a name is its own key:
 * normalizing takes time that grows with the square of the length.
 * @type {(name: string) => string}
 */
export function nameKey(name) {
  if (name.length > MAX_NAME_LENGTH) return name;
  const key = folded(name);
  return /[^!-~]/.test(key) ? evenSpaces(key) : key;
}

/** @type {(a: string, b: string) => boolean} */
export function sameName(a, b) {
  return nameKey(a) === nameKey(b);
}

/**
 * A room's name as somebody wrote it, perhaps with the one `#` before it with which rooms are shown.
 * A room of old whose name begins with one itself is written with two.
 * @type {(text: string) => string}
 */
export function roomName(text) {
  return text.startsWith("#") ? text.slice(1) : text;
}

/** One space for each stretch of them, and none at either end. @type {(text: string) => string} */
export function evenSpaces(text) {
  return text.replace(spaces(), " ").trim();
}

/**
 * Whether a text begins with the name and `:` or `,`, or has `@name` in it. Letter case and
 * compatibility forms make no difference, as with names.
 * @type {(text: string, name: string) => boolean}
 */
export function isAddressedTo(text, name) {
  const key = folded(name.slice(0, MAX_NAME_LENGTH));
  if (key === "") return false;
  return /^[:,]/.test(after(text, 0, key) ?? "") || isAfterAt(text, key);
}

/**
 * Whether what was said in a room is for somebody: it is addressed to them, or for all, as the server says.
 * All clients ring by it, and the server counts by it.
 * @type {(said: { readonly text: string, readonly all?: boolean | undefined }, name: string) => boolean}
 */
export function isForPerson({ text, all = false }, name) {
  return all || isAddressedTo(text, name);
}

/** Whether a text has `@all` in it: it is meant for everybody. @type {(text: string) => boolean} */
export function isForAll(text) {
  return isAfterAt(text, "all");
}

/** Whether a text has `@` and the name with a key in it. @type {(text: string, key: string) => boolean} */
function isAfterAt(text, key) {
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
    const rest = after(text, at + 1, key);
    // Not the beginning of a longer name.
    if (rest !== undefined && !goesOn().test(rest)) return true;
  }
  return false;
}

/**
 * The keys of all names that a text may be addressed to: isAddressedTo() says of each name with such a
 * key whether it is. Of the `@` in it the first 50 count.
 * @type {(text: string) => Set<string>}
 */
export function keysAddressed(text) {
  /** @type {Set<string>} */
  const keys = new Set();
  // Most texts have none of these, and a server asks for each.
  if (COLON_OR_COMMA.test(text.slice(0, KEY_ROOM))) {
    const first = keyRoom(text, 0);
    for (const { index } of first.matchAll(/[:,]/g)) addKey(keys, first.slice(0, index));
  }
  let at = text.indexOf("@");
  for (let count = 0; at !== -1 && count < MOST_MENTIONS; count++) {
    const rest = keyRoom(text, at + 1);
    for (let end = 1; end <= rest.length; end++) {
      if (!goesOn().test(rest.slice(end, end + 2))) addKey(keys, rest.slice(0, end));
    }
    at = text.indexOf("@", at + 1);
  }
  return keys;
}

/** A number that is the same for a text every day: FNV-1a. @type {(text: string) => number} */
export function textHash(text) {
  let hash = 0x811c9dc5;
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * The hue of a name in degrees, as OKLCH has them: that of one person is the same at every door and in
 * every room, whoever else is there, so that it can be known by it.
 * @type {(name: string) => number}
 */
export function nameHue(name) {
  return ((textHash(nameKey(name)) >>> 8) % NAME_HUES) * (360 / NAME_HUES);
}

/** As much of a text as a name's key takes, and one letter more. @type {(text: string, at: number) => string} */
function keyRoom(text, at) {
  return folded(text.slice(at, at + KEY_ROOM)).slice(0, MAX_KEY_LENGTH + 2);
}

/** @type {(keys: Set<string>, key: string) => void} */
function addKey(keys, key) {
  const even = evenSpaces(key);
  if (even !== "") keys.add(even);
}

/**
 * What follows the name, if the text has it from `at` on.
 * @type {(text: string, at: number, key: string) => string | undefined}
 */
function after(text, at, key) {
  const start = folded(text.slice(at, at + UNFOLDED * (key.length + 2)));
  return start.startsWith(key) ? start.slice(key.length) : undefined;
}

/** @type {(text: string) => string} */
function folded(text) {
  if (PLAIN.test(text)) return text.toLowerCase();
  // Lowered first, as the capital sharp s is its own upper case.
  return text.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase().normalize("NFKC");
}
