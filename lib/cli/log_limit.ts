/** Keeps the log from filling a disk: limits how many entries of a kind come in a span of time. */

import type { LogEntry, Logger } from "../server/log.ts";

/** The most entries of one kind in a span. */
const MOST = 20;
/** How long a span is, in ms. */
const SPAN_MS = 10_000;

interface Count {
  since: number;
  passed: number;
  withheld: number;
  level: LogEntry["level"];
}

/**
 * Passes entries on to another log, at most 20 of a kind in 10 s. Further entries are counted, and
 * one entry tells their number when the span is over, or at disposal.
 */
export class LimitedLog implements Disposable {
  readonly #to: Logger;
  readonly #now: () => number;
  readonly #counts = new Map<string, Count>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(to: Logger, now: () => number = () => performance.now()) {
    this.#to = to;
    this.#now = now;
  }

  readonly log: Logger = (entry) => {
    const now = this.#now();
    const count = this.#countOf(entry, now);
    if (count.passed < MOST) {
      count.passed++;
      return this.#to(entry);
    }
    count.withheld++;
    this.#timer ??= setTimeout(() => this.#look(), SPAN_MS);
  };

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const kind of [...this.#counts.keys()]) this.#end(kind);
  }

  #countOf({ kind, level }: LogEntry, now: number): Count {
    const known = this.#counts.get(kind);
    if (known !== undefined && now - known.since < SPAN_MS) return known;
    this.#end(kind);
    const count = { since: now, passed: 0, withheld: 0, level };
    this.#counts.set(kind, count);
    return count;
  }

  #look(): void {
    this.#timer = undefined;
    const now = this.#now();
    for (const [kind, { since }] of [...this.#counts]) {
      if (now - since >= SPAN_MS) this.#end(kind);
    }
    const waits = [...this.#counts.values()].some(({ withheld }) => withheld > 0);
    if (waits) this.#timer = setTimeout(() => this.#look(), SPAN_MS);
  }

  /** Logs how many entries of a kind were held back. */
  #end(kind: string): void {
    const count = this.#counts.get(kind);
    this.#counts.delete(kind);
    if (count === undefined || count.withheld === 0) return;
    const seconds = SPAN_MS / 1_000;
    this.#to({
      level: count.level,
      kind: "withheld",
      text: `More of the same, not shown: over ${MOST} in ${seconds} s`,
      fields: { of: kind, count: count.withheld },
    });
  }
}
