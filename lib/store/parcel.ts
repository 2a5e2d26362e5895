/** What goes to the writer at once, and who is to be told of it. */

import { type Odd, Packer, type Receipts } from "./packing.ts";

/** Told how a draft ended: where it is in the receipts, or nothing if its parcel was not stored. */
export type OnStored = (
  receipts: Receipts | undefined,
  index: number,
  odd: Odd | undefined,
) => void;

/** Gathers drafts and topics until the writer is free. */
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
