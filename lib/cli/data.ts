/** What the subcommands that work on a data directory have in common. */

import { Refusal } from "../chat/refusal.ts";
import { inertLine } from "../words/inert.js";
import { databasePath } from "../store/directory.ts";
import { explained, isOfDatabase, StoreError } from "../store/faults.ts";
import { type Flag, flagOf, type Invocation, UsageError } from "./flags.ts";
import { dataDir } from "./machine.ts";
import { complain } from "./output.ts";

export const DATA_FLAG = flagOf("--data DIR", "directory that the server keeps messages in", {
  env: "CHATROOM_DATA",
  default: "your data directory",
});

/** The same where the server is changed, and not only its data. */
export const SERVER_DATA_FLAG: Flag = { ...DATA_FLAG, summary: "data directory of the server" };

/**
 * Calls `work` with the data directory that the flags name. If it can't be used, or the request is
 * refused, prints one line and resolves with 1.
 */
export async function withData(
  invocation: Invocation,
  work: (directory: string) => number | Promise<number>,
): Promise<number> {
  const directory = invocation.get("data") ?? dataDir();
  if (directory === undefined) throw new UsageError("There is no home directory; say --data DIR");
  try {
    return await work(directory);
  } catch (error) {
    const told = isOfDatabase(error) ? explained(error, databasePath(directory)) : error;
    if (!(told instanceof StoreError || told instanceof Refusal)) throw told;
    complain(inertLine(told.message));
    return 1;
  }
}
