/** Where the browsers come from: every limit and every ban by address stands on it. */

import { assertEquals } from "@std/assert";
import type { LogEntry } from "../lib/server/log.ts";
import { until } from "./helpers.ts";
import { rawRequest, startWeb, WebSocketPeer } from "./web_peer.ts";

for (
  const [what, trustedProxies, headers, address] of [
    ["its own", [], {}, "127.0.0.1"],
    ["its own where a stranger says another", [], { "X-Forwarded-For": "192.0.2.7" }, "127.0.0.1"],
    ["what a proxy says", ["127.0.0.1"], { "X-Forwarded-For": "192.0.2.7" }, "192.0.2.7"],
    ["that of a proxy that says none", ["127.0.0.1"], {}, "127.0.0.1"],
  ] as const
) {
  Deno.test(`the address of somebody on the page is ${what}`, async () => {
    const told: LogEntry[] = [];
    await using web = await startWeb({ trustedProxies }, { log: (entry) => void told.push(entry) });
    {
      using _peer = await WebSocketPeer.open(web.door, headers);
    }
    await until("it has gone", () => web.door.connections === 0);
    const addresses = told.map(({ fields }) => fields?.["address"]).filter((each) =>
      each !== undefined
    );
    // The first is where the server listens.
    assertEquals([...new Set(addresses.slice(1))], [address]);
    const { status } = await rawRequest(
      web.door,
      `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`,
    );
    assertEquals(status, 200);
  });
}
