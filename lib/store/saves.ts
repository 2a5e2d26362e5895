/** The shape of the functions that store changes. This file is apart from them, so that each can import it. */

import type { DatabaseSync } from "node:sqlite";
import type { Change } from "../chat/people/records.ts";

/** Functions that each store one type of change, in the caller's transaction. */
export type Saves<T extends Change["type"]> = {
  readonly [Type in T]: (db: DatabaseSync, change: Extract<Change, { type: Type }>) => void;
};
