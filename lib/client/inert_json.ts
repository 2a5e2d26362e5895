/** JSON that does nothing to a terminal that it is printed on. */

import { replaceHidden } from "../words/inert.js";

/** JSON text in which characters that steer, turn or hide are escaped; its value stays the same. */
export function inertJson(json: string): string {
  return replaceHidden(json, escape);
}

function escape(character: string): string {
  const units = Array.from({ length: character.length }, (_, n) => character.charCodeAt(n));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
