// @ts-check
/** Lines that may hold a password: they are never said, shown or recalled. */

import { lateRegExp } from "./late_regexp.js";

/** The commands that are followed by a password. They are all of the commands that a first visit loads. */
export const SECRET_COMMANDS = /** @type {const} */ (["login", "register", "passwd"]);

/** What a password follows: also what people type on IRC, where a slip says it to a whole room. */
const SECRET = [...SECRET_COMMANDS, "identify", "ns", "nickserv", "msg nickserv", "oper"];

/** What somebody is told whose line was not said. */
export const MAY_BE_SECRET = "Not said, as it may hold a password: " +
  `${SECRET.map((name) => `/${name}`).join(", ")} stand at the beginning of a line`;

const COMMAND = `(?:${SECRET.join("|")})(?![\\p{L}\\p{N}])`;
/** The same, also with what can't be seen between its letters. */
const BROKEN = `(?:${SECRET.map((name) => [...name].join("\\p{Cf}*")).join("|")})` +
  "(?!\\p{Cf}*[\\p{L}\\p{N}])";
/** What looks like a slash: that of ASCII, the wide one, of fractions, of divisions, the big one. */
const SLASHES = "/\uff0f\u2044\u2215\u29f8";
/** Such a command, with slashes and with what can't be seen after them. */
const SLASHED = `[${SLASHES}]+[\\s\\p{C}]*${BROKEN}`;
const slash = lateRegExp(`[${SLASHES}]`, "u");

/** The beginning of a line and what can't be seen there. Nothing follows that could make it go back. */
const beginning = lateRegExp("(?:^|[\\n\\r\\u2028\\u2029])[\\s\\p{C}]*", "gu");
const slashed = lateRegExp(SLASHED, "iuy");
const proper = lateRegExp(`^/${COMMAND}`, "iu");
const veil = lateRegExp(`^[\\s\\p{C}]*${SLASHED}[\\s\\p{C}]?`, "iu");

/**
 * Whether a line holds such a command, but not where it would be one: with something before it that
 * can't be seen, twice the slash, or on a later line.
 * @type {(line: string) => boolean}
 */
export function holdsSecret(line) {
  return isSecret(line) && !proper().test(line);
}

/** Whether a line is, or may be meant for, such a command. @type {(line: string) => boolean} */
export function isSecret(line) {
  // Most lines have no slash.
  if (!slash().test(line)) return false;
  const command = slashed();
  for (const { 0: { length }, index } of line.matchAll(beginning())) {
    command.lastIndex = index + length;
    if (command.test(line)) return true;
  }
  return false;
}

/**
 * The line as it may be shown while it is typed: dots for what follows the command.
 * @type {(line: string) => string}
 */
export function veiled(line) {
  const shown = veil().exec(line)?.[0].length ?? line.length;
  return line.slice(0, shown) + line.slice(shown).replace(/[^\n]/g, "•");
}
