/** What is kept of people, on disk: written by the thread that writes the messages. */

import { type Change, ChangedMeanwhile, type Kept, type Records } from "../chat/records.ts";
import { Refusal } from "../chat/refusal.ts";
import type { AuditPage } from "./people.ts";
import type { Reading } from "./reading.ts";
import { whatHelps } from "./refusals.ts";
import type { Writing } from "./writing.ts";

/** Records that are there again after a restart. */
export class DurableRecords implements Records {
  #kept: Kept;
  onChanged: (kept: Kept) => void = () => {};
  readonly #writing: Writing;
  readonly #reading: Reading;

  constructor(kept: Kept, writing: Writing, reading: Reading) {
    this.#kept = kept;
    this.#writing = writing;
    this.#reading = reading;
    writing.onPeople = (kept) => {
      this.#kept = kept;
      this.onChanged(kept);
    };
  }

  /** All that is kept, as it was when it was opened or changed by somebody else. */
  get kept(): Kept {
    return this.#kept;
  }

  async save(changes: readonly Change[]): Promise<void> {
    const { failed: why, stale } = await this.#writing.record(changes);
    if (stale) throw new ChangedMeanwhile();
    if (why === undefined) return;
    const help = whatHelps(this.#writing.trouble !== undefined);
    throw new Refusal("not-stored", `That could not be stored: ${why}; ${help}`, 5_000);
  }

  async audit(limit: number): Promise<AuditPage> {
    return await this.#reading.ask({ type: "audit", limit }) as AuditPage;
  }
}
