/** What waits for the writer and goes to it at once. */

import type { Draft } from "../chat/history.ts";
import { type Odd, Packer, type Receipts } from "./packing.ts";
import type { StoredLog } from "./stored_log.ts";

/** Told how a draft ended: where it is in the receipts, or nothing if its parcel was not stored. */
export type OnStored = (
  receipts: Receipts | undefined,
  index: number,
  odd: Odd | undefined,
) => void;

/** What goes to the writer at once. */
export class Parcel {
  readonly packer = new Packer();
  readonly onStored: OnStored[] = [];
  readonly onTopics: Array<{ readonly title: string; readonly done: (stored: boolean) => void }> =
    [];
  length = 0;
  settled: PromiseWithResolvers<void> | undefined;

  /** Messages and topics in it. */
  get count(): number {
    return this.onStored.length + this.onTopics.length;
  }
}

/** A draft with the log that it goes into, and who opened that. */
export interface Addressed {
  readonly log: StoredLog;
  readonly draft: Draft;
  readonly opener: string;
}
