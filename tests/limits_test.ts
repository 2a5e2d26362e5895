/** The limits of a server, one by one: whoever goes over one is told, put off, or turned away. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DEFAULT_LIMITS } from "../lib/chat/house_limits.ts";
import { rateOf, spend } from "../lib/chat/limits/rate.ts";
import { parseInvocation } from "../lib/cli/flags.ts";
import { limitsFrom } from "../lib/cli/limit_flags.ts";
import { serveCommand } from "../lib/cli/serve.ts";
import { formatQuantity } from "../lib/cli/values.ts";
import type { Limit } from "../lib/server/limit.ts";
import { addressKey, Admission } from "../lib/server/admission.ts";
import { LIMITS, withDefaults } from "../lib/server/limits.ts";
import { Sweep, Ticks } from "../lib/server/timers.ts";
import { within } from "../lib/wire/within.ts";
import {
  classicFrame,
  eventFrame,
  joinClassic,
  joinEvent,
  type Json,
  RawPeer,
  startServer,
  until,
} from "./helpers.ts";

Deno.test("a limit that the house keeps to has the same default in both tables", () => {
  // A house alone takes events as large as a client does, and has nobody wait for earlier messages.
  const { messageBytes: _, scrollback: __, roomMessagesPerSecond: ___, ...shared } = DEFAULT_LIMITS;
  const rows = Object.entries(shared).filter(([name]) => name in LIMITS);
  assert(rows.length > 10, "the test no longer sees them");
  for (const [name, value] of rows) {
    assertEquals(value, LIMITS[name as keyof typeof LIMITS].default, name);
  }
});

Deno.test("after a process stood still what has come meanwhile is read before anybody is blamed", async () => {
  let hasTurned = true;
  const rounds: boolean[] = [];
  using sweep = new Sweep(20);
  sweep.start();
  sweep.add({ sweep: () => void rounds.push(hasTurned) });
  // Two rounds are never left out, so one may come at once where the machine itself stood still before.
  for (let tries = 0; tries < 20 && rounds.at(-1) !== true || tries === 0; tries++) {
    await until("a round", () => rounds.length > 0);
    for (const stop = performance.now() + 200; performance.now() < stop;);
    // What is due by then comes before this.
    hasTurned = false;
    setTimeout(() => hasTurned = true, 0);
    rounds.length = 0;
    await until("the next round", () => rounds.length > 0);
    rounds.length = 1;
  }
  assertEquals(rounds, [true]);
});

Deno.test("every limit of the table is read somewhere", async () => {
  const sources: string[] = [];
  const read = async (folder: URL): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) await read(new URL(`${name}/`, folder));
      else if (/^(?!limits\.ts|house_limits\.ts).*\.ts$/.test(name)) {
        sources.push(await Deno.readTextFile(new URL(name, folder)));
      }
    }
  };
  await read(new URL("../lib/", import.meta.url));
  const unread = Object.keys(LIMITS).filter((name) =>
    !sources.some((source) => new RegExp(`\\b${name}\\b(?!:)`).test(source))
  );
  assertEquals(unread, []);
});

Deno.test("an address is an IPv4 address, however it is written, or a /64 of IPv6", () => {
  for (
    const [hostname, key] of [
      ["192.0.2.7", "192.0.2.7"],
      ["::ffff:192.0.2.7", "192.0.2.7"],
      ["::ffff:c000:207", "192.0.2.7"],
      ["0:0:0:0:0:ffff:192.0.2.7", "192.0.2.7"],
      ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
      ["2001:db8:1:2::", "2001:db8:1:2::/64"],
      ["2001:DB8:1:2::99", "2001:db8:1:2::/64"],
      ["2001:db8::1", "2001:db8:0:0::/64"],
      ["fe80::1%eth0", "fe80:0:0:0::/64"],
      ["::1", "0:0:0:0::/64"],
    ] as const
  ) assertEquals(addressKey(hostname), key, hostname);
});

Deno.test("an address gets a burst of connections and then so many a minute", () => {
  const admission = new Admission(withDefaults({ connectionsPerMinute: 60 }));
  const enter = (key: string, now: number): string | undefined => admission.enter(key, now)?.reason;
  for (let i = 0; i < 60; i++) assertEquals(enter("a", 1_000), undefined);
  assertEquals(enter("a", 1_000), "address-rate");
  assertEquals(enter("b", 1_000), undefined, "another address is another matter");
  assertEquals(enter("a", 1_999), "address-rate", "who is turned away runs up no debt");
  assertEquals(enter("a", 2_000), undefined);
  assertEquals(enter("a", 2_000), "address-rate");
});

Deno.test("addresses without a connection are remembered only so many at a time", () => {
  const admission = new Admission(withDefaults({ connections: 5 }));
  for (let i = 0; i < 5; i++) admission.enter(`open ${i}`, 0);
  for (let i = 0; i < 20_000; i++) {
    assertEquals(admission.enter(`2001:db8:${i}`, 0)?.reason, "server-full");
  }
  assertEquals(admission.size, 10_005);
  admission.sweep(60_000);
  assertEquals(admission.size, 5, "only those with connections");
  for (let i = 0; i < 5; i++) admission.leave(`open ${i}`);
  admission.sweep(60_000);
  assertEquals(admission.size, 0);
});

Deno.test("the limit of connections follows that of open files, and half of it that of an address", () => {
  const of = (openFiles?: number): number[] => {
    const { connections, connectionsPerAddress } = withDefaults({}, { openFiles });
    return [connections, connectionsPerAddress];
  };
  assertEquals(of(128), [32, 16]);
  assertEquals(of(1_024), [928, 256]);
  assertEquals(of(Infinity), [50_000, 256]);
  assertEquals(of(16), [1, 1]);
  assertEquals(of(), [LIMITS.connections.default, LIMITS.connectionsPerAddress.default]);
  assertEquals(withDefaults({ connections: 7 }, { openFiles: 128 }).connections, 7);
});

Deno.test("a time that no timer can wait for is the longest that one can, and not none at all", async () => {
  const days = 30 * 86_400_000;
  assertEquals(withDefaults({ drainMs: days }).drainMs, 2 ** 31 - 1);
  const { promise, resolve } = Promise.withResolvers<string>();
  // Later than a timer that is over at once.
  setTimeout(() => resolve("came"), 50);
  assertEquals(await within(days, promise), "came");
});

Deno.test("a rate is a burst and then one at a time, and a rest earns no more than the burst", () => {
  const rate = rateOf(10, 3);
  let due = 0;
  const isOver = (now: number): boolean => {
    due = spend(rate, due, 1, now);
    return due - rate.burstMs > now;
  };
  assertEquals([0, 0, 0, 0].map(isOver), [false, false, false, true]);
  assertEquals([400, 400].map(isOver), [false, false]);
  assertEquals([9_000, 9_000, 9_000, 9_000].map(isOver), [false, false, false, true]);
});

Deno.test("waiting ends at its time, when it has no point any more, and when the server stops", async () => {
  const ticks = new Ticks();
  const now = performance.now();
  assertEquals(ticks.until(now), undefined);
  await ticks.until(now + 20);
  assert(performance.now() >= now + 20);
  await ticks.until(now + 1e9, () => false);
  const waits = ticks.until(now + 1e9);
  ticks[Symbol.dispose]();
  await waits;
  assertEquals(ticks.until(now + 1e9), undefined);
});

for (const [protocol, frame] of [["classic", classicFrame], ["event", eventFrame]] as const) {
  Deno.test(`one for whom there is no place is told why: a client that is ${protocol}`, async () => {
    await using server = startServer({ limits: { connections: 1 } });
    using _ann = await joinClassic(server, "ann");
    using late = await RawPeer.connect(server);
    await late.send(frame("late"));
    const rest = await late.takeRest();
    assertStringIncludes(rest, "The server has 1 connections, which is its limit.");
    if (protocol === "event") assertStringIncludes(rest, '"reason":"server-full"');
    assertEquals(server.connections, 1);
  });
}

Deno.test("a payload over the limit is told as such", async () => {
  await using server = startServer({ limits: { payloadBytes: 100 } });
  using ann = await joinEvent(server, "ann");
  await ann.send("       101");
  assertEquals((await ann.takeType("bye")).reason, "too-large");
});

Deno.test("a name may be limited to fewer columns", async () => {
  await using server = startServer({ limits: { nameColumns: 5 } });
  using ann = await joinEvent(server, "annie");
  assertEquals((await ann.ask({ type: "rename", name: "annika" })).code, "bad-name");
  assertEquals((await ann.ask({ type: "rename", name: "あいう" })).code, "bad-name");
  assertEquals((await ann.ask({ type: "rename", name: "あい" })).type, "renamed");
  assertEquals((await ann.ask({ type: "join", room: "lounge" })).code, "bad-room");
});

Deno.test("a page may be limited to fewer messages", async () => {
  await using server = startServer({ limits: { pageMessages: 2 } });
  using ann = await joinEvent(server, "ann");
  for (const text of ["one", "two", "three"]) await ann.ask({ type: "say", room: "lobby", text });
  const page = await ann.ask({ type: "history", room: "lobby", limit: 50 });
  assertEquals(page.messages.map(({ text }: Json) => text), ["two", "three"]);
  assert(page.more);
});

/** How long until `peer` has got so many messages, in ms. */
async function timeToGet(peer: RawPeer, count: number): Promise<number> {
  const began = performance.now();
  for (let i = 0; i < count; i++) await peer.takeType("message");
  return performance.now() - began;
}

