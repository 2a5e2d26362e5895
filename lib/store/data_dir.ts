/** Where the data of a server is kept when nobody says where. */

/** What of the machine decides it. */
export interface Surroundings {
  readonly os: typeof Deno.build.os;
  /** A variable of the environment; `undefined` for none. */
  readonly env: (name: string) => string | undefined;
}

/** The platform's directory for data of this program; `undefined` where there is no home. */
export function defaultDataDir({ os, env }: Surroundings): string | undefined {
  if (os === "windows") return below(env("LOCALAPPDATA"), "\\chatroom");
  if (os === "darwin") return below(env("HOME"), "/Library/Application Support/chatroom");
  // A relative path in this variable is to be ignored, says the XDG specification.
  const xdg = env("XDG_DATA_HOME");
  if (xdg?.startsWith("/")) return `${xdg}/chatroom`;
  return below(env("HOME"), "/.local/share/chatroom");
}

function below(parent: string | undefined, path: string): string | undefined {
  return parent === undefined || parent === "" ? undefined : parent + path;
}
