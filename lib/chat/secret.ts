/** Lines that may hold a password: they are never said, shown or recalled. */

/** The commands that are followed by a password. */
export const SECRET_COMMANDS = ["login", "register", "passwd"] as const;

/** What somebody is told whose line was not said. */
export const MAY_BE_SECRET = "Not said, as it may hold a password: " +
  `${SECRET_COMMANDS.map((name) => `/${name}`).join(", ")} stand at the beginning of a line`;

const COMMAND = `(?:${SECRET_COMMANDS.join("|")})(?![\\p{L}\\p{N}])`;
/** Such a command with something before it that can't be seen, twice the slash, or on a later line. */
const MISPLACED = new RegExp(`^[\\s\\p{C}]*[/\\uff0f]+[\\s\\p{C}]*${COMMAND}`, "imu");
const PROPER = new RegExp(`^/${COMMAND}`, "iu");
const TYPED = new RegExp(`^[\\s\\p{C}]*[/\\uff0f]+[\\s\\p{C}]*${COMMAND}[\\s\\p{C}]?`, "iu");

/** Whether a line holds such a command, but not where it would be one. */
export function holdsSecret(line: string): boolean {
  if (!line.includes("/") && !line.includes("\uff0f")) return false;
  return MISPLACED.test(line) && !PROPER.test(line);
}

/** Whether a line is, or may be meant for, such a command. */
export function isSecret(line: string): boolean {
  return PROPER.test(line) || holdsSecret(line);
}

/** The line as it may be shown while it is typed: dots for what follows the command. */
export function veiled(line: string): string {
  const end = TYPED.exec(line)?.[0].length;
  if (end === undefined) return line;
  return line.slice(0, end) + line.slice(end).replace(/[^\n]/g, "•");
}
