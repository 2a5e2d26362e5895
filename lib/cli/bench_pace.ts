/** Explains why a load of `chatroom bench` was slower than asked for, and which flags help. */

import { costOf } from "../chat/rate.ts";
import type { LoadPlan } from "../load/plan.ts";
import type { LoadResult } from "../load/run.ts";
import { LIMITS } from "../server/limit_table.ts";

/** A rate was not kept if less than this part of it was reached. */
const KEPT = 0.9;
/** The default limits may be the cause if a load got at most so many times what they allow. */
const NEAR = 1.25;
/** A shorter load says nothing about rates; in ms. */
const LEAST_MS = 1_000;

/** The lines to print; none if the load was as asked for. `own`: on bench's own server. */
export function paceLines(plan: LoadPlan, result: LoadResult, own: boolean): string[] {
  const { pace } = plan;
  const seconds = result.tookMs / 1_000;
  if (pace.kind === "idle" || seconds === 0) return [];
  const passed = passedOn(result);
  const reached = `Reached: ${rounded(passed / seconds)} messages/s`;
  if (pace.kind === "rate") {
    const isKept = result.late + result.coming === 0 &&
      result.sent >= pace.perSecond * seconds * KEPT;
    if (isKept) return [];
    const line = `Asked: ${rounded(pace.perSecond)} messages/s. ${reached}`;
    return own ? [`${line}, which is what this machine can do.`] : [`${line}.`, ...limitLines()];
  }
  if (own || result.tookMs < LEAST_MS || passed > defaultShare(plan, seconds) * NEAR) return [];
  return [`Asked: ${rounded(pace.messages)} messages in flight. ${reached}.`, ...limitLines()];
}

/** How many messages had been delivered to all when the last one was sent. */
function passedOn({ sent, delivered, owed }: LoadResult): number {
  return delivered === 0 ? 0 : sent * delivered / (delivered + Math.max(0, owed));
}

/** How many messages a server with the default limits takes in that time. */
function defaultShare({ senders, rooms, size }: LoadPlan, seconds: number): number {
  const { requestsPerSecond, requestBurst, roomMessagesPerSecond } = LIMITS;
  const fromClients = senders * (requestBurst.default + requestsPerSecond.default * seconds);
  const inRooms = rooms * roomMessagesPerSecond.default * (2 + seconds);
  return Math.min(fromClients, inRooms) / costOf(size);
}

function limitLines(): string[] {
  const { requestsPerSecond, requestBurst, roomMessagesPerSecond } = LIMITS;
  return [
    `A server takes ${requestsPerSecond.default} messages/s from a client (--${requestsPerSecond.flag}) after ` +
    `${requestBurst.default} at once`,
    `(--${requestBurst.flag}), and ${roomMessagesPerSecond.default}/s in a room (--${roomMessagesPerSecond.flag}), ` +
    "unless it is told otherwise;",
    "for a load test raise these limits of serve.",
  ];
}

function rounded(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}
