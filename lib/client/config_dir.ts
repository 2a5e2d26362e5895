/** Where this system keeps what a program remembers of a person's choices. */

/** What {@linkcode configDir} is told of the machine. */
export interface ConfigPlace {
  /** As in `Deno.build.os`. */
  readonly os: string;
  /** Reads the environment. */
  readonly env: (name: string) => string | undefined;
}

/**
 * The folder of chatroom's settings: `$XDG_CONFIG_HOME/chatroom` or `~/.config/chatroom`;
 * `~/Library/Application Support/chatroom` on macOS; `%APPDATA%\chatroom` on Windows. It may not
 * be there yet. `undefined` where the environment names no place.
 */
export function configDir({ os, env }: ConfigPlace): string | undefined {
  if (os === "windows") return below(env("APPDATA"), "\\chatroom");
  if (os === "darwin") return below(env("HOME"), "/Library/Application Support/chatroom");
  const chosen = env("XDG_CONFIG_HOME");
  // The specification has relative paths ignored.
  if (chosen?.startsWith("/")) return `${chosen}/chatroom`;
  return below(env("HOME"), "/.config/chatroom");
}

function below(folder: string | undefined, path: string): string | undefined {
  return folder === undefined || folder === "" ? undefined : folder + path;
}
