/** How a WebSocket comes to its end: who goes, who is cut off, and that nothing is left of either. */

import { assert, assertEquals } from "@std/assert";
import { bytes, joinEvent, type Json, until } from "./helpers.ts";
import { joinWeb, startWeb, webFrame, WebSocketPeer } from "./web_peer.ts";

Deno.test("who closes a WebSocket has left, and is answered in kind", async () => {
  await using web = await startWeb();
  using witness = await joinEvent(web.server, "witness");
  using ann = await joinWeb(web.door, "ann");
  await ann.send(webFrame(8, new Uint8Array([0x03, 0xe9])));
  assertEquals(await ann.takeClose(), [1001, ""]);
  const left = await witness.takeType("left");
  // Ann's end of the socket stays open, and the server has not let go of it yet.
  assertEquals(web.door.connections, 1);
  assertEquals([left.name, left.reason], ["ann", undefined]);
  using again = await joinWeb(web.door, "ann");
  assertEquals(again.ready.name, "ann");
});

Deno.test("when the server stops everybody gets what is waiting, a bye and a close", async () => {
  await using web = await startWeb();
  using ann = await joinWeb(web.door, "ann");
  using bob = await joinEvent(web.server, "bob");
  await bob.ask({ type: "say", room: "lobby", text: "before the end" });
  const stopped = web.server.shutdown();
  assertEquals((await ann.takeType("message")).text, "before the end");
  const bye = await ann.takeType("bye");
  assertEquals([bye.reason, bye.retryAfterMs], ["shutdown", 1_000]);
  assertEquals(await ann.takeClose(), [1001, "shutdown"]);
  await ann.send(webFrame(8, new Uint8Array([0x03, 0xe9])));
  await stopped;
});

Deno.test("a client that never reads, on a WebSocket: gone in time, descriptor freed", async () => {
  await using web = await startWeb({}, {
    limits: { writeMs: 500, outboxBytes: 33_554_432, nameMs: 0 },
  });
  using talker = await joinEvent(web.server, "talker");
  using witness = await joinEvent(web.server, "witness");
  const before = await openSockets();
  using _stalled = await joinWeb(web.door, "stalled");
  const left = witness.takeType("left");
  // Where what follows fails, that says why.
  left.catch(() => {});
  // More than the kernel's buffers take, and less than an outbox does.
  for (let i = 0; i < 300 && web.server.connections === 3; i++) {
    await talker.ask({ type: "say", room: "lobby", text: "x".repeat(60_000) });
  }
  await until("the stalled peer's end", () => web.server.connections === 2);
  assertEquals((await left).reason, "slow");
  // One is the test's own end of it.
  await untilSockets(before === undefined ? undefined : before + 1);
});

Deno.test("a WebSocket that reads more slowly than messages come is told so", async () => {
  // Deadlines are not looked at: on a busy machine the second that it has to read on is soon over.
  const sweepMs = 3_600_000;
  await using web = await startWeb({}, { sweepMs, limits: { outboxBytes: 262_144, nameMs: 0 } });
  using talker = await joinEvent(web.server, "talker");
  using slow = await joinWeb(web.door, "slow");
  const said = "x".repeat(60_000);
  let left: Json | undefined;
  const heard = talker.takeType("left").then((event) => left = event);
  heard.catch(() => {});
  let sent = 0;
  while (left === undefined) {
    await talker.tell({ type: "say", id: `${sent++}`, room: "lobby", text: said });
    await new Promise((resolve) => setTimeout(resolve, 1));
    assert(sent < 2_000, "still connected");
  }
  await heard;
  assertEquals(left.reason, "slow");
  assertEquals((await slow.takeType("bye")).reason, "slow");
  assertEquals(await slow.takeClose(), [1013, "slow"]);
});

Deno.test("a peer that floods pings and reads no answers is cut off", async () => {
  await using web = await startWeb({}, { limits: { outboxBytes: 65_536 } });
  using ann = await joinWeb(web.door, "ann");
  const flood = bytes(...Array.from({ length: 500 }, () => webFrame(9, new Uint8Array(125))));
  await until("its end", async () => {
    const sent = ann.send(flood).then(() => true, () => true);
    await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, 50))]);
    return web.server.connections === 0;
  });
});

Deno.test("WebSockets come and go without a trace", async () => {
  await using web = await startWeb();
  using witness = await joinEvent(web.server, "witness");
  const before = await openSockets();
  for (let i = 0; i < 100; i++) {
    const peer = i % 2 === 0
      ? await WebSocketPeer.open(web.door)
      : await joinWeb(web.door, `guest ${i}`);
    peer[Symbol.dispose]();
  }
  await until("their end", () => web.server.connections === 1);
  const answer = await witness.ask({ type: "who", room: "lobby" });
  assertEquals(answer.members, ["witness"]);
  await untilSockets(before);
  assertEquals(web.door.connections, 0);
});

Deno.test("wrong frames end a WebSocket that is slowed down as wrong frames", async () => {
  await using web = await startWeb({}, {
    sweepMs: 20,
    limits: { requestsPerSecond: 1, requestBurst: 2, floodMs: 600_000 },
  });
  using ann = await joinWeb(web.door, "ann");
  const pings = Array.from({ length: 6 }, () => webFrame(1, bytes('{"type":"ping"}')));
  await ann.send(bytes(...pings, new Uint8Array([0xf1, 0x80, 0, 0, 0, 0])));
  const { metrics } = web.server.host.shared;
  await until("its end", () => metrics.disconnects.size > 0);
  assertEquals([...metrics.disconnects], [["bad-frame", 1]]);
});

Deno.test("what a WebSocket says before its goodbye is said, and nothing is sent after", async () => {
  await using web = await startWeb();
  using witness = await joinEvent(web.server, "witness");
  using ann = await joinWeb(web.door, "ann");
  const says = ["one", "two", "three"].map((text) =>
    webFrame(1, bytes(JSON.stringify({ type: "say", room: "lobby", text })))
  );
  await ann.send(bytes(...says, webFrame(8, new Uint8Array([0x03, 0xe8]))));
  for (const text of ["one", "two", "three"]) {
    assertEquals((await witness.takeType("message")).text, text);
  }
  assertEquals(await ann.takeClose(), [1000, ""]);
  assertEquals((await witness.takeType("left")).reason, undefined);
});

Deno.test("a WebSocket is closed for the first of two wrong messages", async () => {
  await using web = await startWeb();
  using ann = await joinWeb(web.door, "ann");
  await ann.send(bytes(webFrame(1, bytes("[1")), webFrame(2, new Uint8Array([1]))));
  assertEquals((await ann.takeType("bye")).text, "The payload is not JSON.");
  assertEquals(await ann.takeClose(), [1007, "bad-frame"]);
});

/** Sockets of this process, where that can be told; to count takes pipes of its own. */
async function openSockets(): Promise<number | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  // Deno lets nobody read them itself who may not do everything.
  const { stdout } = await new Deno.Command("ls", { args: ["-l", `/proc/${Deno.pid}/fd`] })
    .output();
  return new TextDecoder().decode(stdout).match(/-> socket:/g)?.length ?? 0;
}

/** Waits until there are so few sockets; those of earlier tests may have gone meanwhile too. */
async function untilSockets(most: number | undefined): Promise<void> {
  if (most === undefined) return;
  await until(`no more than ${most} sockets`, async () => (await openSockets() ?? 0) <= most);
}
