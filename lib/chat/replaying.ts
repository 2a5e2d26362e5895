/**
 * What evolve.ts asks of what is kept, answered as it was then. A house that starts again finds a store which
 * has taken in all entries, while it has only come to the place of its dump: the numbers of logs, which rooms
 * are kept, and their topics have to be those of each entry's own place. So nothing is asked of that store.
 */

import type { Entry } from "./log/fact.ts";
import type { Index } from "./log/fact_log.ts";
import { isLifeFact } from "./log/life_facts.ts";
import {
  chatLog,
  isChatLog,
  isRoomLog,
  type LogKey,
  type ReadLog,
  type RoomLog,
  roomLog,
} from "./messages/log_key.ts";

/** The parts of an index that evolving asks, and the judges of rooms. */
export type IndexPart = Pick<Index, "last" | "has" | "topic" | "rooms" | "keptBy" | "spareRooms">;

/** What an index answered at the place of a dump, of what is different at others. */
export interface IndexDump {
  /** The number after which a room began that was made there. */
  readonly floor: number;
  /** The rooms and conversations of which something was kept, each with the number of its last entry. */
  readonly kept: ReadonlyArray<readonly [log: ReadLog, last: number]>;
  /** The topics of those that had one; a dump of an earlier release has none of them. */
  readonly topics?: ReadonlyArray<readonly [log: ReadLog, topic: string]>;
}

/** What an index answers now, of what is different later. */
export function dumpIndex(index: Pick<Index, "kept" | "floor">): IndexDump {
  const kept = [...index.kept()];
  return {
    floor: index.floor,
    kept: kept.map(({ log, last }) => [log, last]),
    topics: kept.flatMap(({ log, topic }) => topic === "" ? [] : [[log, topic] as const]),
  };
}

/** The same while entries are replayed. */
interface Then {
  floor: number;
  readonly kept: Map<ReadLog, number>;
  readonly topics: Map<ReadLog, string>;
  /** Whether all topics are known of rooms that have one. */
  readonly hasTopics: boolean;
}

/** An index that answers as it did at the place of the entry that is being replayed; otherwise as it does. */
export class IndexThen implements IndexPart {
  readonly #index: IndexPart;
  #then: Then | undefined;

  constructor(index: IndexPart) {
    this.#index = index;
  }

  /** Entries are about to be replayed, of which the first came after that. */
  begin({ floor, kept, topics }: IndexDump): void {
    const hasTopics = topics !== undefined;
    this.#then = { floor, kept: new Map(kept), topics: new Map(topics), hasTopics };
  }

  /** The next entry is about to be evolved: the log has taken it in. */
  enter(entry: Entry): void {
    if (this.#then !== undefined) takeIn(this.#then, entry);
  }

  /** All have been replayed: it answers as the index does from here on. */
  end(): void {
    this.#then = undefined;
  }

  last(log: LogKey): number {
    const isThen = this.#then !== undefined && (isRoomLog(log) || isChatLog(log));
    return isThen ? lastIn(this.#then as Then, log) : this.#index.last(log);
  }

  has(log: RoomLog): boolean {
    return this.#then?.kept.has(log) ?? this.#index.has(log);
  }

  topic(log: RoomLog): string {
    const topic = this.#then?.topics.get(log);
    return topic ?? (this.#then?.hasTopics ? "" : this.#index.topic(log));
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
}

/** Without anything kept, rooms begin after the numbers of those that are gone, and conversations anew. */
function lastIn({ kept, floor }: Then, log: ReadLog): number {
  return kept.get(log) ?? (isRoomLog(log) ? floor : 0);
}

function takeIn(then: Then, entry: Entry): void {
  const { kept, topics } = then;
  const { fact, receipt } = entry;
  for (const log of droppedBy(entry)) {
    if (isRoomLog(log)) then.floor = Math.max(then.floor, lastIn(then, log));
    kept.delete(log);
    topics.delete(log);
  }
  if (fact.kind === "retain") then.floor = Math.max(then.floor, fact.floor ?? 0);
  for (const log of keptBy(entry)) kept.set(log, lastIn(then, log));
  if (fact.kind === "topic" && isKept(entry)) topics.set(fact.log, fact.text);
  if (receipt === undefined || !("seq" in receipt) || !("log" in fact)) return;
  if (isRoomLog(fact.log) || isChatLog(fact.log)) kept.set(fact.log, receipt.seq);
}

function isKept({ receipt }: Entry): boolean {
  return receipt === undefined || "seq" in receipt;
}

/** The logs of which nothing is kept any more after an entry. */
function droppedBy(entry: Entry): readonly ReadLog[] {
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

/** The logs of which something is kept from an entry on, if nothing was before. */
function keptBy(entry: Entry): readonly ReadLog[] {
  const { fact } = entry;
  if (!isKept(entry)) return [];
  if (fact.kind === "say" || fact.kind === "topic") return [fact.log];
  if (isLifeFact(fact) || fact.kind !== "people") return [];
  return fact.changes.flatMap((change) =>
    change.type === "room"
      ? roomLog(change.room.key)
      : change.type === "chat"
      ? chatLog(change.chat.key)
      : []
  );
}
