/**
 * Which texts look alike: those with one skeleton, after UTS 39 (Unicode security mechanisms),
 * section 4. The order in which right-to-left text is shown (its "bidi skeleton") is left aside.
 */

import { evenSpaces, PLAIN } from "../../words/names.js";
import { CONFUSABLES } from "./confusables.ts";

/** What those signs of ASCII look like that look like others; the same as in the table. */
const PLAIN_ALIKE: Readonly<Record<string, string>> = {
  '"': "''",
  "%": "o/O",
  "0": "O",
  "1": "l",
  "I": "l",
  "`": "'",
  "m": "rn",
  "|": "l",
};

/** Made when a name first needs it, as few do. */
let table: ReadonlyMap<string, string> | undefined;

/** What a name looks like. */
export interface Looks {
  /** As it was written. */
  readonly shown: string;
  /** With its case folded, as others may write it. */
  readonly folded: string;
}

/** What was asked for last: when a client comes in, its name is looked for in several tables. */
let latest = { name: "", key: "", shown: "", folded: "" };

/** The looks of a name; names with the same key have the same `folded` one. */
export function looksOf(name: string, key: string): Looks {
  if (name === latest.name && key === latest.key) return latest;
  const spelling = nameSpelling(name);
  const shown = skeleton(spelling);
  latest = { name, key, shown, folded: spelling === key ? shown : skeleton(key) };
  return latest;
}

/**
 * A name as others see it, in one spelling: even spaces and no compatibility forms. This is what
 * RFC 8266, section 2.3, makes of a nickname.
 */
export function nameSpelling(name: string): string {
  return evenSpaces(PLAIN.test(name) ? name : name.normalize("NFKC"));
}

/** Whether two texts look the same to whoever reads them, also where one is written in other capitals. */
export function lookAlike(one: string, other: string): boolean {
  // A capital may look like what the small letter does not, as I looks like l, and the other way round.
  const looks = (text: string): string[] => {
    const spelling = nameSpelling(text.trim());
    return [skeleton(spelling.toLowerCase()), skeleton(spelling).toLowerCase()];
  };
  const others = looks(other);
  return looks(one).some((each, n) => each === others[n]);
}

/**
 * What is left of `text` when every character is replaced by the one that stands for all that look
 * like it. Not for showing: it can be of several scripts. Upper and lower case look different.
 */
export function skeleton(text: string): string {
  if (!PLAIN.test(text)) return mappedSkeleton(text);
  return text.replace(/["%01I`m|]/g, (sign) => PLAIN_ALIKE[sign] ?? sign);
}

/** The skeleton of any text, told in full; for printable ASCII it is what {@linkcode skeleton} is. */
export function mappedSkeleton(text: string): string {
  const alike = table ??= readTable();
  let mapped = "";
  const seen = text.normalize("NFKD").replace(/\p{Default_Ignorable_Code_Point}/gu, "");
  for (const char of seen) mapped += alike.get(char) ?? char;
  return mapped.normalize("NFKD");
}

function readTable(): Map<string, string> {
  const alike = new Map<string, string>();
  let target = "";
  for (const word of CONFUSABLES.trim().split(/\s/)) {
    if (word.endsWith(":")) target = fromPoints(word.slice(0, -1));
    else alike.set(fromPoints(word), target);
  }
  return alike;
}

function fromPoints(points: string): string {
  return String.fromCodePoint(...points.split("+").map((point) => parseInt(point, 16)));
}
