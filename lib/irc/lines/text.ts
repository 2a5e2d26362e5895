/** What is said, as it comes from an IRC client and as it goes to one. */

import { utf8Length } from "../../wire/text.ts";
import { REASON_LENGTH } from "../isupport.ts";
import { CLOSING_BYTES, cutTo, hasTurns, withoutControls } from "./write.ts";

/** Lines of one message that a client is sent: more would fill its screen, or end its connection. */
export const MOST_LINES = 40;

/** Colours with their numbers, and the marks for bold and the like. */
// deno-lint-ignore no-control-regex -- that is what it is for.
const FORMATS = /\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[\da-f]{6}(?:,[\da-f]{6})?)?/gi;
/** A request of one client to another, such as which version it is. */
const CTCP = "\x01";

/** What a client has said: text, something done, or a request to another client, which goes nowhere. */
export type Said =
  | { readonly kind: "text" | "action"; readonly text: string }
  | { readonly kind: "ctcp" };

/** Reads what a client says. Colours and other formats are left out, so that it can be found and read. */
export function saidBy(raw: string): Said {
  if (!raw.startsWith(CTCP)) return { kind: "text", text: unformatted(raw) };
  const inner = raw.slice(1, raw.endsWith(CTCP) && raw.length > 1 ? -1 : undefined);
  const action = /^ACTION(?: (.*))?$/s.exec(inner);
  return action === null
    ? { kind: "ctcp" }
    : { kind: "action", text: unformatted(action[1] ?? "") };
}

/** Without formats and controls. */
export function unformatted(text: string): string {
  return withoutControls(text.replace(FORMATS, ""));
}

/** The same for a reason: so many UTF-16 units at most, and no half of a character at its end. */
export function reasonIn(text: string): string {
  return unformatted(text).slice(0, REASON_LENGTH).replace(/[\ud800-\udbff]$/, "");
}

/** Where a line ends, by whatever sign. */
const LINE_END = /\r\n|[\n\r\u2028\u2029]/;

/** A line of a text, or a part of one. */
export interface LinePart {
  readonly text: string;
  /** It goes on where the one before ends. */
  readonly goesOn?: true;
}

/**
 * The lines of a text in pieces of `bytes` of UTF-8 at most; blank lines only if they are `keepsBlank`. Of very
 * many the first come, and then how many there would be.
 */
export function linesOf(text: string, bytes: number, keepsBlank: boolean): readonly LinePart[] {
  if (text.length <= bytes / 3 && !LINE_END.test(text) && !hasTurns(text)) {
    return [{ text: withoutControls(text) || " " }];
  }
  const pieces: LinePart[] = [];
  let count = 0;
  for (const line of text.split(LINE_END)) {
    // What a line turns is ended with it, which takes room.
    const room = hasTurns(line) ? bytes - CLOSING_BYTES : bytes;
    for (const piece of piecesOf(withoutControls(line), room, keepsBlank)) {
      if (pieces.length < MOST_LINES) pieces.push(piece);
      count++;
    }
  }
  if (count === 0) return [{ text: " " }];
  if (count <= MOST_LINES) return pieces;
  const shown = pieces.slice(0, MOST_LINES - 1);
  return [...shown, { text: `[… ${count - shown.length} more lines]` }];
}

/** A piece, the longest that fits, without the word that it would cut in two; with it where that is long. */
function cutAtBlank(rest: string, piece: string): string {
  if (rest[piece.length] === " ") return piece;
  const end = piece.lastIndexOf(" ") + 1;
  return end >= piece.length / 2 ? piece.slice(0, end) : piece;
}

/** Pieces of a line that fit; what is between two words stays at the end of one. */
function* piecesOf(line: string, bytes: number, keepsBlank: boolean): Generator<LinePart> {
  if (line.trim() === "") {
    if (keepsBlank) yield { text: "" };
    return;
  }
  let rest = line;
  for (let goesOn = false; rest !== ""; goesOn = true) {
    const fits = rest.length * 3 <= bytes || utf8Length(rest) <= bytes;
    const text = fits ? rest : cutAtBlank(rest, cutTo(rest, bytes));
    if (text === "") return;
    yield goesOn ? { text, goesOn } : { text };
    rest = rest.slice(text.length);
  }
}
