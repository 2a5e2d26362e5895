/** Browsers that go away in the middle of anything: it costs them their connection and nobody else anything. */

import { assertEquals } from "@std/assert";
import { isOfOnePeer, lastNet } from "../lib/cli/last_net.ts";
import type { LogEntry } from "../lib/server/log.ts";
import { joinEvent, RawPeer, until } from "./helpers.ts";
import { joinWeb, request, startWeb, webFrame, type WebServer, WebSocketPeer } from "./web_peer.ts";

const PEERS = 10;

/** Brings a peer into a state; what it has not read by its close makes that a reset. */
type State = readonly [what: string, begin: (web: WebServer) => Promise<Disposable>];

const STATES: readonly State[] = [
  ["connected", ({ door }) => RawPeer.connect(door)],
  ["in the header of a request", async ({ door }) => {
    const peer = await RawPeer.connect(door);
    await peer.send("GET / HTTP/1.1\r\nHost: 127.");
    return peer;
  }],
  ["that reads no answer", async ({ door }) => {
    const peer = await RawPeer.connect(door);
    await peer.send(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${door.addr.port}\r\n\r\n`.repeat(50));
    return peer;
  }],
  ["that was refused a WebSocket", async ({ door }) => {
    const peer = await RawPeer.connect(door);
    const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nOrigin: http://evil.example\r\n";
    await peer.send(`GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${door.addr.port}\r\n${upgrade}\r\n`);
    return peer;
  }],
  ["that has a WebSocket and has not said hello", ({ door }) => WebSocketPeer.open(door)],
  ["in a room", ({ door }) => joinWeb(door, `p${crypto.randomUUID().slice(0, 8)}`)],
  ["that says nonsense", async ({ door }) => {
    const peer = await WebSocketPeer.open(door);
    await peer.send(webFrame(2, new Uint8Array(3)));
    return peer;
  }],
  ["that breaks the rules of frames", async ({ door }) => {
    const peer = await WebSocketPeer.open(door);
    await peer.send(webFrame(15, new Uint8Array(3)));
    return peer;
  }],
  ["that says goodbye", async ({ door }) => {
    const peer = await WebSocketPeer.open(door);
    await peer.send(webFrame(8, new Uint8Array([0x03, 0xe9])));
    return peer;
  }],
];

const LIMITS = { connectionsPerAddress: 1_000, connectionsPerMinute: 100_000 };

for (const [what, begin] of STATES) {
  Deno.test(`browsers ${what} go away while the server writes`, async () => {
    await using web = await startWeb({}, { limits: LIMITS });
    using ann = await joinEvent(web.server, "ann");
    const peers = await Promise.all(Array.from({ length: PEERS }, () => begin(web)));
    for (let at = 0; at < 15; at++) {
      if (at === 5) { for (const peer of peers) peer[Symbol.dispose](); }
      await ann.ask({ type: "say", id: `${at}`, room: "lobby", text: "x".repeat(20_000) });
    }
    await until("all are gone", () => web.door.connections === 0);
    assertEquals((await request(web.door, "GET /healthz")).status, 200);
  });

  Deno.test(`browsers ${what} go away while the server stops`, async () => {
    await using web = await startWeb({}, { limits: LIMITS });
    const peers = await Promise.all(Array.from({ length: PEERS }, () => begin(web)));
    const stopped = web.server.shutdown();
    for (const peer of peers) {
      await Promise.resolve();
      peer[Symbol.dispose]();
    }
    await stopped;
  });
}

Deno.test("a connection that breaks where nobody listens is logged, and nothing else is caught", () => {
  const told: LogEntry[] = [];
  {
    using _net = lastNet((entry) => void told.push(entry));
    for (const error of [new Deno.errors.BrokenPipe("Broken pipe"), reset()]) {
      assertEquals(raise(error), true, error.message);
    }
    assertEquals(raise(new TypeError("a mistake of ours")), false);
  }
  assertEquals(told.map(({ fields }) => fields?.["error"]), ["Broken pipe", "read ECONNRESET"]);
  assertEquals(isOfOnePeer(undefined), false);
});

function reset(): Error {
  return Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
}

/** Tells of a rejection as the runtime does; whether that was taken care of. */
function raise(reason: Error): boolean {
  const promise = Promise.reject(reason);
  promise.catch(() => {});
  const init = { promise, reason, cancelable: true };
  return !globalThis.dispatchEvent(new PromiseRejectionEvent("unhandledrejection", init));
}