Deno.test("who asks too fast is read more slowly, loses nothing, and holds nobody up", async () => {
  await using server = startServer({ limits: { requestsPerSecond: 50, requestBurst: 50 } });
  using flooder = await joinEvent(server, "flooder");
  using witness = await joinEvent(server, "witness");
  using calm = await joinEvent(server, "calm", { room: "dev" });
  const say = (n: number): Uint8Array =>
    eventFrame({ type: "say", id: `${n}`, room: "lobby", text: `${n}` });
  const took = timeToGet(witness, 150);
  await flooder.send(...Array.from({ length: 150 }, (_, n) => say(n)));
  for (let i = 0; i < 20; i++) {
    assertEquals((await calm.ask({ type: "say", room: "dev", text: `${i}` })).type, "ack");
  }
  let isOver = false;
  took.then(() => isOver = true);
  await Promise.resolve();
  assert(!isOver, "the flood was over before the others had spoken");
  const ms = await took;
  // 50 at once, and the other 100 take their two seconds.
  assert(ms > 1_400, `150 requests took only ${ms} ms`);
  for (let n = 0; n < 150; n++) assertEquals((await flooder.takeType("ack")).id, `${n}`);
});

Deno.test("large messages count for more than small ones", async () => {
  await using server = startServer({ limits: { requestsPerSecond: 20, requestBurst: 20 } });
  using ann = await joinClassic(server, "ann");
  using bob = await joinEvent(server, "bob");
  const took = timeToGet(bob, 4);
  for (let i = 0; i < 4; i++) await ann.send(classicFrame("x".repeat(60_000)));
  const ms = await took;
  // Each is as much as 15 requests; the last one waits until the third has been earned.
  assert(ms > 700, `it took only ${ms} ms`);
});

