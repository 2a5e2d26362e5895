/** Says what held a load of `chatroom bench` up: what was asked, what was reached, and which flags help. */

import { costOf } from "../chat/rate.ts";
import type { LoadPlan } from "../load/plan.ts";
import type { LoadResult } from "../load/run.ts";
import { LIMITS } from "../server/limit_table.ts";

/** Below this part of what was asked, a rate was not kept. */
const KEPT = 0.9;
/** Up to so much more than the default limits let through, it may be they that held a load up. */
const NEAR = 1.25;
/** A shorter load tells nothing of rates, in ms. */
const LEAST_MS = 1_000;

/** Lines that say so when a load was not put on as asked; none otherwise. `own`: of bench itself. */
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

/** Messages that had gone round when the last was sent. */
function passedOn({ sent, delivered, owed }: LoadResult): number {
  return delivered === 0 ? 0 : sent * delivered / (delivered + Math.max(0, owed));
}

/** Messages that a server with the default limits takes of a load in that time. */
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
