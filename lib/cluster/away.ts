/** What is answered to what is not sent, most of it while the engine can't be reached. */

import { Refusal } from "../chat/refusal.ts";
import { HEAD_BYTES, type LogRecord } from "./batch.ts";

/** When to try again, in ms: an election takes 4 to 8 s. */
const RETRY_MS = 2_000;

/** Why something was not sent while the engine is away: it can be tried again. */
export function whileAway(): Refusal {
  return new Refusal(
    "try-later",
    "The cluster can't be reached; it was not sent, try again in a moment",
    RETRY_MS,
  );
}

/** Why nobody new comes in at a node that is behind the others: it would hear what is over. */
export function whileLate(): Refusal {
  return new Refusal(
    "try-later",
    "This node is behind the others of its cluster; try again in a moment, or at another one",
    RETRY_MS,
  );
}

/** Why a record of so many bytes is not sent, where the engine takes messages of `most` bytes. */
export function whenTooLarge(bytes: number, most: number): Refusal {
  return new Refusal(
    "too-large",
    `That takes ${
      bytes + HEAD_BYTES
    } bytes in the log of the cluster, and its NATS server takes ${most} ` +
      "(max_payload); say it in parts, or have that raised",
  );
}

/** Why nothing is sent any more. */
export function whenOver(why: string): Refusal {
  return new Refusal("not-stored", `This node has stopped: ${why}`);
}

/**
 * Whether somebody should rather be told at once than wait. What tells that somebody has gone, or what it has
 * read, waits instead: nobody would say it again.
 */
export function isAnsweredAway({ kind }: LogRecord): boolean {
  return !WAITS.has(kind);
}

const WAITS: ReadonlySet<LogRecord["kind"]> = new Set(
  [
    ...["exit", "leave", "list", "mark", "away", "session-use", "session-forget"] as const,
    // What nodes say of themselves is nobody's request.
    ...["here", "node-dead", "nothing", "level", "config"] as const,
  ] as const,
);
