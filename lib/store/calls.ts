/** What the server's thread and the two workers of a store say to each other. */

import type { Cut } from "../chat/log/fact.ts";
import type { Kept } from "../chat/people/records.ts";
import type { Packed, Receipts } from "./packing.ts";
import type { ReaderQuestion, StoredRoom } from "./read.ts";
import type { OpenOptions } from "./schema.ts";
import type { UpkeepRules } from "./upkeep.ts";

/** How a writer opens its database. */
export interface WriterOptions extends Omit<OpenOptions, "onUpgrade"> {
  readonly dir: string;
  readonly rules: UpkeepRules;
  /** Rooms that are kept at most. */
  readonly maxRooms?: number;
  /** How many rows one step of upkeep deals with; by default as many as another thread won't notice. */
  readonly stepRows?: number;
}

/** What a writer finds in the database that it has opened. */
export interface OpenedStore {
  readonly type: "opened";
  readonly epoch: string;
  readonly rooms: readonly StoredRoom[];
  /** The number after which a new room begins. */
  readonly floor: number;
  /** The key that addresses are hashed with. */
  readonly salt: string;
  /** What to tell of an upgrade, a sentence each. */
  readonly upgrade: readonly string[];
  readonly people: Kept;
}

/** To the writer. It answers each `append` and `index` in order. */
export type ToWriter =
  | { readonly type: "open"; readonly options: WriterOptions }
  | { readonly type: "append"; readonly packed: Packed }
  | { readonly type: "index" }
  | { readonly type: "close" };

/** From the writer. */
export type FromWriter =
  | OpenedStore
  /** It can't be opened. `known`: the text is a sentence for a person. */
  | { readonly type: "unusable"; readonly text: string; readonly known: boolean }
  /** The answer to an `append`, or `failed`. */
  | { readonly type: "stored"; readonly receipts: Receipts }
  | { readonly type: "failed"; readonly why: string }
  | { readonly type: "indexed" }
  | { readonly type: "pruned"; readonly rooms: readonly Cut[] }
  | { readonly type: "problem"; readonly text: string }
  /** What is wrong with the files; without a text they are as they were again. */
  | { readonly type: "trouble"; readonly text?: string }
  | { readonly type: "closed" };

/** To a reader; each question is answered under its number. */
export type ToReader =
  | { readonly type: "read"; readonly path: string }
  /** Calls a method of the thread's `Reader` with these values. */
  | {
    readonly type: "ask";
    readonly n: number;
    readonly question: ReaderQuestion;
    readonly values: unknown[];
  }
  | { readonly type: "close" };

/** From a reader. */
export type FromReader =
  | { readonly n: number; readonly found: unknown }
  /** `damaged`: the database is, and asking again is of no use. */
  | { readonly n: number; readonly failed: string; readonly damaged: boolean }
  | { readonly closed: true };
