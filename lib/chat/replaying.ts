/**
 * What evolve.ts asks of what is kept, answered as it was then. A house that starts again finds a store which
 * has taken in all entries, while it has only come to the place of its dump: the numbers of logs, and which
 * rooms are kept, have to be those of each entry's own place.
 */

import type { Entry } from "./log/fact.ts";
import type { Index } from "./log/fact_log.ts";
import { isLifeFact } from "./log/life_facts.ts";
import { chatLog, type LogKey, type RoomLog, roomLog } from "./messages/log_key.ts";

/** A number that an entry has got in a log; none: the log was dropped by it. */
interface Mark {
  readonly place: number;
  readonly seq: number | undefined;
}

/** The parts of an index that evolving asks, and the judges of rooms. */
export type IndexPart = Pick<Index, "last" | "has" | "topic" | "rooms" | "keptBy" | "spareRooms">;

/** An index that answers as it did at the place of the entry that is being replayed; otherwise as it does. */
export class IndexThen implements IndexPart {
  readonly #index: IndexPart;
  /** Set while entries are replayed: the rooms that were kept, and topics that were set since the dump. */
  #then: { readonly kept: Set<RoomLog>; readonly topics: Map<RoomLog, string> } | undefined;
  #place = 0;
  readonly #marks = new Map<LogKey, Mark[]>();

  constructor(index: IndexPart) {
    this.#index = index;
  }

  /** Entries are about to be replayed; `kept` are the rooms of which something was kept before them. */
  begin(entries: readonly Entry[], kept: Iterable<RoomLog>): void {
    this.#then = { kept: new Set(kept), topics: new Map() };
    for (const [place, entry] of entries.entries()) {
      for (const log of droppedBy(entry)) this.#mark(log, { place, seq: undefined });
      const { fact, receipt } = entry;
      if (receipt === undefined || !("seq" in receipt) || !("log" in fact)) continue;
      this.#mark(fact.log, { place, seq: receipt.seq });
    }
  }

  /** The entry at a place is about to be evolved: the log has taken it in. */
  enter(entry: Entry, place: number): void {
    this.#place = place;
    if (this.#then === undefined) return;
    const { kept, topics } = this.#then;
    for (const log of droppedBy(entry)) {
      kept.delete(log as RoomLog);
      topics.delete(log as RoomLog);
    }
    for (const log of keptBy(entry)) kept.add(log);
    if (entry.fact.kind === "topic" && isKept(entry)) topics.set(entry.fact.log, entry.fact.text);
  }

  /** All have been replayed: it answers as the index does from here on. */
  end(): void {
    this.#then = undefined;
    this.#marks.clear();
  }

  last(log: LogKey): number {
    const marks = this.#marks.get(log) ?? [];
    let isDropped = false;
    for (let at = firstAfter(marks, this.#place) - 1; at >= 0 && !isDropped; at--) {
      const { seq } = marks[at] as Mark;
      if (seq !== undefined) return seq;
      isDropped = true;
    }
    const next = marks[firstAfter(marks, this.#place)]?.seq;
    return next === undefined ? this.#index.last(log) : next - 1;
  }

  has(log: RoomLog): boolean {
    return this.#then?.kept.has(log) ?? this.#index.has(log);
  }

  topic(log: RoomLog): string {
    return this.#then?.topics.get(log) ?? this.#index.topic(log);
  }

  rooms(): ReturnType<Index["rooms"]> {
    return this.#index.rooms();
  }

  keptBy(opener: string): number {
    return this.#index.keptBy(opener);
  }

  spareRooms(): number {
    return this.#index.spareRooms();
  }

  #mark(log: LogKey, mark: Mark): void {
    const marks = this.#marks.get(log);
    if (marks === undefined) this.#marks.set(log, [mark]);
    else marks.push(mark);
  }
}

/** Where the first mark is that comes after a place. */
function firstAfter(marks: readonly Mark[], place: number): number {
  let [from, to] = [0, marks.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((marks[middle] as Mark).place <= place) from = middle + 1;
    else to = middle;
  }
  return from;
}

function isKept({ receipt }: Entry): boolean {
  return receipt === undefined || "seq" in receipt;
}

/** The logs of which nothing is kept any more after an entry. */
function droppedBy(entry: Entry): readonly LogKey[] {
  const { fact } = entry;
  if (!isKept(entry)) return [];
  if (fact.kind === "retain") return fact.gone ?? [];
  if (fact.kind !== "people") return [];
  return fact.changes.flatMap((change) =>
    change.type === "unroom"
      ? roomLog(change.key)
      : change.type === "unchat"
      ? chatLog(change.key)
      : []
  );
}

/** The rooms of which something is kept by an entry. */
function keptBy(entry: Entry): readonly RoomLog[] {
  const { fact } = entry;
  if (!isKept(entry)) return [];
  if (fact.kind === "say" || fact.kind === "topic") return [fact.log];
  if (isLifeFact(fact) || fact.kind !== "people") return [];
  return fact.changes.flatMap((change) => change.type === "room" ? roomLog(change.room.key) : []);
}