Deno.test("a flood that does not end ends the connection, with a reason", async () => {
  const limits = { requestsPerSecond: 20, requestBurst: 2, floodMs: 300 };
  await using server = startServer({ limits });
  using ann = await joinEvent(server, "ann");
  const pings = Array.from({ length: 200 }, () => eventFrame({ type: "ping" }));
  await ann.send(...pings);
  const bye = await ann.takeType("bye");
  assertEquals([bye.reason, bye.retryAfterMs], ["flood", 5_000]);
});

Deno.test("a room has a rate of its own, whose speakers wait for one another", async () => {
  await using server = startServer({ limits: { roomMessagesPerSecond: 50 } });
  const speakers = await Promise.all(
    ["a", "b", "c"].map((name) => joinEvent(server, name)),
  );
  using witness = await joinEvent(server, "witness");
  using calm = await joinEvent(server, "calm", { room: "dev" });
  const took = timeToGet(witness, 180);
  for (const speaker of speakers) {
    const say = { type: "say", room: "lobby", text: "x" };
    await speaker.send(...Array.from({ length: 60 }, () => eventFrame(say)));
  }
  assertEquals((await calm.ask({ type: "say", room: "dev", text: "hi" })).type, "ack");
  const ms = await took;
  // 100 at once, and the other 80 take 1.6 s.
  assert(ms > 1_200, `180 messages took only ${ms} ms`);
  for (const speaker of speakers) speaker[Symbol.dispose]();
});

