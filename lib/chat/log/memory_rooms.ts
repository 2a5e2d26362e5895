/** What is settled about rooms, in memory: their topics, and that something was set there at all. */

import { isChatLog, isRoomLog, type RoomLog } from "../messages/log_key.ts";
import type { TopicFact } from "./fact.ts";
import type { LogKept, TopicSet } from "./fact_log.ts";
import type { MemoryMessages } from "./memory_messages.ts";

/** Topics that are kept; the one set longest ago gives way. */
const MAX_TOPICS = 10_000;

/** All rooms about which something has been settled. */
export class MemoryRooms {
  readonly #topics = new Map<RoomLog, TopicSet & { readonly text: string }>();
  readonly #settled = new Set<RoomLog>();

  /** Whether something has been settled: also that a room has no topic any more. */
  has(log: RoomLog): boolean {
    return this.#settled.has(log);
  }

  /** All of which {@linkcode has} is so. */
  get all(): Iterable<RoomLog> {
    return this.#settled;
  }

  /** Those, and all rooms and conversations that have messages. */
  *kept(messages: Pick<MemoryMessages, "recent" | "last">): Generator<LogKept> {
    for (const log of new Set([...messages.recent.keys(), ...this.#settled])) {
      const last = messages.last(log);
      if (isRoomLog(log)) yield { log, last, topic: this.topic(log) };
      else if (isChatLog(log)) yield { log, last, topic: "" };
    }
  }

  /** Something is settled about a room. */
  settle(log: RoomLog): void {
    this.#settled.add(log);
  }

  /** What the room is about; empty for a room without a topic. */
  topic(log: RoomLog): string {
    return this.#topics.get(log)?.text ?? "";
  }

  /** Who has set it, and when. */
  setBy(log: RoomLog): TopicSet | undefined {
    const topic = this.#topics.get(log);
    return topic === undefined ? undefined : { by: topic.by, at: topic.at };
  }

  /** Keeps a topic that was set at a time, in ms since 1970. */
  keep({ log, text, from: by }: TopicFact, at: number): undefined {
    this.settle(log);
    this.#topics.delete(log);
    if (text !== "") this.#topics.set(log, { text, by, at });
    for (const oldest of this.#topics.keys()) {
      if (this.#topics.size <= MAX_TOPICS) break;
      this.#topics.delete(oldest);
    }
  }

  /** Forgets a room. */
  delete(log: RoomLog): void {
    this.#topics.delete(log);
    this.#settled.delete(log);
  }
}
