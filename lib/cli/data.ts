/** What the subcommands that look into a data directory have in common. */

import { inertLine } from "../words/inert.js";
import { defaultDataDir } from "../store/data_dir.ts";
import { databasePath } from "../store/directory.ts";
import { isOfDatabase } from "../store/faults.ts";
import { explained, StoreError } from "../store/schema.ts";
import { type Flag, type Invocation, readEnv, UsageError } from "./flags.ts";
import { complain } from "./output.ts";

/** The flag of these subcommands. */
export const DATA_FLAG: Flag = {
  name: "data",
  value: "DIR",
  env: "CHATROOM_DATA",
  default: "your data directory",
  summary: "directory that the server keeps messages in",
};

/**
 * Does something with the data directory that is meant; one that can't be used is told in one line,
 * with exit code 1.
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
