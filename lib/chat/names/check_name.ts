/**
 * What a person or a room may be called. This folder knows names alone: not who has one, and
 * neither sessions nor rooms nor accounts.
 *
 * People have nicknames (RFC 8266): any script, spaces, symbols. Rooms are typed and named to
 * others, and have identifiers (RFC 8265): letters, digits and the signs of ASCII. Both are as wide
 * as a line of a chat bears.
 */

import { SERVER_NAME } from "../../wire/names.ts";
import { MAX_NAME_LENGTH, nameKey, PLAIN } from "../../words/names.js";
import { Refusal } from "../refusal.ts";
import { freeformProblem, identifierProblem, keepsDirection, type Problem } from "./precis.ts";
import { looksOf, skeleton } from "./skeleton.ts";
import { textWidth } from "./width.ts";

/** The widest name, in terminal columns. */
export const MAX_NAME_COLUMNS = 32;

/** The most marks on one letter; UTS 39, section 5.4. */
const MAX_MARKS = 4;

/** What differs between names of people and of rooms. */
interface Kind {
  readonly what: string;
  readonly code: string;
  readonly problem: (text: string) => Problem | undefined;
}

const PERSON: Kind = { what: "name", code: "bad-name", problem: freeformProblem };
const ROOM: Kind = { what: "room's name", code: "bad-room", problem: identifierProblem };

/** The key of a person's name. Throws a {@linkcode Refusal} (`bad-name`) for one that can't be. */
export function checkName(name: string): string {
  const key = checkText(name, PERSON);
  if (key === SERVER_NAME) {
    throw new Refusal("bad-name", `The name ${name} is the server's own; choose another`);
  }
  const { shown, folded } = looksOf(name, key);
  if (shown === SERVER_NAME || folded === SERVER_NAME) {
    throw new Refusal(
      "bad-name",
      `The name ${alike(name, SERVER_NAME)}, which is the server's own; choose another`,
    );
  }
  return key;
}

/** The key of a room's name. Throws a {@linkcode Refusal} (`bad-room`) for one that can't be. */
export function checkRoom(room: string): string {
  if (room.length <= MAX_NAME_LENGTH && /\S\s|\s\S/u.test(room)) {
    throw new Refusal("bad-room", `A room's name has no spaces: ${quote(room)}; put - for them`);
  }
  const key = checkText(room, ROOM);
  if (!PLAIN.test(room) && !keepsDirection(room)) {
    throw new Refusal(
      "bad-room",
      `A room's name that is written from right to left is so as a whole: ${quote(room)}; ` +
        "begin it with a letter, and leave others out",
    );
  }
  return key;
}

function checkText(text: string, kind: Kind): string {
  const { what, code } = kind;
  if (text.length > MAX_NAME_LENGTH) {
    throw new Refusal(
      code,
      `A ${what} is at most ${MAX_NAME_LENGTH} characters long; ${quote(text)} has ${text.length}`,
    );
  }
  const key = nameKey(text);
  if (key === "") throw new Refusal(code, `A ${what} can't be blank`);
  if (!PLAIN.test(text)) checkCharacters(text, kind);
  const columns = widthOf(text);
  if (columns > MAX_NAME_COLUMNS) {
    throw new Refusal(
      code,
      `A ${what} is at most ${MAX_NAME_COLUMNS} columns wide; ${quote(text)} has ${columns}`,
    );
  }
  return key;
}

function checkCharacters(text: string, { what, code, problem }: Kind): void {
  const found = problem(text);
  if (found !== undefined) {
    const { char, why } = found;
    throw new Refusal(code, `A ${what} can't contain ${pointOf(char)}, ${why}; leave it out`);
  }
  if (/^\s*\p{M}/u.test(text)) {
    throw new Refusal(
      code,
      `A ${what} can't begin with a mark: ${quote(text)}; begin with a letter`,
    );
  }
  const marks = /[\p{Mn}\p{Me}]{5,}/u.exec(text.normalize("NFD"))?.[0];
  if (marks !== undefined) {
    const count = [...marks].length;
    throw new Refusal(
      code,
      `A ${what} has at most ${MAX_MARKS} marks on a letter; ${quote(text)} has ${count}`,
    );
  }
}

