/** The folder for the settings of a person on this system, and how its files are used. */

import { decodeText } from "../wire/text.ts";

/**
 * The folder of chatroom's settings: `$XDG_CONFIG_HOME/chatroom` or `~/.config/chatroom`;
 * `~/Library/Application Support/chatroom` on macOS; `%APPDATA%\chatroom` on Windows. It may not
 * exist yet. `undefined` if the environment names no place. `env` returns an environment variable.
 */
export function configDir(
  { os, env }: { os: string; env: (name: string) => string | undefined },
): string | undefined {
  if (os === "windows") return below(env("APPDATA"), "\\chatroom");
  if (os === "darwin") return below(env("HOME"), "/Library/Application Support/chatroom");
  const chosen = env("XDG_CONFIG_HOME");
  // The specification says to ignore relative paths.
  if (chosen?.startsWith("/")) return `${chosen}/chatroom`;
  return below(env("HOME"), "/.config/chatroom");
}

function below(folder: string | undefined, path: string): string | undefined {
  return folder === undefined || folder === "" ? undefined : folder + path;
}

/** The path of a file in `dir`. */
export function fileIn(dir: string, name: string): string {
  return `${dir}${dir.includes("\\") ? "\\" : "/"}${name}`;
}

/** Why a file can't be used. `flags` would give the permission for it. */
export function fileProblem(error: Error, flags: string): string {
  return error instanceof Deno.errors.NotCapable
    ? `the permission is missing; run with ${flags}`
    : error.message.replace(/ \(os error \d+\).*$/, "");
}

/** The text in a file. Throws what the system throws, or an `Error` if the file is not UTF-8. */
export function readUtf8(path: string): string {
  const text = decodeText(Deno.readFileSync(path));
  if (text === undefined) throw new Error("it is not UTF-8 text");
  return text.replace(/^\ufeff/, "");
}
