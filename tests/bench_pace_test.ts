/** What `chatroom bench` says when a load was not put on as asked. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { paceLines } from "../lib/cli/bench_report.ts";
import type { LoadPlan } from "../lib/load/plan.ts";
import type { LoadResult } from "../lib/load/run.ts";

const PLAN: LoadPlan = {
  hostname: "127.0.0.1",
  port: 1,
  protocol: "classic",
  clients: 11,
  senders: 1,
  rooms: 1,
  stalled: 0,
  size: 64,
  pace: { kind: "window", messages: 32 },
  durationMs: 5_000,
};

/** What came of so many messages in 5 s, of which so many had not gone round at the end. */
function result(sent: number, waiting: number, changes: Partial<LoadResult> = {}): LoadResult {
  const [delivered, owed] = [(sent - waiting) * 10, waiting * 10];
  const counts = { sent, delivered, owed, late: 0, coming: 0, closed: 0 };
  return { ...counts, openMs: 1, tookMs: 5_000, problems: [], interrupted: false, ...changes };
}

Deno.test(
  "a load that the default limits may have held up is told of",
  { permissions: "none" },
  () => {
    // 200 at once and 50 in each second.
    const lines = paceLines(PLAN, result(480, 30), false);
    assertEquals(lines[0], "Asked: 32 messages in flight. Reached: 90 messages/s.");
    const text = lines.join(" ");
    for (const flag of ["--max-request-rate", "--request-burst", "--max-room-rate"]) {
      assertStringIncludes(text, flag);
    }
    assertEquals(paceLines(PLAN, result(800, 30), false), []);
    assertEquals(paceLines(PLAN, result(480, 30), true), []);
    // With ten senders it is the room's limit: 400 at once and 200 in each second.
    assertEquals(paceLines({ ...PLAN, senders: 10 }, result(1_500, 100), false).length > 1, true);
    assertEquals(paceLines({ ...PLAN, senders: 10 }, result(2_500, 100), false), []);
    assertEquals(paceLines({ ...PLAN, pace: { kind: "idle" } }, result(0, 0), false), []);
  },
);

Deno.test("a rate that was not reached is told of", { permissions: "none" }, () => {
  const plan: LoadPlan = { ...PLAN, pace: { kind: "rate", perSecond: 500 } };
  assertEquals(paceLines(plan, result(2_500, 20), false), []);
  const late = { late: 20_500, coming: 0 };
  const lines = paceLines(plan, result(2_500, 2_050, late), false);
  assertEquals(lines[0], "Asked: 500 messages/s. Reached: 90 messages/s.");
  assertStringIncludes(lines.join(" "), "--max-request-rate");
  const own = "Asked: 500 messages/s. Reached: 400 messages/s, which is what this machine can do.";
  assertEquals(paceLines(plan, result(2_000, 0), true), [own]);
});
