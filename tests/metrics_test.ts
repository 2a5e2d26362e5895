/** What is counted, without sockets. */

import { assertEquals } from "@std/assert";
import { Batch } from "../lib/chat/sessions/batch.ts";
import { Metrics } from "../lib/server/metrics.ts";
import type { Message } from "../lib/wire/events.ts";

function message(seq: number): Message {
  return { room: "lobby", seq, from: "ann", at: "2026-01-02T03:04:05.000Z", text: "x" };
}

/** Metrics with the times that they were told. */
function timed(): { metrics: Metrics; times: number[] } {
  const metrics = new Metrics();
  const times: number[] = [];
  metrics.delivery = { observe: (seconds) => times.push(seconds) };
  return { metrics, times };
}

Deno.test("a delivery is timed until its last write has ended, once", () => {
  const { metrics, times } = timed();
  metrics.follow(message(2), performance.now() - 5_000);
  // Not the one that is followed.
  const other = new Batch([{ type: "message", ...message(1) }]);
  assertEquals(metrics.delivers(other), other);
  const batch = new Batch([{ type: "message", ...message(2) }]);
  const writes = [metrics.delivers(batch), metrics.delivers(batch)];
  for (const write of writes) write.begin();
  writes[0]?.end();
  assertEquals(times, []);
  writes[1]?.end();
  assertEquals(times.map(Math.floor), [5]);
  assertEquals(metrics.delivers(batch), batch);
  assertEquals(metrics.deliveries, 4);
});

Deno.test("a delivery to members that are all behind keeps no other from being timed", () => {
  const { metrics, times } = timed();
  metrics.follow(message(1), performance.now());
  // Its write does not begin now, and so nothing is told of it.
  metrics.delivers(new Batch([{ type: "message", ...message(1) }]));
  metrics.follow(message(2), performance.now());
  const write = metrics.delivers(new Batch([{ type: "message", ...message(2) }]));
  write.begin();
  write.end();
  assertEquals(times.length, 1);
});
