/** The topics of rooms, in memory. */

import type { RoomLog } from "../messages/log_key.ts";
import type { TopicFact } from "./fact.ts";
import type { TopicSet } from "./fact_log.ts";

/** Topics that are kept; the one set longest ago gives way. */
const MAX_TOPICS = 10_000;

/** The topics of all rooms that have one. */
export class MemoryTopics {
  readonly #topics = new Map<RoomLog, TopicSet & { readonly text: string }>();

  has(log: RoomLog): boolean {
    return this.#topics.has(log);
  }

  /** What the room is about; empty for a room without a topic. */
  text(log: RoomLog): string {
    return this.#topics.get(log)?.text ?? "";
  }

  /** Who has set it, and when. */
  setBy(log: RoomLog): TopicSet | undefined {
    const topic = this.#topics.get(log);
    return topic === undefined ? undefined : { by: topic.by, at: topic.at };
  }

  /** Keeps a topic that was set at a time, in ms since 1970. */
  keep({ log, text, from: by }: TopicFact, at: number): undefined {
    this.#topics.delete(log);
    if (text !== "") this.#topics.set(log, { text, by, at });
    for (const oldest of this.#topics.keys()) {
      if (this.#topics.size <= MAX_TOPICS) break;
      this.#topics.delete(oldest);
    }
  }

  delete(log: RoomLog): void {
    this.#topics.delete(log);
  }
}
