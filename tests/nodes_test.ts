/** What a server that is a node tells its clients and browsers of the others. */

import { assertEquals, assertMatch } from "@std/assert";
import type { ClusterNodes } from "../lib/server/nodes.ts";
import { eventFrame, RawPeer, startServer } from "./helpers.ts";
import { joinWeb, request, requestUpgrade, startWeb, WebSocketPeer } from "./web_peer.ts";

const NODES: ClusterNodes = {
  addresses: ["n1.example:1234", "n2.example:1234"],
  pages: ["https://n2.example/chat/", "http://n3.example:8080/"],
  latePages: ["https://n2.example/chat/", "http://n3.example:8080/", "https://lost.example/"],
};

Deno.test("a client by frames is told of the nodes by frames, and one that knows none of it loses nothing", async () => {
  await using server = startServer({ nodes: NODES });
  using ann = await RawPeer.connect(server);
  await ann.send(eventFrame("ann"), eventFrame({ type: "hello" }));
  assertEquals((await ann.takeType("ready")).servers, NODES.addresses);
});

Deno.test("a server that is no node, or knows no addresses, tells of none", async () => {
  for (const nodes of [{}, { nodes: { addresses: [], pages: [], latePages: [] } }]) {
    await using server = startServer(nodes);
    using ann = await RawPeer.connect(server);
    await ann.send(eventFrame("ann"), eventFrame({ type: "hello" }));
    assertEquals("servers" in await ann.takeType("ready"), false);
  }
});

Deno.test("a browser is told of WebSockets, may go to those, and comes from the pages of all nodes", async () => {
  await using web = await startWeb({}, { nodes: NODES });
  using ann = await joinWeb(web.door, "ann");
  assertEquals(ann.ready.servers, [
    "wss://n2.example/chat/ws",
    "ws://n3.example:8080/ws",
  ]);
  const { headers } = await request(web.door, "GET /");
  const policy = headers.get("content-security-policy") ?? "";
  const own = `127.0.0.1:${web.door.addr.port}`;
  const others = "wss://n2.example ws://n3.example:8080 wss://lost.example";
  assertMatch(policy, new RegExp(`connect-src 'self' ws://${own} ${others};`));
  for (
    const [origin, status] of [
      ["https://n2.example", 101],
      ["http://n3.example:8080", 101],
      ["https://lost.example", 101],
      ["http://n2.example", 403],
      ["https://n2.example:444", 403],
      ["https://n2.example.evil.example", 403],
      ["https://evil.example", 403],
      ["null", 403],
    ] as const
  ) {
    if (status === 101) (await WebSocketPeer.open(web.door, { Origin: origin }))[Symbol.dispose]();
    else assertEquals((await requestUpgrade(web.door, { Origin: origin })).status, status, origin);
  }
});

Deno.test("a page of a server that is no node connects to that server alone", async () => {
  await using web = await startWeb();
  const { headers } = await request(web.door, "GET /");
  const own = `127.0.0.1:${web.door.addr.port}`;
  assertMatch(headers.get("content-security-policy") ?? "", new RegExp(`'self' ws://${own};`));
});
