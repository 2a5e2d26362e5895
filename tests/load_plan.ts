/** A short load for tests. */

import type { LoadPlan } from "../lib/load/plan.ts";
import type { Server } from "../lib/server/serve.ts";

/** A short load on a server: 20 clients, 200 ms, 8 messages in flight. */
export function plan(server: Pick<Server, "addr">, changes: Partial<LoadPlan> = {}): LoadPlan {
  return {
    hostname: server.addr.hostname,
    port: server.addr.port,
    protocol: "classic",
    clients: 20,
    senders: 2,
    rooms: 1,
    stalled: 0,
    size: 64,
    pace: { kind: "window", messages: 8 },
    durationMs: 200,
    ...changes,
  };
}
