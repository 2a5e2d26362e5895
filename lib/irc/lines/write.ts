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

/** Controls, of which IRC makes ends of lines, formatting and CTCP. */
// deno-lint-ignore no-control-regex -- that is what it is for.
const CONTROLS = /[\0-\x1f\x7f]/g;
/** Whose last parameter is always marked as such, since clients are used to it. */
const ALWAYS_MARKED: ReadonlySet<string> = new Set(["PRIVMSG", "NOTICE", "ERROR", "PONG", "TOPIC"]);

/** Without controls. */
export function withoutControls(text: string): string {
  return text.replace(CONTROLS, "");
}

/** The line, with its end. What is too long loses the end of its last parameter. */
export function renderLine({ tags, source, command, params = [], action }: IrcLine): string {
  const middle = params.slice(0, -1).map((param) => ` ${middleParam(param)}`).join("");
  const from = source === undefined ? "" : `:${middleParam(source)} `;
  const head = `${from}${middleParam(command)}${middle}`;
  const last = params.at(-1);
  const tail = last === undefined ? "" : lastParam(command, last, head, action);
  return `${tags === undefined ? "" : renderTags(tags)}${cutTo(head + tail, MOST_BODY)}\r\n`;
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
  const param = withoutControls(text);
  if (action) {
    // The mark at its end has to be there, or it is no action.
    const room = MOST_BODY - utf8Length(head) - " :\x01ACTION \x01".length;
    return ` :\x01ACTION ${cutTo(param, Math.max(0, room))}\x01`;
  }
  const isMarked = ALWAYS_MARKED.has(command) || param === "" || param.includes(" ") ||
    param.startsWith(":");
  return ` ${isMarked ? ":" : ""}${param}`;
}
