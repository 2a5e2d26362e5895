/** The flag that names a server's configuration file, and where that is otherwise. */

import { reasonOf } from "../wire/text.ts";
import { type Invocation, UsageError } from "./flags.ts";
import { type ServeFlag, serveFlag } from "./serve_flag.ts";

/** Where a server's configuration is unless it is told. On Windows there is no such place. */
export const USUAL_CONFIG = "/etc/chatroom/chatroom.toml";
/** In place of a file: there is none, whatever is in the usual place. */
export const NO_CONFIG = "none";

export const CONFIG_FLAG: ServeFlag = serveFlag(
  "restart",
  "--config FILE",
  `file that has the values of these flags, in TOML; ${NO_CONFIG} for no file`,
  { env: "CHATROOM_CONFIG", default: `${USUAL_CONFIG} if there is one` },
);

/**
 * The configuration file that an invocation names, or that is in the usual place; `undefined`: there is
 * none. Throws a {@linkcode UsageError} if it can't be told whether there is one.
 */
export function configPath(
  invocation: Pick<Invocation, "get">,
  usual = USUAL_CONFIG,
): string | undefined {
  const given = invocation.get("config");
  if (given !== undefined) return given === NO_CONFIG ? undefined : given;
  if (Deno.build.os === "windows") return undefined;
  try {
    Deno.statSync(usual);
    return usual;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    // Whoever may not read it would be served without what it demands, such as a password.
    throw new UsageError(
      `The configuration file ${usual} can't be read: ${reasonOf(error)}; ` +
        `--config names another, --config ${NO_CONFIG} goes without`,
    );
  }
}
