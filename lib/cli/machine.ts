/** What this machine has for us: folders and network addresses. */

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

/** What this machine is called; `undefined` if we may not know it. */
export function hostName(): string | undefined {
  try {
    return Deno.hostname() || undefined;
  } catch {
    return undefined;
  }
}

/** The network interfaces of this machine; none if we may not know them. */
export function networkInterfaces(): Deno.NetworkInterfaceInfo[] {
  try {
    return Deno.networkInterfaces();
  } catch {
    return [];
  }
}
