/** The web door over TLS: the same page and the same WebSocket, and nobody who plays with handshakes hurts it. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { LogEntry } from "../lib/server/log.ts";
import type { ServeOptions } from "../lib/server/serve.ts";
import { Identity } from "../lib/tls/identity.ts";
import type { WebOptions } from "../lib/web/serve_web.ts";
import { makeAuthority, webSecurely } from "./fixtures/certificates.ts";
import { connectSecurely, dialSecurely, meet } from "./fixtures/tls_peer.ts";
import { joinEvent, RawPeer, until, within } from "./helpers.ts";
import { joinWeb, startWeb, webFrame, type WebServer, WebSocketPeer } from "./web_peer.ts";

const authority = await makeAuthority();
const pair = await authority.issue({ names: ["localhost", "127.0.0.1"] });

/** A server whose web door speaks TLS. */
function start(web: Partial<WebOptions> = {}, options: ServeOptions = {}): Promise<WebServer> {
  return startWeb({ ...webSecurely(new Identity(pair)), ...web }, options);
}

Deno.test("a browser that knows the authority gets the page and a WebSocket, both over TLS", async () => {
  await using web = await start();
  const { port } = web.door.addr;
  using client = Deno.createHttpClient({ caCerts: [authority.cert] });
  const answer = await fetch(`https://localhost:${port}/`, { client });
  assertEquals(answer.status, 200);
  assertStringIncludes(await answer.text(), "<title>");
  assertStringIncludes(
    answer.headers.get("content-security-policy") ?? "",
    `wss://localhost:${port};`,
  );
  // It is of the host, and would reach beyond our port.
  assertEquals(answer.headers.get("strict-transport-security"), null);
  using ann = await joinWeb(web.door, "ann", {}, dialSecurely);
  using bob = await joinEvent(web.server, "bob");
  assertEquals((await ann.ask({ type: "say", room: "lobby", text: "hello" })).type, "ack");
  assertEquals((await bob.takeType("message")).from, "ann");
  const origin = { Origin: `https://127.0.0.1:${port}` };
  using _own = await WebSocketPeer.open(web.door, origin, "/ws", dialSecurely);
  using page = await connectSecurely(web.door);
  const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const plain = `http://127.0.0.1:${port}`;
  await page.send(
    `GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${plain}\r\n${upgrade}\r\n`,
  );
  assertStringIncludes(await page.takeRest(), " 403 ");
});

Deno.test("the web door shows another certificate from the next handshake on, and drops nobody", async () => {
  const identity = new Identity(pair);
  await using web = await start(webSecurely(identity));
  using ann = await joinWeb(web.door, "ann", {}, dialSecurely);
  const before = await meet(web.door);
  before.stream.close();
  identity.change(await authority.issue());
  const after = await meet(web.door);
  after.stream.close();
  assert(before.fingerprint !== after.fingerprint);
  assertEquals(after.fingerprint, identity.fingerprint);
  assertEquals((await ann.ask({ type: "ping" })).type, "pong");
});

