/** What the subcommands that work on a data directory have in common. */

import { Refusal } from "../chat/refusal.ts";
import { OutputError } from "../client/printer.ts";
import { inertLine } from "../words/inert.js";
import { checkStore } from "../store/check.ts";
import { databasePath, openReader } from "../store/directory.ts";
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
    const told = faultOf(error, directory);
    if (!(told instanceof StoreError || told instanceof Refusal)) throw told;
    complain(inertLine(told.message));
    return 1;
  }
}

/** What to tell of an error: the fault of the database that is behind it, if there is one. */
function faultOf(error: unknown, directory: string): unknown {
  // Closing a database that can't be used may fail as well; what came first tells more.
  if (error instanceof SuppressedError) return faultOf(error.suppressed, directory);
  for (const known of [StoreError, Refusal, UsageError, OutputError]) {
    if (error instanceof known) return error;
  }
  if (isOfDatabase(error)) return explained(error, databasePath(directory));
  return damageIn(directory) ?? error;
}

/** Damage in the database, which may show as any error of those who work with what they have read. */
function damageIn(directory: string): StoreError | undefined {
  const path = databasePath(directory);
  try {
    using db = openReader(directory, 1);
    const [problem, ...more] = checkStore(db).problems;
    if (problem === undefined) return undefined;
    const rest = more.length === 0 ? "" : `, and ${more.length} more problems`;
    return new StoreError(
      `${path} is damaged: ${problem}${rest}; put a backup back, or see what chatroom check says`,
    );
  } catch (error) {
    const told = explained(error, path);
    return told instanceof StoreError ? told : undefined;
  }
}
