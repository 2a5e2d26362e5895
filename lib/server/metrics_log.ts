/** Counts what a log of facts stores, and times some of it. */

import type { Entry, Fact, Ticket } from "../chat/log/fact.ts";
import type { Receipt } from "../chat/log/receipt.ts";
import { isLifeFact } from "../chat/log/life_facts.ts";
import type { FactLog, Index, LogFigures, OnEntry } from "../chat/log/fact_log.ts";
import type { RoomLog } from "../chat/messages/log_key.ts";
import { type Kept, NOTHING_KEPT } from "../chat/people/records.ts";
import type { Metrics } from "./metrics.ts";

/** The code of a refusal because of the store. */
const NOT_STORED = "not-stored";

/** Wraps a log, and counts. */
export class WatchedLog implements FactLog {
  readonly #log: FactLog;
  readonly #metrics: Metrics;
  /** The message that is being timed. It is one at a time, so that a busy server pays little. */
  #timed: Fact | undefined;
  #since = 0;
  onEntry: OnEntry = (entry, ticket) => ticket?.done(entry);

  constructor(log: FactLog, metrics: Metrics) {
    this.#log = log;
    this.#metrics = metrics;
    log.onEntry = (entry, ticket) => {
      this.#look(entry);
      this.onEntry(entry, ticket);
    };
  }

  get index(): Index {
    return this.#log.index;
  }

  get figures(): LogFigures {
    return this.#log.figures;
  }

  get decidesAgain(): boolean {
    return this.#log.decidesAgain;
  }

  get cluster(): FactLog["cluster"] {
    return this.#log.cluster;
  }

  get onDecide(): FactLog["onDecide"] {
    return this.#log.onDecide;
  }

  set onDecide(decide: FactLog["onDecide"]) {
    this.#log.onDecide = decide;
  }

  get people(): Kept {
    return this.#log.people ?? NOTHING_KEPT;
  }

  put(fact: Fact, ticket?: Ticket): Promise<void> | undefined {
    if (this.#timed === undefined && this.#metrics.isTimed && isMessage(fact)) {
      this.#timed = fact;
      this.#since = performance.now();
    }
    return this.#log.put(fact, ticket);
  }

  settled(): Promise<void> | undefined {
    return this.#log.settled();
  }

  removeEmpty(isOpen: (log: RoomLog) => boolean): void {
    this.#log.removeEmpty(isOpen);
  }

  #look({ fact, receipt }: Entry): void {
    const isAbout = isLifeFact(fact);
    const isSaid = fact.kind === "say" || fact.kind === "direct";
    if (!isAbout && !isSaid && fact.kind !== "topic") return;
    this.#noteStore(receipt);
    const code = refusedWith(receipt);
    if (code !== undefined) this.#metrics.refused(code);
    if (isAbout && receipt !== undefined && "seq" in receipt) this.#metrics.changed(fact.kind);
    if (!isSaid) return;
    const isTimed = fact === this.#timed;
    if (isTimed) this.#timed = undefined;
    if (receipt === undefined || !("seq" in receipt)) return;
    this.#metrics.messages++;
    if (!isTimed) return;
    this.#metrics.commit?.observe((performance.now() - this.#since) / 1_000);
    this.#metrics.follow({ room: fact.title, seq: receipt.seq }, this.#since);
  }

  #noteStore(receipt: Receipt | undefined): void {
    const code = refusedWith(receipt);
    if (code === undefined) this.#metrics.storeFailedAt = undefined;
    else if (code === NOT_STORED) this.#metrics.storeFailedAt = performance.now();
  }
}

function isMessage({ kind }: Fact): boolean {
  return kind === "say" || kind === "direct";
}

/** The code that the fact was refused with; `undefined` if it was not. */
function refusedWith(receipt: Receipt | undefined): string | undefined {
  if (receipt === undefined) return undefined;
  if ("absent" in receipt) return "no-such-name";
  return "refused" in receipt ? receipt.refused.code : undefined;
}
