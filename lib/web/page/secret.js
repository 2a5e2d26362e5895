// @ts-check
/** Lines that may hold a password, as the server knows them: they are never said, shown or kept. Pure. */

const COMMANDS = ["login", "register", "passwd"];

/** What somebody is told whose line was not said. */
export const MAY_BE_SECRET = "Not said, as it may hold a password: " +
  `${COMMANDS.map((name) => `/${name}`).join(", ")} stand at the beginning of a line`;

const COMMAND = `(?:${COMMANDS.join("|")})(?![\\p{L}\\p{N}])`;
/** Such a command with something before it that can't be seen, twice the slash, or on a later line. */
const MISPLACED = new RegExp(`^[\\s\\p{C}]*[/\\uff0f]+[\\s\\p{C}]*${COMMAND}`, "imu");
const PROPER = new RegExp(`^/${COMMAND}`, "iu");

/**
 * Whether a line holds such a command, but not where it would be one.
 * @param {string} line
 * @returns {boolean}
 */
export function holdsSecret(line) {
  if (!line.includes("/") && !line.includes("\uff0f")) return false;
  return MISPLACED.test(line) && !PROPER.test(line);
}

/**
 * Whether a line is, or may be meant for, such a command.
 * @param {string} line
 * @returns {boolean}
 */
export function isSecret(line) {
  return PROPER.test(line) || holdsSecret(line);
}
