/** What the subcommands that look into a data directory have in common. */

import { StoreError } from "../store/schema.ts";
import type { Flag } from "./flags.ts";
import { complain } from "./output.ts";

/** Where the data is unless told. */
export const DEFAULT_DATA = "chatroom-data";

/** The flag of these subcommands. */
export const DATA_FLAG: Flag = {
  name: "data",
  value: "DIR",
  env: "CHATROOM_DATA",
  default: DEFAULT_DATA,
  summary: "the data directory of the server",
};

/** Does it; a data directory that can't be used is said in one line, with exit code 1. */
export async function withData(work: () => number | Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    complain(error.message);
    return 1;
  }
}
