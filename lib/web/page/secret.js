// @ts-check
/** Lines that may hold a password, as the server knows them: they are never said, shown or kept. Pure. */

const COMMANDS = ["login", "register", "passwd"];

/** What somebody is told whose line was not said. */
export const MAY_BE_SECRET = "Not said, as it may hold a password: " +
  `${COMMANDS.map((name) => `/${name}`).join(", ")} stand at the beginning of a line`;

const COMMAND = `(?:${COMMANDS.join("|")})(?![\\p{L}\\p{N}])`;
/** The beginning of a line and what can't be seen there. Nothing follows that could make it go back. */
const BEGINNING = /(?:^|[\n\r\u2028\u2029])[\s\p{C}]*/gu;
/** Such a command, with slashes and with what can't be seen after them. */
const SLASHED = new RegExp(`[/\\uff0f]+[\\s\\p{C}]*${COMMAND}`, "iuy");
const PROPER = new RegExp(`^/${COMMAND}`, "iu");

/**
 * Whether a line holds such a command, but not where it would be one: with something before it that
 * can't be seen, twice the slash, or on a later line.
 * @param {string} line
 * @returns {boolean}
 */
export function holdsSecret(line) {
  return mayHold(line) && !PROPER.test(line);
}

/**
 * Whether a line is, or may be meant for, such a command.
 * @param {string} line
 * @returns {boolean}
 */
export function isSecret(line) {
  return PROPER.test(line) || mayHold(line);
}

/**
 * @param {string} line
 * @returns {boolean}
 */
function mayHold(line) {
  if (!line.includes("/") && !line.includes("\uff0f")) return false;
  for (const { 0: { length }, index } of line.matchAll(BEGINNING)) {
    SLASHED.lastIndex = index + length;
    if (SLASHED.test(line)) return true;
  }
  return false;
}
