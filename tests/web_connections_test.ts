/** The connections of the web door: who gets one when they are many, and that each comes to its end. */

import { assertEquals } from "@std/assert";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import type { ListenerHost } from "../lib/server/host.ts";
import type { LogEntry } from "../lib/server/log.ts";
import { Identity } from "../lib/tls/identity.ts";
import { Connections } from "../lib/web/connections.ts";
import { serveWeb, type WebListener } from "../lib/web/serve_web.ts";
import { makeAuthority, webSecurely } from "./fixtures/certificates.ts";
import { type Json, RawPeer, startServer, until, within } from "./helpers.ts";
import { rawRequest, startWeb, WebSocketPeer } from "./web_peer.ts";

const UPGRADE = "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n" +
  "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

const SECURE = webSecurely(new Identity(await (await makeAuthority()).issue()));

/** The status of the answer to a request on a connection that is kept. */
async function ask(peer: RawPeer, headers: Json = {}): Promise<number> {
  const all = Object.entries({ Host: "localhost", ...headers });
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  await peer.send(`HEAD /healthz HTTP/1.1\r\n${lines}\r\n`);
  let head = "";
  while (!head.endsWith("\r\n\r\n")) head += new TextDecoder().decode(await peer.take(1));
  return Number(head.split(" ")[1]);
}

