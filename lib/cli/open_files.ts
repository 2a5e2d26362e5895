/** How many files this process may have open, which limits the connections of a server. */

import { type Limits, RESERVED_FILES } from "../server/limits.ts";
import type { Logger } from "../server/log.ts";

/** With fewer open files a server can't take any connection. */
const LEAST_FILES = RESERVED_FILES + 8;

/** Fewer connections than this are worth a warning, unless the flags ask for so few. */
const FEW_CONNECTIONS = 500;

/**
 * The limit of open files, sockets included. `undefined`: not known. Only Linux has a file for it, and
 * Deno lets only a program with all permissions (`-A`) read it.
 */
export function openFilesLimit(): number | undefined {
  if (Deno.build.os !== "linux") return undefined;
  let text: string;
  try {
    text = Deno.readTextFileSync("/proc/self/limits");
  } catch {
    return undefined;
  }
  const [, soft] = /^Max open files +(\S+)/m.exec(text) ?? [];
  return soft === "unlimited" ? Infinity : Number(soft) || undefined;
}

/** The complaint if a server can't take any connection. */
export function tooFewFiles(openFiles: number | undefined): string | undefined {
  if (openFiles === undefined || openFiles >= LEAST_FILES) return undefined;
  return `The system lets this process have ${openFiles} files open at once; a server needs at ` +
    `least ${LEAST_FILES}, and one more for each connection. Try ulimit -n 4096 before it`;
}

/** Logs a warning if the limit of open files keeps connections away. */
export function warnOfFewFiles(
  { connections }: Limits,
  openFiles: number | undefined,
  log: Logger,
): void {
  if (openFiles === undefined) return;
  const isShort = connections + RESERVED_FILES > openFiles;
  if (!isShort && (connections >= FEW_CONNECTIONS || openFiles >= 2 * FEW_CONNECTIONS)) return;
  log({
    level: "warning",
    kind: "few-files",
    text: isShort
      ? "There may be more connections than open files; raise ulimit -n"
      : "Few connections are possible; raise ulimit -n",
    fields: { connections, openFiles },
  });
}
