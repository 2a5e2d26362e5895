/** What a history does where its database can't be read: it tells so, and fills the gaps. */

import type { Stored } from "../chat/history.ts";
import { isRoomLog, keyOf, type LogKey } from "../chat/log_key.ts";
import { withheld } from "../chat/withheld.ts";
import { SERVER_NAME } from "../wire/names.ts";
import type { Unreadable } from "./refusals.ts";

/** How long a read that failed, though the database is not damaged, counts as trouble, in ms. */
const PATIENCE_MS = 30_000;

/** Remembers what could not be read. */
export class ReadTrouble {
  readonly #onProblem: (text: string) => void;
  #damage: string | undefined;
  #failed: string | undefined;
  #failedAt = -Infinity;

  constructor(onProblem: (text: string) => void) {
    this.#onProblem = onProblem;
  }

  /** Why not everything can be read, if so. Damage does not go by itself. */
  get text(): string | undefined {
    if (this.#damage !== undefined) return this.#damage;
    return performance.now() - this.#failedAt < PATIENCE_MS ? this.#failed : undefined;
  }

  /** Takes note, and tells of the first of its kind. */
  note({ message, damaged }: Unreadable): void {
    if (damaged) {
      if (this.#damage === undefined) {
        this.#onProblem(
          `The database is damaged: ${message}. Stop the server; chatroom check says what is wrong, ` +
            "and chatroom export --salvage prints what can be read",
        );
      }
      this.#damage = message;
      return;
    }
    if (this.text === undefined) this.#onProblem(message);
    this.#failed = message;
    this.#failedAt = performance.now();
  }
}

/** The messages that should be from one number to another: those that were found, and a stub for each other. */
export function withStubs(
  log: LogKey,
  from: number,
  to: number,
  found: readonly Stored[],
): Stored[] {
  const bySeq = new Map(found.map((entry) => [entry.message.seq, entry]));
  const room = found[0]?.message.room ?? (isRoomLog(log) ? keyOf(log) : "");
  let at = found[0]?.message.at ?? new Date(0).toISOString();
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const seq = from + index;
    const entry = bySeq.get(seq);
    at = entry?.message.at ?? at;
    if (entry !== undefined) return entry;
    const lost = { room, seq, from: SERVER_NAME, at, text: "" };
    return { message: withheld(lost, "damaged") };
  });
}