async function untilOpen(door: WebListener, count: number): Promise<void> {
  let open = -1;
  const look = async (): Promise<void> => {
    while (open !== count) {
      open = door.connections;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await within(`a count of ${count} connections`, look());
}

Deno.test("too many connections cost the longest silent its own, and WebSockets are none of them", async () => {
  await using web = await startWeb({ limits: { webConnections: 2, webIdleMs: 60_000 } });
  const webSockets = [];
  for (let i = 0; i < 3; i++) webSockets.push(await WebSocketPeer.open(web.door));
  using first = await RawPeer.connect(web.door);
  assertEquals(await ask(first), 200);
  using second = await RawPeer.connect(web.door);
  assertEquals([await ask(second), await ask(first)], [200, 200]);
  using third = await RawPeer.connect(web.door);
  assertEquals(await second.takeRest(), "");
  assertEquals([await ask(first), await ask(third)], [200, 200]);
  for (const each of webSockets) each[Symbol.dispose]();
});

Deno.test("one address has only so many connections at the web door, until one has ended", async () => {
  const limits = { connectionsPerAddress: 2 };
  await using web = await startWeb({ limits: { webIdleMs: 60_000 } }, { limits });
  using first = await RawPeer.connect(web.door);
  using second = await RawPeer.connect(web.door);
  assertEquals([await ask(first), await ask(second)], [200, 200]);
  {
    using third = await RawPeer.connect(web.door);
    assertEquals(await third.takeRest(), "");
  }
  first[Symbol.dispose]();
  await untilOpen(web.door, 1);
  using fourth = await RawPeer.connect(web.door);
  assertEquals([await ask(second), await ask(fourth)], [200, 200]);
});

for (const [what, over] of [["plain HTTP", {}], ["TLS", SECURE]] as const) {
  Deno.test(`over ${what} those count too that never come to a request, by address and in all`, async () => {
    const limits = { webHeadersMs: 60_000, webRequestMs: 60_000 };
    for (const begun of ["", over === SECURE ? "\x16\x03\x01" : "GET / HTTP/1.1\r\nHost: lo"]) {
      {
        const most = { limits: { connectionsPerAddress: 2 } };
        await using web = await startWeb({ ...over, limits }, most);
        using first = await RawPeer.connect(web.door);
        using second = await RawPeer.connect(web.door);
        for (const peer of [first, second]) await peer.send(begun);
        await untilOpen(web.door, 2);
        using third = await RawPeer.connect(web.door);
        assertEquals(await third.takeRest(), "");
        assertEquals(web.door.connections, 2);
      }
      await using web = await startWeb({ ...over, limits: { ...limits, webConnections: 2 } });
      using first = await RawPeer.connect(web.door);
      await first.send(begun);
      await untilOpen(web.door, 1);
      using _second = await RawPeer.connect(web.door);
      using _third = await RawPeer.connect(web.door);
      assertEquals(await first.takeRest(), "");
      await untilOpen(web.door, 2);
    }
  });
}

Deno.test("behind a trusted proxy the connections are those of its clients", async () => {
  await using web = await startWeb(
    { trustedProxies: ["127.0.0.1"], openMetrics: true, limits: { webIdleMs: 60_000 } },
    { limits: { connectionsPerAddress: 1 } },
  );
  const from = (address: string): Json => ({ "X-Forwarded-For": address });
  using one = await RawPeer.connect(web.door);
  using two = await RawPeer.connect(web.door);
  using more = await RawPeer.connect(web.door);
  assertEquals(await ask(one, from("192.0.2.1")), 200);
  assertEquals(await ask(two, from("192.0.2.2")), 200);
  assertEquals(await ask(more, from("192.0.2.1")), 503);
  // The proxy lends the connection to somebody else.
  assertEquals(await ask(one, from("192.0.2.3")), 200);
  using again = await RawPeer.connect(web.door);
  assertEquals(await ask(again, from("192.0.2.1")), 200);
});

for (
  const [what, request, broken] of [
    ["a WebSocket", UPGRADE, { admit: { value: fails } }],
    ["a page", "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n", { stopping: { get: fails } }],
    ["the metrics", "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", { live: { get: fails } }],
  ] as const
) {
  Deno.test(`a mistake of ours over ${what} ends that connection, and is told`, async () => {
    const entries: LogEntry[] = [];
    await using server = startServer({
      watched: true,
      log: (entry) => entries.push(entry),
      onProblem: () => {},
    });
    const host: ListenerHost = Object.create(server.host, broken);
    await using door = await serveWeb(host, { hostname: "127.0.0.1", port: 0 });
    assertEquals((await rawRequest(door, request)).status, NaN);
    const [{ text, fields } = {}] = entries.filter(({ kind }) => kind === "problem");
    assertEquals([text, fields], ["Trouble at the web door", { error: "on purpose" }]);
  });
}

function fails(): never {
  throw new Error("on purpose");
}

Deno.test("a connection that nobody ends does not keep the web door from closing", async () => {
  await using server = startServer();
  let asked = false;
  const admit = (): undefined => void (asked = true);
  const host: ListenerHost = Object.create(server.host, { admit: { value: admit } });
  const door = await serveWeb(host, { hostname: "127.0.0.1", port: 0 });
  using peer = await RawPeer.connect(door);
  await peer.send(UPGRADE);
  await until("the request", () => asked);
  await within("the door's end", Promise.resolve(door[Symbol.asyncDispose]()));
  assertEquals(await peer.takeRest(), "");
});

Deno.test("two connections of a client's one port to two of our addresses are two", () => {
  const made = (localAddress: string): Socket => {
    const ends = { remoteAddress: "10.0.0.1", remotePort: 50_000, localAddress, localPort: 80 };
    return Object.assign(new EventEmitter(), ends, { destroy(): void {} }) as unknown as Socket;
  };
  const rules = { most: () => 10, mostPerAddress: () => 2, isProxy: (): boolean => false };
  using connections = new Connections(rules);
  const isTaken = (socket: Socket): boolean => {
    connections.enter(socket);
    return socket.listenerCount("close") > 0;
  };
  for (let round = 0; round < 5; round++) {
    const both = [made("10.0.0.2"), made("10.0.0.3")];
    assertEquals(both.map(isTaken), [true, true]);
    assertEquals(isTaken(made("10.0.0.4")), false);
    for (const socket of both) socket.emit("close");
  }
  // The same ends again, before the end of the earlier connection was told.
  const [earlier, later] = [made("10.0.0.2"), made("10.0.0.2")];
  assertEquals([earlier, later].map(isTaken), [true, true]);
  for (const socket of [earlier, later]) socket.emit("close");
  const last = [made("10.0.0.2"), made("10.0.0.3")];
  assertEquals(last.map(isTaken), [true, true]);
});
