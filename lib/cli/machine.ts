/** What this machine has for us: folders, network addresses, and files that we may have open. */

import { type Limits, RESERVED_FILES } from "../server/limits.ts";
import type { Logger } from "../server/log.ts";
import { readEnv } from "./flags.ts";

/** What {@linkcode configDir} and {@linkcode dataDir} have to know about the machine. */
export interface Surroundings {
  readonly os: typeof Deno.build.os;
  /** Returns an environment variable. */
  readonly env: (name: string) => string | undefined;
}

const HERE: Surroundings = { os: Deno.build.os, env: readEnv };

/**
 * The folder of a person's settings: `$XDG_CONFIG_HOME/chatroom` or `~/.config/chatroom`;
 * `~/Library/Application Support/chatroom` on macOS; `%APPDATA%\chatroom` on Windows. It may not
 * exist yet. `undefined` if the environment names no place.
 */
export function configDir(place = HERE): string | undefined {
  return folder(place, { windows: "APPDATA", xdg: "XDG_CONFIG_HOME", home: "/.config" });
}

/** The folder where a server keeps its data unless told; `undefined` if there is no home. */
export function dataDir(place = HERE): string | undefined {
  return folder(place, { windows: "LOCALAPPDATA", xdg: "XDG_DATA_HOME", home: "/.local/share" });
}

function folder(
  { os, env }: Surroundings,
  { windows, xdg, home }: Readonly<Record<"windows" | "xdg" | "home", string>>,
): string | undefined {
  const below = (parent: string | undefined, path: string): string | undefined =>
    parent === undefined || parent === "" ? undefined : parent + path;
  if (os === "windows") return below(env(windows), "\\chatroom");
  if (os === "darwin") return below(env("HOME"), "/Library/Application Support/chatroom");
  const chosen = env(xdg);
  // The specification says to ignore relative paths.
  return chosen?.startsWith("/") ? `${chosen}/chatroom` : below(env("HOME"), `${home}/chatroom`);
}

/** The network interfaces of this machine; none if we may not know them. */
export function networkInterfaces(): Deno.NetworkInterfaceInfo[] {
  try {
    return Deno.networkInterfaces();
  } catch {
    return [];
  }
}

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
