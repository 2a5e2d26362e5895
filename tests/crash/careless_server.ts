/**
 * A server that breaks its promise on purpose: it acks a message first and stores it a moment later.
 * It shows that the harness beside it finds that out.
 */

import { parseArgs } from "@std/cli/parse-args";
import type { Fact, Ticket } from "../../lib/chat/log/fact.ts";
import type { FactLog, Index, LogFigures, OnEntry } from "../../lib/chat/log/fact_log.ts";
import type { LogKey, RoomLog } from "../../lib/chat/messages/log_key.ts";
import type { Kept } from "../../lib/chat/people/records.ts";
import { serve } from "../../lib/server/serve.ts";
import { LocalLog } from "../../lib/store/local_log.ts";

/** How long after its ack a message is stored, in ms. */
const LATE_MS = 30;

/** What was said to be stored already, and is put now. */
const LATE: Ticket = { done: () => {} };

/** Says that a message is stored before it is. All else is as it should be. */
class CarelessLog implements FactLog {
  readonly #inner: LocalLog;
  readonly index: Index;
  readonly people: Kept;
  onEntry: OnEntry = () => {};
  readonly decidesAgain = false;
  onDecide: FactLog["onDecide"];
  /** The last number that was promised in each room. */
  readonly #promised = new Map<LogKey, number>();

  constructor(inner: LocalLog) {
    this.#inner = inner;
    this.people = inner.people;
    const last = inner.index.last.bind(inner.index);
    this.index = Object.assign(inner.index, {
      last: (log: LogKey): number => this.#promised.get(log) ?? last(log),
    });
    inner.onEntry = (entry, ticket) => ticket === LATE ? undefined : this.onEntry(entry, ticket);
  }

  get figures(): LogFigures {
    return this.#inner.figures;
  }

  put(fact: Fact, ticket?: Ticket): Promise<void> | undefined {
    if (fact.kind !== "say") return this.#inner.put(fact, ticket);
    const seq = this.index.last(fact.log) + 1;
    this.#promised.set(fact.log, seq);
    setTimeout(() => this.#inner.put(fact, LATE), LATE_MS);
    this.onEntry({ at: Date.now(), fact, receipt: { seq } }, ticket);
    return undefined;
  }

  removeEmpty(isOpen: (log: RoomLog) => boolean): void {
    this.#inner.removeEmpty(isOpen);
  }

  settled(): Promise<void> | undefined {
    return this.#inner.settled();
  }
}

const { data } = parseArgs(Deno.args, { string: ["data", "port"] });
const log = await LocalLog.open({ dir: String(data) });
const server = serve({ factLog: new CarelessLog(log) });
// deno-lint-ignore no-console
console.log(`careless is listening on ${server.addr.hostname}:${server.addr.port}`);
await new Promise<void>((resolve) => Deno.addSignalListener("SIGTERM", resolve));
await server.shutdown();
await log[Symbol.asyncDispose]();
Deno.exit(0);
