/** A flag of a server: a row that also says when another value holds for a server that runs. */

import type { Reload } from "../server/limit.ts";
import { type Flag, flagOf } from "./flags.ts";

/** A flag of a server, and when one that runs and reads again what it is asked for goes by another value. */
export interface ServeFlag extends Flag {
  readonly reload: Reload;
}

/** A flag of a server by its usage, as {@linkcode flagOf} makes one. */
export function serveFlag(
  reload: Reload,
  usage: string,
  summary: string,
  more: Partial<Flag> = {},
): ServeFlag {
  return { ...flagOf(usage, summary, more), reload };
}
