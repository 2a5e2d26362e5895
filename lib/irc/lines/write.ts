/**
 * Writes lines. All that goes to an IRC client goes through {@linkcode renderLine}, which lets nothing break
 * out of its place: not out of the line, nor out of a parameter.
 */

import { utf8Length } from "../../wire/text.ts";
import { MOST_BODY } from "./parse.ts";
import { renderTags } from "./tags.ts";

/** A line that is to be written. */
export interface IrcLine {
  readonly tags?: Iterable<readonly [key: string, value: string]>;
  /** Who says it: a server, or `nick!user@host`. */
  readonly source?: string;
  readonly command: string;
  readonly params?: readonly string[];
  /** The last parameter is what somebody does: `/me`. */
  readonly action?: boolean | undefined;
}

/** Controls, of which IRC makes ends of lines, formatting and CTCP, and terminals what steers them. */
// deno-lint-ignore no-control-regex -- that is what it is for.
const CONTROLS = /[\0-\x1f\x7f-\x9f]/g;
/** What turns the order of letters, also of those that a client shows beside the text. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;
/** What begins such an order, by how it is ended. */
const ENDS: ReadonlyMap<string, string> = new Map([
  ...[..."\u202a\u202b\u202d\u202e"].map((begins) => [begins, "\u202c"] as const),
  ...[..."\u2066\u2067\u2068"].map((begins) => [begins, "\u2069"] as const),
]);
/** Where more than this are not ended, none of them is taken for meant. */
const MOST_OPEN = 8;
/** Bytes that ends of all that may be open take. */
export const CLOSING_BYTES = 3 * MOST_OPEN;
/** Whose last parameter is a topic, an away text or a real name, which clients show beside other things. */
const SHOWN_BESIDE: ReadonlySet<string> = new Set([
  ...["TOPIC", "322", "332", "AWAY", "301"],
  ...["JOIN", "SETNAME", "311", "314", "352", "354"],
]);
/** Whose last parameter is always marked as such, since clients are used to it. */
const ALWAYS_MARKED: ReadonlySet<string> = new Set(["PRIVMSG", "NOTICE", "ERROR", "PONG", "TOPIC"]);

/** Bytes of the last parameter, with the space and the colon before it, that are there in any case. */
const LEAST_TEXT = 80;

/** Without controls. */
export function withoutControls(text: string): string {
  return text.replace(CONTROLS, "");
}

/** Whether a text has something in it that turns the order of letters. */
export function hasTurns(text: string): boolean {
  return text.search(TURNS) >= 0;
}

/**
 * A text that turns the order of no letters beyond its end: what it has begun is ended, and nothing else is, as a
 * client may have begun something before it. That is {@linkcode CLOSING_BYTES} more at most.
 */
export function turnedBack(text: string): string {
  if (!hasTurns(text)) return text;
  const open: string[] = [];
  const kept = text.replace(TURNS, (char) => {
    const end = ENDS.get(char);
    if (end !== undefined) {
      open.push(end);
      return char;
    }
    const from = open.lastIndexOf(char);
    // The end of an isolate ends what was begun in it, too; nothing else reaches beyond its own.
    const isEnd = char === "\u2069" ? from >= 0 : from >= 0 && from === open.length - 1;
    if (isEnd) open.length = from;
    return isEnd ? char : "";
  });
  return open.length > MOST_OPEN ? text.replace(TURNS, "") : kept + open.reverse().join("");
}

/**
 * The line, with its end. What is too long loses the end of its last parameter; and before that is lost as a whole,
 * the longest of the others does.
 */
export function renderLine({ tags, source, command, params = [], action }: IrcLine): string {
  const from = source === undefined ? "" : `:${middleParam(source)} `;
  const begin = `${from}${middleParam(command)}`;
  const last = params.at(-1);
  const head = headWith(begin, params.slice(0, -1).map(middleParam), last ?? "");
  const tail = last === undefined ? "" : lastParam(command, last, head, action);
  return `${tags === undefined ? "" : renderTags(tags)}${cutTo(head + tail, MOST_BODY)}\r\n`;
}

/** What comes before the last parameter, of which there is room for some. */
function headWith(begin: string, middle: readonly string[], last: string): string {
  const head = [begin, ...middle].join(" ");
  // A code unit has 3 bytes at most.
  if (head.length * 3 + LEAST_TEXT <= MOST_BODY) return head;
  const over = utf8Length(head) + Math.min(LEAST_TEXT, utf8Length(last) + 2) - MOST_BODY;
  if (over <= 0) return head;
  const lengths = middle.map(utf8Length);
  const most = Math.max(...lengths);
  if (most <= 1) return head;
  const longest = lengths.indexOf(most);
  const cut = middle.map((param, at) =>
    at === longest ? cutTo(param, Math.max(1, most - over)) || "*" : param
  );
  // One may not have been enough.
  return headWith(begin, cut, last);
}

/** How many bytes are left for the text of a line with this head. */
export function roomFor(source: string, command: string, target: string): number {
  return MOST_BODY - utf8Length(`:${source} ${command} ${target} :`);
}

/** `text`, cut to so many bytes of UTF-8 at most, between two characters. */
export function cutTo(text: string, bytes: number): string {
  if (text.length <= bytes && utf8Length(text) <= bytes) return text;
  let length = 0;
  let end = 0;
  for (const char of text) {
    length += utf8Length(char);
    if (length > bytes) break;
    end += char.length;
  }
  return text.slice(0, end);
}

/** A parameter in which nothing ends it, and that begins nothing else. */
function middleParam(text: string): string {
  const param = withoutControls(text).replaceAll(" ", "\u00a0");
  if (param === "") return "*";
  return param.startsWith(":") ? `\uff1a${param.slice(1)}` : param;
}

function lastParam(command: string, text: string, head: string, action = false): string {
  const plain = withoutControls(text);
  const room = MOST_BODY - utf8Length(head) - (action ? " :\x01ACTION \x01" : " :").length;
  const param = SHOWN_BESIDE.has(command)
    ? plain.replace(TURNS, "")
    : hasTurns(plain)
    ? turnedBack(cutTo(plain, Math.max(0, room - CLOSING_BYTES)))
    : plain;
  // The mark at its end has to be there, or it is no action.
  if (action) return ` :\x01ACTION ${cutTo(param, Math.max(0, room))}\x01`;
  const isMarked = ALWAYS_MARKED.has(command) || param === "" || param.includes(" ") ||
    param.startsWith(":");
  return ` ${isMarked ? ":" : ""}${param}`;
}
