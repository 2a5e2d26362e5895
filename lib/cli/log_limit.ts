/** Keeps a log from filling a disk: of each kind of entry only so many come through at a time. */

import type { LogEntry, Logger } from "../server/log.ts";

/** Entries of one kind that come through in a span. */
const MOST = 20;
/** The span, in ms. */
const SPAN_MS = 10_000;

interface Count {
  since: number;
  passed: number;
  withheld: number;
  level: LogEntry["level"];
}

/**
 * Passes entries on to another log, 20 of a kind in 10 s; those beyond are counted, and summed up in
 * one entry when the span is over. What is disposed of still tells what it has counted.
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

  /** Sums up what was withheld of a kind. */
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
