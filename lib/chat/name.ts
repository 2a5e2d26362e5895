/**
 * What a person or a room may be called, and when two spellings are the same name.
 *
 * A name is kept as it was written. Two names are the same when their keys are: compatibility
 * forms, letter case and the width of spaces make no difference (after RFC 8266, "nicknames").
 */

import { SERVER_NAME } from "../wire/event.ts";
import { Refusal } from "./refusal.ts";
import { textWidth } from "./width.ts";

/** The widest name, in terminal columns. */
export const MAX_NAME_COLUMNS = 32;

/** The longest name, in UTF-16 code units, whatever its width: marks that stack have none. */
const MAX_NAME_LENGTH = 64;

/** Controls, invisible formatting, private and unassigned code points, line separators. */
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * The key by which names are compared. A text that is too long for a name is its own key:
 * normalizing takes time that grows with the square of the length.
 */
export function nameKey(name: string): string {
  if (name.length > MAX_NAME_LENGTH) return name;
  const folded = name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
  return folded.replace(/\p{Zs}+/gu, " ").trim();
}

/** The key of a person's name. Throws a {@linkcode Refusal} (`bad-name`) for one that can't be. */
export function checkName(name: string): string {
  const key = checkText(name, "name", "bad-name");
  if (key === SERVER_NAME) {
    throw new Refusal("bad-name", `The name ${name} is the server's own; choose another`);
  }
  return key;
}

/** The key of a room's name. Throws a {@linkcode Refusal} (`bad-room`) for one that can't be. */
export function checkRoom(room: string): string {
  const key = checkText(room, "room's name", "bad-room");
  if (/\s/u.test(room)) {
    throw new Refusal("bad-room", `A room's name has no spaces: ${quote(room)}`);
  }
  return key;
}

function checkText(text: string, what: string, code: string): string {
  if (text.length > MAX_NAME_LENGTH) {
    throw new Refusal(
      code,
      `A ${what} is at most ${MAX_NAME_LENGTH} characters long; ${quote(text)} has ${text.length}`,
    );
  }
  const key = nameKey(text);
  if (key === "") throw new Refusal(code, `A ${what} can't be blank`);
  const bad = FORBIDDEN.exec(text)?.[0];
  if (bad !== undefined) {
    const point = (bad.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0");
    throw new Refusal(code, `A ${what} can't contain U+${point}, which can't be seen`);
  }
  const columns = textWidth(text);
  if (columns > MAX_NAME_COLUMNS) {
    throw new Refusal(
      code,
      `A ${what} is at most ${MAX_NAME_COLUMNS} columns wide; ${quote(text)} has ${columns}`,
    );
  }
  return key;
}

/**
 * `name` with a number after it, for one that is taken: `ann-2`. Shortened where both together
 * would be too wide.
 */
export function numberedName(name: string, n: number): string {
  const suffix = `-${n}`;
  const points = [...name.trimEnd()];
  while (
    textWidth(points.join("")) + suffix.length > MAX_NAME_COLUMNS ||
    points.join("").length + suffix.length > MAX_NAME_LENGTH
  ) points.pop();
  return points.join("") + suffix;
}

/** Puts remote text into a message: in quotes, cut, and with nothing invisible in it. */
function quote(text: string): string {
  const cut = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return JSON.stringify(cut);
}
