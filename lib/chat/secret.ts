/** Lines that may hold a password: they are never said, shown or recalled. */

/** The commands that are followed by a password. */
export const SECRET_COMMANDS = ["login", "register", "passwd"] as const;

/** What somebody is told whose line was not said. */
export const MAY_BE_SECRET = "Not said, as it may hold a password: " +
  `${SECRET_COMMANDS.map((name) => `/${name}`).join(", ")} stand at the beginning of a line`;

const COMMAND = `(?:${SECRET_COMMANDS.join("|")})(?![\\p{L}\\p{N}])`;
const ANYWHERE = `[\\s\\p{C}]*[/\\uff0f]+[\\s\\p{C}]*${COMMAND}`;

interface Patterns {
  /** Such a command with something before it that can't be seen, twice the slash, or on a later line. */
  readonly misplaced: RegExp;
  readonly proper: RegExp;
  readonly typed: RegExp;
}

// Made when a line first needs them: that takes some of the time of a client's start.
let patterns: Patterns | undefined;

/** What such a command is known by, for a line that can be one. */
function patternsFor(line: string): Patterns | undefined {
  if (!line.includes("/") && !line.includes("\uff0f")) return undefined;
  return patterns ??= {
    misplaced: new RegExp(`^${ANYWHERE}`, "imu"),
    proper: new RegExp(`^/${COMMAND}`, "iu"),
    typed: new RegExp(`^${ANYWHERE}[\\s\\p{C}]?`, "iu"),
  };
}

/** Whether a line holds such a command, but not where it would be one. */
export function holdsSecret(line: string): boolean {
  const known = patternsFor(line);
  return known !== undefined && known.misplaced.test(line) && !known.proper.test(line);
}

/** Whether a line is, or may be meant for, such a command. */
export function isSecret(line: string): boolean {
  const known = patternsFor(line);
  return known !== undefined && (known.proper.test(line) || known.misplaced.test(line));
}

/** The line as it may be shown while it is typed: dots for what follows the command. */
export function veiled(line: string): string {
  const end = patternsFor(line)?.typed.exec(line)?.[0].length;
  if (end === undefined) return line;
  return line.slice(0, end) + line.slice(end).replace(/[^\n]/g, "•");
}
