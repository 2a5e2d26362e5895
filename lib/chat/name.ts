/**
 * When two spellings are the same name, of a person or of a room. What a name may be is told in
 * check_name.ts, and which names look alike in skeleton.ts.
 *
 * A name is kept as it was written, and compared by its key: after the comparison of nicknames in
 * RFC 8266, section 2.4, but with the case folded and not only lowered, so that `STRASSE` and
 * `straße` are one name.
 */

import { lateRegExp } from "../words/late_regexp.js";

/** The longest name, in UTF-16 code units, whatever its width: marks that stack have none. */
export const MAX_NAME_LENGTH = 64;

/** Printable ASCII, for which all is simpler. Most names are that. */
export const PLAIN = /^[\x20-\x7e]*$/;
const SPACES = lateRegExp("\\p{Zs}+", "gu");

/**
 * The key by which names are compared. A text that is too long for a name is its own key:
 * normalizing takes time that grows with the square of the length.
 */
export function nameKey(name: string): string {
  if (name.length > MAX_NAME_LENGTH) return name;
  return PLAIN.test(name) ? plainSpaces(name.toLowerCase()) : foldedKey(name);
}

/** The key of any short text, told in full; for printable ASCII it is what {@linkcode nameKey} is. */
export function foldedKey(name: string): string {
  // Lowered first, as the capital sharp s is its own upper case.
  const folded = name.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase();
  return evenSpaces(folded.normalize("NFKC"));
}

/**
 * A name as others see it, in one spelling: even spaces and no compatibility forms. This is what
 * RFC 8266, section 2.3, makes of a nickname.
 */
export function nameSpelling(name: string): string {
  return PLAIN.test(name) ? plainSpaces(name) : evenSpaces(name.normalize("NFKC"));
}

/**
 * A room's name as somebody wrote it, perhaps with the one `#` before it with which rooms are shown.
 * A room of old whose name begins with one itself is written with two.
 */
export function roomName(text: string): string {
  return text.startsWith("#") ? text.slice(1) : text;
}

function evenSpaces(text: string): string {
  return text.replace(SPACES(), " ").trim();
}

function plainSpaces(text: string): string {
  return text.includes(" ") ? text.replace(/ +/g, " ").trim() : text;
}
