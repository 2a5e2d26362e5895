/** What is kept of people, on disk: written by the thread that writes the messages. */

import type { Change, Kept, Records } from "../chat/records.ts";
import { Refusal } from "../chat/refusal.ts";
import type { AuditPage } from "./people.ts";
import type { Reading } from "./reading.ts";
import { whatHelps } from "./refusals.ts";
import type { Writing } from "./writing.ts";

/** Records that are there again after a restart. */
export class DurableRecords implements Records {
  /** All that is kept, as it was when it was opened. */
  readonly kept: Kept;
  /** Never called: nobody else writes while a server runs. */
  onChanged: (kept: Kept) => void = () => {};
  readonly #writing: Writing;
  readonly #reading: Reading;

  constructor(kept: Kept, writing: Writing, reading: Reading) {
    this.kept = kept;
    this.#writing = writing;
    this.#reading = reading;
  }

  async save(changes: readonly Change[]): Promise<void> {
    const why = await this.#writing.record(changes);
    if (why === undefined) return;
    const help = whatHelps(this.#writing.trouble !== undefined);
    throw new Refusal("not-stored", `That could not be stored: ${why}; ${help}`, 5_000);
  }

  async audit(limit: number): Promise<AuditPage> {
    return await this.#reading.ask({ type: "audit", limit }) as AuditPage;
  }
}
