/** Links with words of their own, as plain text. */

import { evenSpaces } from "../words/names.js";

/** What an address is without: people know one of mail, or a number, without it. */
const SCHEME = /^(?:mailto|tel):/i;

/** A link as plain text: what it is called, and where it leads, unless both say the same. */
export function linkText(url: string, label = ""): string {
  const place = url.replace(SCHEME, "");
  const name = evenSpaces(label).replace(SCHEME, "");
  const says = name === "" || name === place || place.endsWith(`://${name}`);
  return says ? place : `${name} (${place})`;
}
