/** The folder for the settings of a person on this system. */

/** What {@linkcode configDir} has to know about the machine. */
export interface ConfigPlace {
  /** The value of `Deno.build.os`. */
  readonly os: string;
  /** Returns an environment variable. */
  readonly env: (name: string) => string | undefined;
}

/**
 * The folder of chatroom's settings: `$XDG_CONFIG_HOME/chatroom` or `~/.config/chatroom`;
 * `~/Library/Application Support/chatroom` on macOS; `%APPDATA%\chatroom` on Windows. It may not
 * exist yet. `undefined` if the environment names no place.
 */
export function configDir({ os, env }: ConfigPlace): string | undefined {
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
