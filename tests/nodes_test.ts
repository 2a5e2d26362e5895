/** What a server that is a node tells its clients and browsers of the others. */

import { assertEquals, assertMatch } from "@std/assert";
import { NodeNews } from "../lib/server/node_news.ts";
import type { ClusterNodes } from "../lib/server/nodes.ts";
import { eventFrame, joinEvent, RawPeer, startServer } from "./helpers.ts";
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

Deno.test("who wants to know is told of nodes that come later, and of those that were away for long", () => {
  const nodes = { addresses: [] as string[], pages: [], latePages: [] };
  const told: Array<readonly string[]> = [];
  const news = new NodeNews(nodes, (servers) => told.push(servers));
  const look = (now: number, ...addresses: string[]): number => {
    nodes.addresses = addresses;
    news.sweep(now);
    return told.length;
  };
  assertEquals(look(0, "a:1"), 1);
  assertEquals(look(1_000, "a:1"), 1);
  assertEquals(look(2_000, "a:1", "b:1"), 2);
  // One that stood still for a while is no news.
  assertEquals(look(3_000, "a:1"), 2);
  assertEquals(look(32_000, "a:1", "b:1"), 2);
  assertEquals(look(33_000, "a:1"), 2);
  assertEquals(look(62_001, "a:1"), 2);
  assertEquals(look(62_002, "a:1", "b:1"), 3);
  assertEquals(told, [["a:1"], ["a:1", "b:1"], ["a:1", "b:1"]]);
});

Deno.test("a client that came before another node hears of it, if it has asked for that", async () => {
  const nodes = { ...NODES, addresses: ["n1.example:1234"] };
  await using server = startServer({ nodes });
  using ann = await joinEvent(server, "ann", { features: ["servers"] });
  using bob = await joinEvent(server, "bob");
  assertEquals(ann.welcome.features.includes("servers"), true);
  assertEquals(ann.ready.servers, ["n1.example:1234"]);
  nodes.addresses = NODES.addresses as string[];
  // At its first look a node tells of those that ann may know of.
  let { servers } = await ann.takeType("servers");
  while (servers.length < 2) ({ servers } = await ann.takeType("servers"));
  assertEquals(servers, NODES.addresses);
  await ann.send(eventFrame({ type: "say", room: "lobby", text: "I know" }));
  for (let event = await bob.takeEvent(); event.type !== "message"; event = await bob.takeEvent()) {
    assertEquals(event.type === "servers", false);
  }
  await using other = startServer();
  using carl = await joinEvent(other, "carl", { features: ["servers"] });
  assertEquals(carl.welcome.features.includes("servers"), false);
});
