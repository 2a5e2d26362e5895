/** What the subcommands that work on a data directory have in common. */

import { inertLine } from "../words/inert.js";
import { defaultDataDir } from "../store/data_dir.ts";
import { databasePath } from "../store/directory.ts";
import { explained, isOfDatabase, StoreError } from "../store/faults.ts";
import { flagOf, type Invocation, readEnv, UsageError } from "./flags.ts";
import { complain } from "./output.ts";

export const DATA_FLAG = flagOf("--data DIR", "directory that the server keeps messages in", {
  env: "CHATROOM_DATA",
  default: "your data directory",
});

/**
 * Calls `work` with the data directory that the flags name. If it can't be used, prints one line and
 * resolves with 1.
 */
export async function withData(
  invocation: Invocation,
  work: (directory: string) => number | Promise<number>,
): Promise<number> {
  const directory = invocation.get("data") ?? defaultDataDir({ os: Deno.build.os, env: readEnv });
  if (directory === undefined) throw new UsageError("There is no home directory; say --data DIR");
  try {
    return await work(directory);
  } catch (error) {
    const told = isOfDatabase(error) ? explained(error, databasePath(directory)) : error;
    if (!(told instanceof StoreError)) throw told;
    complain(inertLine(told.message));
    return 1;
  }
}
