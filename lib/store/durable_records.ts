/** What is kept of people, on disk: facts in the log there, as records. */

import type { Change, Kept, Records } from "../chat/records.ts";
import type { Receipt } from "../chat/log/fact.ts";
import type { LocalLog } from "./local_log.ts";
import type { AuditPage } from "./people.ts";

/** Records that are there again after a restart. */
export class DurableRecords implements Records {
  /** Never called: nobody else writes while a server runs. */
  onChanged: (kept: Kept) => void = () => {};
  readonly #log: LocalLog;

  constructor(log: LocalLog) {
    this.#log = log;
  }

  /** All that is kept, as it was when it was opened. */
  get kept(): Kept {
    return this.#log.people;
  }

  async save(changes: readonly Change[]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<Receipt | undefined>();
    this.#log.put({ kind: "people", changes }, { done: ({ receipt }) => resolve(receipt) });
    const receipt = await promise;
    if (receipt !== undefined && "refused" in receipt) throw receipt.refused;
  }

  audit(limit: number): Promise<AuditPage> {
    return this.#log.index.audit(limit);
  }
}
