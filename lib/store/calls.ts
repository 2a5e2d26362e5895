/** The messages between the server's thread and the writer and readers of a store. */

import type { Cut } from "../chat/log/fact.ts";
import type { Kept } from "../chat/people/records.ts";
import type { Packed, Receipts } from "./packing.ts";
import type { ReaderQuestion, StoredLog } from "./read.ts";
import type { OpenOptions } from "./schema.ts";
import type { UpkeepRules } from "./upkeep.ts";

/** What is kept, and for how long: that may change while the server runs. */
export interface StoreRules extends UpkeepRules {
  /** The most rooms to keep. */
  readonly maxRooms?: number;
}

/** How a writer opens its database. */
export interface WriterOptions extends Omit<OpenOptions, "onUpgrade"> {
  readonly dir: string;
  readonly rules: StoreRules;
  /** How many rows one step of upkeep deals with; the default suits a thread of its own. */
  readonly stepRows?: number;
}

/** What a writer has found in the database that it opened. */
export interface OpenedStore {
  readonly type: "opened";
  readonly epoch: string;
  readonly logs: readonly StoredLog[];
  /** The first message of a new room has the number after this. */
  readonly floor: number;
  /** The key that addresses are hashed with. */
  readonly salt: string;
  /** A crash has left a write-ahead log, which may have what was removed since. */
  readonly hadLog: boolean;
  /** What an upgrade of earlier data has done, in sentences. */
  readonly upgrade: readonly string[];
  readonly people: Kept;
}

/** Messages to the writer. It answers each kind, `append` and `index`, in order. */
export type ToWriter =
  | { readonly type: "open"; readonly options: WriterOptions }
  | { readonly type: "append"; readonly packed: Packed }
  | { readonly type: "index" }
  /** What is kept from now on, in the place of all such rules. It is not answered. */
  | { readonly type: "change"; readonly rules: StoreRules }
  | { readonly type: "close" };

/** Messages from the writer. */
export type FromWriter =
  | OpenedStore
  /** The database can't be opened. If `known`, the text is a sentence for people to read. */
  | { readonly type: "unusable"; readonly text: string; readonly known: boolean }
  /** The answer to an `append` that was stored; otherwise the answer is `failed`. */
  | { readonly type: "stored"; readonly receipts: Receipts }
  | { readonly type: "failed"; readonly why: string }
  | { readonly type: "indexed" }
  | { readonly type: "pruned"; readonly rooms: readonly Cut[] }
  /** Blobs that no message brings any more. */
  | { readonly type: "let-go"; readonly sha256s: readonly string[] }
  /** Something was removed, and is still in the write-ahead log. */
  | { readonly type: "erased" }
  | { readonly type: "problem"; readonly text: string }
  /** What is wrong with the files; without a text, they are right again. */
  | { readonly type: "trouble"; readonly text?: string }
  | { readonly type: "closed" };

/** Messages to a reader, which answers each question under its number, `n`. */
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

/** Messages from a reader. */
export type FromReader =
  | { readonly n: number; readonly found: unknown }
  /** If `damaged`, the database is damaged, and asking again is of no use. */
  | { readonly n: number; readonly failed: string; readonly damaged: boolean }
  | { readonly closed: true };