Deno.test("handshakes at the web door that stall, and those that are none, are cut off in time", async (t) => {
  const entries: LogEntry[] = [];
  await using web = await start({ limits: { webHeadersMs: 200, webRequestMs: 400 } }, {
    log: (entry) => entries.push(entry),
  });
  for (
    const [what, sent] of [
      ["nothing", ""],
      ["a hello without an end", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
      ["plain HTTP", `GET / HTTP/1.1\r\nHost: 127.0.0.1:${web.door.addr.port}\r\n\r\n`],
    ] as const
  ) {
    await t.step(what, async () => {
      using peer = await RawPeer.connect(web.door);
      await peer.send(sent);
      assert(!(await peer.takeRest()).includes("HTTP"), "it was answered in plain");
      await until("a line in the log", () => entries.some(({ kind }) => kind === "tls-failed"));
      const told = entries.find(({ kind }) => kind === "tls-failed");
      assertEquals(told?.fields?.["address"], "127.0.0.1");
      entries.length = 0;
    });
  }
  await t.step("a handshake and then nothing", async () => {
    using peer = await connectSecurely(web.door);
    await peer.takeRest();
  });
  await until("every connection's end", () => web.door.connections === 0);
});

Deno.test("WebSockets over TLS leave their places to other browsers, as all who go do", async () => {
  await using web = await start({ limits: { webConnections: 2 } });
  const webSockets = [];
  for (let i = 0; i < 3; i++) {
    webSockets.push(await WebSocketPeer.open(web.door, {}, "/ws", dialSecurely));
  }
  {
    using _first = await connectSecurely(web.door);
    using _second = await RawPeer.connect(web.door);
    using third = await RawPeer.connect(web.door);
    assertEquals(await third.takeRest(), "");
  }
  for (const each of webSockets) each[Symbol.dispose]();
  await until("their end", () => web.server.connections === 0);
  await until("their sockets are let go", () => web.door.connections === 0);
  (await meet(web.door)).stream.close();
});

Deno.test("a WebSocket over TLS that is never read from is gone in time", async () => {
  const limits = { writeMs: 3_000, outboxBytes: 33_554_432, nameMs: 0 };
  await using web = await start({}, { limits });
  using talker = await joinEvent(web.server, "talker");
  using witness = await joinEvent(web.server, "witness");
  using _stalled = await joinWeb(web.door, "stalled", {}, dialSecurely);
  const left = witness.takeType("left");
  left.catch(() => {});
  for (let i = 0; i < 300 && web.server.connections === 3; i++) {
    await talker.ask({ type: "say", room: "lobby", text: "x".repeat(60_000) });
  }
  await until("the stalled peer's end", () => web.server.connections === 2);
  assertEquals((await left).reason, "slow");
  // The door's count is of sockets: it is let go, although its peer still holds the other end.
  await until("its socket is let go", () => web.door.connections === 0);
});

Deno.test("over TLS messages and pings that are whole may come for as long as they like", async () => {
  const limits = { frameMs: 100, silenceMs: 1_000, pingMs: 800 };
  await using web = await start({}, { limits });
  using ann = await joinWeb(web.door, "ann", {}, dialSecurely);
  const began = performance.now();
  while (performance.now() - began < 1_500) {
    await ann.send(webFrame(9, new Uint8Array(5)));
    // On a slow machine the server may ask for a sign of life between.
    let { opcode } = await ann.takeWebFrame();
    while (opcode === 9) ({ opcode } = await ann.takeWebFrame());
    assertEquals(opcode, 10);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assertEquals((await ann.ask({ type: "ping" })).type, "pong");
});

Deno.test("a web door closes at once, whoever is in the middle of a handshake", async () => {
  const web = await start();
  using _stalled = await RawPeer.connect(web.door);
  await until("the handshake begins", () => web.door.connections > 0);
  await within("the end", Promise.resolve(web[Symbol.asyncDispose]()));
});

Deno.test("over TLS a connection is kept for the next request, and closed when none comes", async () => {
  await using web = await start({ limits: { webIdleMs: 1_000 } });
  using peer = await connectSecurely(web.door);
  const asked = `GET /icon.svg HTTP/1.1\r\nHost: 127.0.0.1:${web.door.addr.port}\r\n\r\n`;
  await peer.send(asked);
  await peer.take(100);
  await peer.send(asked);
  const rest = await peer.takeRest();
  assertEquals(rest.split("HTTP/1.1 200").length, 2);
});

Deno.test("over TLS slow headers and bodies are cut off in time, and a body that is not read is not waited for", async () => {
  await using hasty = await start({ limits: { webHeadersMs: 1_000, webRequestMs: 2_000 } });
  await using web = await start();
  const host = `Host: 127.0.0.1:${web.door.addr.port}\r\n`;
  for (const begun of ["GET / HT", `GET / HTTP/1.1\r\n${host}X-A: b`]) {
    using peer = await connectSecurely(hasty.door);
    await peer.send(begun);
    assert(!(await peer.takeRest()).includes(" 200 "), `${begun} was answered`);
  }
  for (const method of ["POST", "GET"]) {
    using peer = await connectSecurely(web.door);
    await peer.send(`${method} / HTTP/1.1\r\n${host}Content-Length: 1000000\r\n\r\nx`);
    assertStringIncludes(await peer.takeRest(), "Connection: close\r\n");
  }
  await until("every connection's end", () => hasty.door.connections + web.door.connections === 0);
});