for (
  const [type, request] of [
    ["history", { type: "history", room: "lobby" }],
    ["search", { type: "search", query: "x" }],
  ] as const
) {
  Deno.test(`requests for ${type} have a rate of their own`, async () => {
    await using server = startServer({ limits: { historyPerSecond: 5, searchesPerSecond: 5 } });
    using ann = await joinEvent(server, "ann");
    const began = performance.now();
    for (let i = 0; i < 24; i++) assertEquals((await ann.ask(request)).type, "page");
    const ms = performance.now() - began;
    // 20 at once, and the other 4 take 0.8 s.
    assert(ms > 600, `it took only ${ms} ms`);
  });
}

Deno.test("who is made to wait does not keep a server from stopping, nor itself from leaving", async () => {
  const server = startServer({ limits: { requestsPerSecond: 1, requestBurst: 1 } });
  using ann = await joinClassic(server, "ann");
  using bob = await joinClassic(server, "bob");
  for (const peer of [ann, bob]) {
    await peer.send(...Array.from({ length: 50 }, () => classicFrame("/who")));
  }
  await until("a wait", () => server.connections === 2);
  const began = performance.now();
  const stopped = server.shutdown();
  assertStringIncludes(await bob.takeRest(), "The server is shutting down.");
  ann[Symbol.dispose]();
  bob[Symbol.dispose]();
  await stopped;
  assert(performance.now() - began < 4_000);
});

for (const [door, join] of [["classic", joinClassic], ["event", joinEvent]] as const) {
  Deno.test(`slow loris on every door: the ${door} door gives a frame its time and no more`, async () => {
    await using server = startServer({ limits: { frameMs: 200 } });
    using ann = await join(server, "ann");
    await ann.send(door === "classic" ? "20        " : "        20");
    const dripping = (async () => {
      // It moves all the time, and never ends.
      for (let i = 0; i < 19; i++) {
        await ann.send("x");
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })().catch(() => {});
    const rest = await ann.takeRest();
    await dripping;
    assertStringIncludes(rest, "A frame was begun and not ended within 0.2 s.");
    await until("its end", () => server.connections === 0);
  });
}

Deno.test("an honest slow link has a second more for each KiB that it has sent", async () => {
  await using server = startServer({ limits: { frameMs: 100 } });
  using ann = await joinClassic(server, "ann");
  using bob = await joinClassic(server, "bob");
  const text = "x".repeat(20_000);
  const frame = classicFrame(text);
  for (let at = 0; at < frame.length; at += 4_096) {
    await ann.send(frame.subarray(at, at + 4_096));
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  assertEquals(await bob.takePair(), ["ann", text]);
});

Deno.test("each limit takes the least that it may be, as the table has it", () => {
  const tables = Object.entries(LIMITS).map(([name, limit]) => ({ name, ...limit as Limit }));
  const least = tables.filter((limit) => limit.least !== undefined);
  for (const { name, flag, unit, least: value = 0 } of least) {
    const invocation = parseInvocation(serveCommand, [`--${flag}`, formatQuantity(value, unit)]);
    assertEquals(Object.entries(limitsFrom(LIMITS, invocation)), [[name, value]]);
  }
  assert(least.some(({ unit, least }) => unit === "ms" && least === 0));
});