/**
 * `name` with a number after it, for one that is taken: `ann-2`. Shortened where both together
 * would be too wide.
 */
export function numberedName(name: string, n: number): string {
  const suffix = `-${n}`;
  const points = [...name.trimEnd()];
  const fits = (text: string): boolean =>
    text.length <= MAX_NAME_LENGTH && widthOf(text) <= MAX_NAME_COLUMNS &&
    // What joins characters can't be cut off from the second.
    (PLAIN.test(text) || freeformProblem(text) === undefined);
  while (!fits(points.join("") + suffix)) points.pop();
  return points.join("") + suffix;
}

/** Says of a name that it looks like another, and by which character it can be told apart. */
export function alike(name: string, other: string): string {
  const others = [...other];
  const char = [...name].find((each, at) => each !== others[at]);
  return `${name}${char === undefined ? "" : ` (with ${pointOf(char)})`} looks like ${other}`;
}

function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : textWidth(text);
}

function pointOf(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Puts remote text into a message: in quotes, cut, and with nothing invisible in it. */
function quote(text: string): string {
  const points = [...text];
  const cut = points.length > 40 ? `${points.slice(0, 40).join("")}…` : text;
  return JSON.stringify(cut).replace(
    /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu,
    (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The services of IRC networks that people send passwords to, or that speak for a network. */
export const SERVICE_NAMES = [
  ...["NickServ", "ChanServ", "SaslServ", "HistServ", "AuthServ", "UserServ"],
  ...["MemoServ", "OperServ", "HostServ", "BotServ", "Global", "Services"],
] as const;

/** How the names of services end, of which networks have others, too. */
const SERVICE = /^\p{L}{2,8}serv$/u;

/** Digits and small capitals, and the letters that they stand for in names. */
const STANDS_FOR: Readonly<Record<string, string>> = {
  ...{ "0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t" },
  ...{ "ᴀ": "a", "ʙ": "b", "ᴄ": "c", "ᴇ": "e", "ʜ": "h", "ɪ": "l", "ᴋ": "k", "ʟ": "l", "ᴍ": "m" },
  ...{ "ɴ": "n", "ᴏ": "o", "ʀ": "r", "ꜱ": "s", "ᴛ": "t", "ᴜ": "u", "ᴠ": "v" },
  // Of two alphabets, and in no table of those that look alike.
  ...{ "к": "k", "ĸ": "k" },
};

const OWN = new Map(
  [SERVER_NAME, ...SERVICE_NAMES].map((name) => [readAs(name.toLowerCase()), name]),
);
/** The most letters of such a name. */
const LONGEST = 12;

/**
 * Which of those names the name with a key reads as, with signs around or in it, digits or small capitals for
 * letters, or with letters of another script; of another one that ends in `Serv` its letters; `undefined`: none.
 */
export function ownNameLike(key: string): string | undefined {
  const letters = key.replace(/[^\p{L}\p{N}]/gu, "");
  if (letters.length > LONGEST) return undefined;
  const read = readAs(letters);
  return OWN.get(read) ?? (SERVICE.test(read) ? letters : undefined);
}

/** How a name ends that has a sign before its last word, other than those that join words. */
const LAST_WORD = /[^\p{L}\p{N}\p{M}\s._'-]\s*([\p{L}\p{N}\p{M}]+)[^\p{L}\p{N}]*$/u;

/** Whether the name with a key reads as that of a webhook, which ends in `(hook)`, whatever the signs. */
export function readsAsHook(key: string): boolean {
  const word = LAST_WORD.exec(key)?.[1]?.normalize("NFD").replace(/\p{M}/gu, "") ?? "";
  return word.length <= LONGEST && readAs(word) === "hook";
}

/** How a name reads in one spelling: an `i` and an `l` are one letter, as in `NlCKSERV`. */
function readAs(letters: string): string {
  const plain = letters.replace(/[^a-z]/gu, (sign) => STANDS_FOR[sign] ?? sign);
  return skeleton(plain).toLowerCase().replaceAll("i", "l");
}
