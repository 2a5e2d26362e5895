/** Lines that may hold a password: they are never said, shown or recalled. */

import { lateRegExp } from "./late_regexp.ts";

/** The commands that are followed by a password. */
export const SECRET_COMMANDS = ["login", "register", "passwd"] as const;

/** What somebody is told whose line was not said. */
export const MAY_BE_SECRET = "Not said, as it may hold a password: " +
  `${SECRET_COMMANDS.map((name) => `/${name}`).join(", ")} stand at the beginning of a line`;

const COMMAND = `(?:${SECRET_COMMANDS.join("|")})(?![\\p{L}\\p{N}])`;

const PROPER = lateRegExp(`^/${COMMAND}`, "iu");
/** A slash with such a command after it; no two of these overlap, so that a text is read once. */
const SLASHED = lateRegExp(`[/\\uff0f][\\s\\p{C}]*${COMMAND}`, "giu");
/** What can't be seen. */
const UNSEEN = lateRegExp("^[\\s\\p{C}]$", "u");

/** Whether a line holds such a command, but not where it would be one. */
export function holdsSecret(line: string): boolean {
  return isSecret(line) && !PROPER().test(line);
}

/** Whether a line is, or may be meant for, such a command. */
export function isSecret(line: string): boolean {
  return commandEnd(line, (start) => beginsLine(line, start)) !== undefined;
}

/** The line as it may be shown while it is typed: dots for what follows the command. */
export function veiled(line: string): string {
  const end = commandEnd(line, (start) => unseenBefore(line, start) === 0);
  if (end === undefined) return line;
  const next = String.fromCodePoint(line.codePointAt(end) ?? 0);
  const shown = isUnseen(next) ? end + next.length : end;
  return line.slice(0, shown) + line.slice(shown).replace(/[^\n]/g, "•");
}

/** Where the first such command ends whose first slash stands where `mayStart` says. */
function commandEnd(line: string, mayStart: (start: number) => boolean): number | undefined {
  // Most lines have no slash.
  if (!line.includes("/") && !line.includes("\uff0f")) return undefined;
  for (const { 0: found, index } of line.matchAll(SLASHED())) {
    let start = index;
    while (isSlash(line[start - 1])) start--;
    if (mayStart(start)) return index + found.length;
  }
  return undefined;
}

/** Whether a line begins at `at`, or before it with nothing between that can be seen. */
function beginsLine(text: string, at: number): boolean {
  const start = unseenBefore(text, at);
  return start === 0 || /[\n\r\u2028\u2029]/.test(text.slice(start, at));
}

/** Where what can't be seen before `at` begins. */
function unseenBefore(text: string, at: number): number {
  for (let start = at; start > 0;) {
    const isPair = /[\udc00-\udfff]/.test(text[start - 1] ?? "") &&
      /[\ud800-\udbff]/.test(text[start - 2] ?? "");
    const before = start - (isPair ? 2 : 1);
    if (!isUnseen(text.slice(before, start))) return start;
    start = before;
  }
  return 0;
}

function isSlash(char: string | undefined): boolean {
  return char === "/" || char === "\uff0f";
}

function isUnseen(char: string): boolean {
  return UNSEEN().test(char);
}
