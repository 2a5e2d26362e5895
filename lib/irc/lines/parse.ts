/** Reads one line of an IRC client: tags, command and parameters, within the limits of the protocol. */

import { decodeText } from "../../wire/text.ts";
import { parseTags, type Tags } from "./tags.ts";

/** Bytes of a line besides its tags, without its end. */
export const MOST_BODY = 510;
/** Bytes of the tags that a client sends, with the `@` before and the space after them. */
export const MOST_TAGS = 4_096;
/** Parameters of one line; what follows belongs to the last. */
const MOST_PARAMS = 15;

const AT = 0x40;
const SPACE = 0x20;
const COLON = 0x3a;

/** What a client asks for. */
export interface IrcRequest {
  readonly tags: Tags;
  /** In capitals. */
  readonly command: string;
  readonly params: readonly string[];
}

/** A line, and what is wrong with it, if anything: then its parameters are not to be used. */
export interface ParsedLine extends IrcRequest {
  readonly wrong?: "too-long" | "bad-utf8" | "empty";
}

const NO_TAGS: Tags = new Map();

/**
 * Reads a line without its end. Never throws: what is too long (`too-long`), is no UTF-8 (`bad-utf8`) or has
 * no command (`empty`) is told by `wrong`, with the tags and the command as far as they could be read.
 */
export function parseIrcLine(line: Uint8Array): ParsedLine {
  const tagsEnd = line[0] === AT ? line.indexOf(SPACE) : -1;
  if (line[0] === AT && (tagsEnd < 0 || tagsEnd + 1 > MOST_TAGS)) {
    const wrong = tagsEnd < 0 && line.length <= MOST_TAGS ? "empty" : "too-long";
    return { tags: NO_TAGS, command: "", params: [], wrong };
  }
  const tagsText = tagsEnd < 0 ? "" : decodeText(line.subarray(1, tagsEnd));
  const body = trimmed(line.subarray(tagsEnd + 1));
  const text = decodeText(body);
  const tags = tagsText === undefined || tagsText === "" ? NO_TAGS : parseTags(tagsText);
  if (text === undefined || tagsText === undefined) {
    return { tags, command: commandIn(body), params: [], wrong: "bad-utf8" };
  }
  const [command = "", ...params] = wordsOf(text);
  const request = { tags, command: command.toUpperCase(), params };
  if (body.length > MOST_BODY) return { ...request, wrong: "too-long" };
  return command === "" ? { ...request, wrong: "empty" } : request;
}

/** Without spaces before it, and without the source, which a client need not tell. */
function trimmed(body: Uint8Array): Uint8Array {
  let at = skipSpaces(body, 0);
  if (body[at] === COLON) {
    const end = body.indexOf(SPACE, at);
    at = end < 0 ? body.length : skipSpaces(body, end);
  }
  return body.subarray(at);
}

function skipSpaces(body: Uint8Array, from: number): number {
  let at = from;
  while (body[at] === SPACE) at++;
  return at;
}

/** The command of a line that is no UTF-8; empty if it is none. */
function commandIn(body: Uint8Array): string {
  const end = body.indexOf(SPACE);
  const word = decodeText(body.subarray(0, end < 0 ? undefined : end)) ?? "";
  return /^[a-z]{1,20}$/i.test(word) ? word.toUpperCase() : "";
}

/** The words of a line: the last one may have spaces, behind a colon. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === " ") {
      at++;
      continue;
    }
    if (words.length > 0 && (text[at] === ":" || words.length === MOST_PARAMS)) {
      words.push(text.slice(text[at] === ":" ? at + 1 : at));
      break;
    }
    const space = text.indexOf(" ", at);
    const end = space < 0 ? text.length : space;
    words.push(text.slice(at, end));
    at = end;
  }
  return words;
}
