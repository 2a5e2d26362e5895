/**
 * A server that breaks its promise on purpose: it acks a message first and stores it a moment later.
 * It shows that the harness beside it finds that out.
 */

import { parseArgs } from "@std/cli/parse-args";
import type {
  Draft,
  History,
  Outcome,
  Page,
  Range,
  Search,
  TopicDraft,
} from "../../lib/chat/history.ts";
import type { LogKey, RoomLog } from "../../lib/chat/log_key.ts";
import type { Refusal } from "../../lib/chat/refusal.ts";
import { serve } from "../../lib/server/serve.ts";
import { DurableHistory } from "../../lib/store/durable_history.ts";

/** How long after its ack a message is stored, in ms. */
const LATE_MS = 30;

/** Says that a message is stored before it is. All else is as it should be. */
class CarelessHistory implements History {
  readonly #inner: DurableHistory;
  /** The last number that was promised in each room. */
  readonly #promised = new Map<string, number>();

  constructor(inner: DurableHistory) {
    this.#inner = inner;
  }

  get epoch(): string {
    return this.#inner.epoch;
  }

  last(log: LogKey): number {
    return this.#promised.get(log) ?? this.#inner.last(log);
  }

  append(draft: Draft, done: (outcome: Outcome) => void): void {
    const seq = this.last(draft.log) + 1;
    this.#promised.set(draft.log, seq);
    const { title: room, from, text } = draft;
    setTimeout(() => this.#inner.append(draft, () => {}), LATE_MS);
    done({ kind: "stored", message: { room, seq, from, text, at: new Date().toISOString() } });
  }

  rooms(): ReturnType<History["rooms"]> {
    return this.#inner.rooms();
  }

  has(log: RoomLog): boolean {
    return this.#inner.has(log);
  }

  topic(log: RoomLog): string {
    return this.#inner.topic(log);
  }

  keptBy(opener: string): number {
    return this.#inner.keptBy(opener);
  }

  removeEmpty(isOpen: (log: RoomLog) => boolean): void {
    this.#inner.removeEmpty(isOpen);
  }

  setTopic(topic: TopicDraft, done: (refusal?: Refusal) => void): void {
    this.#inner.setTopic(topic, done);
  }

  page(log: LogKey, range: Range): Page | Promise<Page> {
    return this.#inner.page(log, range);
  }

  search(search: Search): Promise<Page> {
    return this.#inner.search(search);
  }

  recall(session: string): Promise<boolean> {
    return this.#inner.recall(session);
  }

  keepSession(session: string): void {
    this.#inner.keepSession(session);
  }

  forgetSession(session: string): void {
    this.#inner.forgetSession(session);
  }

  settled(): Promise<void> | undefined {
    return this.#inner.settled();
  }
}

const { data } = parseArgs(Deno.args, { string: ["data", "port"] });
const history = await DurableHistory.open({ dir: String(data) });
const server = serve({ history: new CarelessHistory(history) });
// deno-lint-ignore no-console
console.log(`careless is listening on ${server.addr.hostname}:${server.addr.port}`);
await new Promise<void>((resolve) => Deno.addSignalListener("SIGTERM", resolve));
await server.shutdown();
await history[Symbol.asyncDispose]();
Deno.exit(0);
