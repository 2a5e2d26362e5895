/** Slow, silent and many peers: each costs itself its connection, and nobody else anything. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  classicFrame,
  eventFrame,
  joinClassic,
  joinEvent,
  RawPeer,
  startServer,
  until,
} from "./helpers.ts";
import { connections } from "../lib/server/accept.ts";
import { tries } from "./fixtures/thorough.ts";

Deno.test("a reader that stalls loses its own connection, and nobody else a message", async () => {
  await using server = startServer({ limits: { outboxBytes: 262_144, nameMs: 0 } });
  using talker = await joinClassic(server, "talker");
  using healthy = await joinClassic(server, "healthy");
  using _stalled = await joinEvent(server, "stalled");
  const text = "x".repeat(60_000);
  let sent = 0;
  // The kernel's buffers take some megabytes before the outbox fills; then the peer has a second
  // to read why it is cut off.
  const deadline = performance.now() + 60_000;
  while (server.connections === 3) {
    assert(performance.now() < deadline, `still connected after ${sent} messages`);
    await talker.send(classicFrame(`${sent++} ${text}`));
    assertEquals(await healthy.takePair(), ["talker", `${sent - 1} ${text}`]);
  }
  await talker.send(classicFrame("/who"));
  assertEquals(await talker.takePair(), ["server", "2 people in lobby: healthy, talker"]);
});

Deno.test("a slow reader that still reads is told why it is cut off", async () => {
  // Deadlines are not looked at: on a busy machine the second that it has to read on is soon over.
  const sweepMs = 3_600_000;
  await using server = startServer({ sweepMs, limits: { outboxBytes: 262_144, nameMs: 0 } });
  using talker = await joinClassic(server, "talker");
  using slow = await joinEvent(server, "slow");
  using witness = await joinEvent(server, "witness");
  const text = "x".repeat(60_000);
  let over = false;
  const cut = (async () => {
    const left = await witness.takeType("left");
    assertEquals([left.name, left.reason], ["slow", "slow"]);
    // It has a second to read on, of which sending more would take its part.
    over = true;
    // At once: a peer that was cut off is not waited for long.
    const last = await slow.takeType("bye");
    assertEquals([last.reason, last.retryAfterMs], ["slow", 1_000]);
  })();
  const end = (): void => void (over = true);
  cut.then(end, end);
  while (!over) await talker.send(classicFrame(text));
  await cut;
});

Deno.test("who sends on and on after the goodbye is read no faster than costs nobody anything", async () => {
  await using server = startServer();
  using flood = await RawPeer.connect(server);
  await until("the connection", () => server.connections === 1);
  const [live] = server.host.live;
  await flood.send("no header ");
  const zeros = new Uint8Array(65_536);
  try {
    while (server.connections === 1) await flood.conn.write(zeros);
  } catch {
    // It has been let go of.
  }
  const { receivedBytes } = live?.figures ?? { receivedBytes: NaN };
  assert(receivedBytes < 8_000_000, `${receivedBytes} bytes were read`);
});

Deno.test("a write that makes no progress ends the connection at its deadline", async () => {
  await using server = startServer({ limits: { writeMs: 100 } });
  using talker = await joinClassic(server, "talker");
  using _stalled = await joinEvent(server, "stalled");
  const text = "x".repeat(65_000);
  for (let i = 0; server.connections === 2 && i < 200; i++) {
    await talker.send(classicFrame(text));
  }
  await until("the stalled reader's end", () => server.connections === 1);
});

Deno.test("an event client is asked for a sign of life, and dropped when it gives none", async () => {
  await using server = startServer({ limits: { pingMs: 200, silenceMs: 2_000, nameMs: 0 } });
  using alive = await joinEvent(server, "alive");
  using dead = await joinEvent(server, "dead");
  using classic = await joinClassic(server, "classic");
  let pongs = 0;
  for (let left; left === undefined;) {
    const event = await alive.takeEvent();
    if (event.type === "ping") {
      await alive.send(eventFrame({ type: "pong" }));
      pongs++;
    }
    if (event.type === "left") left = event;
  }
  assert(pongs > 0);
  const bye = await dead.takeType("bye");
  assertEquals(bye.reason, "idle");
  // A classic client can't answer, so its silence means nothing.
  await classic.send(classicFrame("/who"));
  assertEquals((await classic.takePair())[1], "2 people in lobby: alive, classic");
});

Deno.test("after a server with 200 connections stops, nothing of it is left", async () => {
  // The sanitizers of the test runner see to timers, sockets and tasks.
  const server = startServer();
  const peers = await Promise.all(
    Array.from(
      { length: 200 },
      (_, i) => i % 2 === 0 ? joinClassic(server, `c${i}`) : joinEvent(server, `e${i}`),
    ),
  );
  await until("200 connections", () => server.connections === 200);
  const stopped = server.shutdown();
  const rests = await Promise.all(peers.map((peer) => peer.takeRest()));
  for (const rest of rests) assertStringIncludes(rest, "The server is shutting down.");
  for (const peer of peers) peer[Symbol.dispose]();
  await stopped;
  assertEquals(server.connections, 0);
});

Deno.test("shutdown tells an event client when to come back, and delivers what was said", async () => {
  const server = startServer();
  using ann = await joinClassic(server, "ann");
  using bob = await joinEvent(server, "bob");
  await ann.send(classicFrame("last words"), classicFrame("/who"));
  await ann.takePair();
  const stopped = server.shutdown();
  assertEquals((await bob.takeType("message")).text, "last words");
  const bye = await bob.takeType("bye");
  assertEquals([bye.reason, bye.retryAfterMs], ["shutdown", 1_000]);
  assertEquals(await bob.takeRest(), "");
  bob[Symbol.dispose]();
  ann[Symbol.dispose]();
  await stopped;
});

Deno.test("a client that reads slowly gets all that waits, and goodbye, when a server stops", async () => {
  // Nor is it asked for a sign of life, however long that takes.
  const server = startServer({ limits: { outboxBytes: 16_777_216, pingMs: 3_600_000 } });
  using talker = await joinClassic(server, "talker");
  using slow = await joinEvent(server, "slow");
  const count = 200;
  for (let i = 0; i < count; i++) await talker.send(classicFrame("x".repeat(50_000)));
  await talker.send(classicFrame("/who"));
  await talker.takePair();
  const stopped = server.shutdown();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  for (let i = 0; i < count; i++) assertEquals((await slow.takeEvent()).type, "message");
  assertEquals((await slow.takeEvent()).reason, "shutdown");
  slow[Symbol.dispose]();
  talker[Symbol.dispose]();
  await stopped;
});

Deno.test("a client that catches up slowly is neither idle nor too slow", async () => {
  const server = startServer({ limits: { silenceMs: 400, pingMs: 200, outboxBytes: 1_048_576 } });
  using ann = await joinClassic(server, "ann");
  const count = 60;
  for (let i = 0; i < count; i++) await ann.send(classicFrame("\u0001".repeat(60_000)));
  await ann.send(classicFrame("/who"));
  await ann.takePair();
  using bob = await joinEvent(server, "bob", { resume: { epoch: "old", seq: { lobby: 0 } } });
  let seen = 0;
  while (seen < count) {
    const event = await bob.takeEvent();
    assert(event.type !== "bye", `${event.reason} after ${seen}`);
    if (event.type === "message") seen++;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  ann[Symbol.dispose]();
  bob[Symbol.dispose]();
  await server.shutdown();
});

Deno.test("pages of history wait for their reader", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann");
  for (let i = 0; i < 20; i++) {
    await ann.ask({ type: "say", room: "lobby", text: "\u3042".repeat(20_000) });
  }
  const asked = Array.from({ length: 30 }, () => eventFrame({ type: "history", room: "lobby" }));
  await ann.send(...asked);
  for (let i = 0; i < asked.length; i++) assertEquals((await ann.takeEvent()).type, "page");
});

Deno.test("peers that stall do not keep a server from stopping", async () => {
  const server = startServer({ limits: { drainMs: 100 } });
  using talker = await joinClassic(server, "talker");
  using _stalled = await joinClassic(server, "stalled");
  for (let i = 0; i < 100; i++) await talker.send(classicFrame("x".repeat(60_000)));
  await server.shutdown();
  assertEquals(server.connections, 0);
});

const RESETS = tries(500, 2_000);
Deno.test(`${RESETS} connect-and-resets leave no connection behind`, async () => {
  await using server = startServer();
  for (let i = 0; i < RESETS; i += 50) {
    await Promise.all(Array.from({ length: 50 }, async (_, k) => {
      using peer = await RawPeer.connect(server);
      // Unread bytes at close make the kernel send a reset.
      if (k % 2 === 0) await peer.send(classicFrame("/"), classicFrame("/help"));
    }));
  }
  await until("every end", () => server.connections === 0);
  using ann = await joinClassic(server, "ann");
  await ann.send(classicFrame("/who"));
  assertEquals(await ann.takePair(), ["server", "1 person in lobby: ann"]);
});

Deno.test("the accept loop pauses when it can't accept, and goes on", async () => {
  const reset = Object.assign(new Error("Transport endpoint is not connected"), {
    code: "ENOTCONN",
  });
  const outcomes = ["a", new Error("Too many open files"), reset, new Error("again"), "b"];
  const stop = new AbortController();
  const pauses: number[] = [];
  const listener = {
    accept(): Promise<string> {
      const next = outcomes.shift();
      if (next instanceof Error) return Promise.reject(next);
      if (next !== undefined) return Promise.resolve(next);
      stop.abort();
      return Promise.reject(new Error("closed"));
    },
  };
  const accepted: string[] = [];
  const loop = connections(listener, {
    signal: stop.signal,
    onProblem: (_, pauseMs) => pauses.push(pauseMs),
  });
  for await (const conn of loop) accepted.push(conn);
  assertEquals(accepted, ["a", "b"]);
  assertEquals(pauses, [10, 20]);
});
