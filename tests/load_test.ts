/** The load generator: what it counts is so, and it ends whatever the server does. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { checkPlan, type LoadPlan } from "../lib/load/plan.ts";
import { type LoadResult, runLoad } from "../lib/load/run.ts";
import { Scanner } from "../lib/load/scan.ts";
import { readStamp, Template } from "../lib/load/stamp.ts";
import { makeTalk } from "../lib/load/talk.ts";
import { bytes, classicFrame, eventFrame, joinEvent, startServer, until } from "./helpers.ts";
import { plan } from "./load_plan.ts";

const encoder = new TextEncoder();

/** Asserts that all arrived that was sent, to so many readers each. */
function assertWhole(result: LoadResult, readers: number): void {
  const { sent, delivered, missing, closed, problems, latencyMs, tookMs } = result;
  assertEquals({ missing, closed, problems }, { missing: 0, closed: 0, problems: [] });
  assert(sent > 0, `only ${sent} were sent`);
  // Counted is what arrives while it is measured, which on a busy machine is a part; nothing is missing.
  assert(delivered <= sent * readers && delivered > 0, `${delivered} of ${sent}`);
  assert(tookMs >= 200, `${tookMs} ms`);
  assert(latencyMs !== undefined);
  const { p50, p90, p99, max } = latencyMs;
  assert(0 < p50 && p50 <= p90 && p90 <= p99 && p99 <= max, `${p50} … ${max}`);
}

Deno.test("the scanner finds the frames at any split", { permissions: "none" }, () => {
  const text = fc.string({ maxLength: 3_000, size: "max" });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(text, fc.boolean()), { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1 }),
      (payloads, sizes) => {
        const stream = bytes(
          ...payloads.map(([payload, left]) => left ? classicFrame(payload) : eventFrame(payload)),
        );
        const found: string[] = [];
        const scanner = new Scanner();
        let turn = 0;
        for (let at = 0; at < stream.length;) {
          const space = scanner.space();
          assert(space.length > 0);
          const size = Math.min(space.length, sizes[turn++ % sizes.length] as number);
          const piece = stream.subarray(at, at + size);
          space.set(piece);
          scanner.filled(piece.length, (buffer, from, to) => {
            found.push(new TextDecoder().decode(buffer.subarray(from, to)));
          });
          at += piece.length;
        }
        const expected = payloads.map(([payload]) =>
          new TextDecoder().decode(encoder.encode(payload))
        );
        assertEquals(found, expected);
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("a message carries its time, in each protocol", { permissions: "none" }, () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 35 - 1 }), fc.integer({ min: 12, max: 200 }), (time, size) => {
      const classic = new Template("classic", size, "Tcafe");
      const frame = new Uint8Array(classic.length + 3);
      classic.write(frame, 3, time, 1);
      assertEquals(readStamp(frame, 13, encoder.encode("Tcafe")), time);
      assertEquals(readStamp(frame, 13, encoder.encode("Tbabe")), -1);
      const event = new Template("event", size, "Tcafe", "dev");
      const said = new Uint8Array(event.length);
      event.write(said, 0, time, 5);
      const { type, id, room, text } = JSON.parse(new TextDecoder().decode(said.subarray(10)));
      assertEquals({ type, id, room }, { type: "say", id: "0000005", room: "dev" });
      assertEquals(text.length, size);
      assertEquals(readStamp(encoder.encode(text), 0, encoder.encode("Tcafe")), time);
      const irc = new Template("irc", size, "Tcafe", "#dev");
      const line = new Uint8Array(irc.length);
      irc.write(line, 0, time, 5);
      const [, sent = ""] = /^PRIVMSG #dev :(.*)\r\n$/.exec(new TextDecoder().decode(line)) ?? [];
      assertEquals(sent.length, size);
      assertEquals(readStamp(encoder.encode(sent), 0, encoder.encode("Tcafe")), time);
    }),
  );
});

Deno.test(
  "a client of the event protocol reads fields in any order",
  { permissions: "none" },
  () => {
    const heard: unknown[] = [];
    const ear = {
      message: (time: number) => heard.push(time),
      enter: () => heard.push("in"),
      told: (text: string) => heard.push(text),
      answer: (sent: Uint8Array) => heard.push(new TextDecoder().decode(sent)),
    };
    const options = { plan: { protocol: "event", size: 12 }, tag: "cafe", name: "u", room: "dev" };
    const talk = makeTalk({ ...options, ear } as Parameters<typeof makeTalk>[0]);
    for (
      const event of [
        { type: "welcome", protocol: 1 },
        { type: "ready", room: "dev" },
        { type: "message", from: "a", text: "Tcafe000000A" },
        { text: "Tcafe000000B", type: "message", from: "a" },
        { type: "message", text: "Tcafe000000C", from: "a" },
        { type: "message", from: "a", text: "Tbabe000000A" },
        { type: "joined", name: "b" },
        { type: "error", code: "x", text: "No." },
        { type: "ping" },
      ]
    ) {
      const payload = encoder.encode(JSON.stringify(event));
      talk.take(payload, 0, payload.length);
    }
    assertEquals(heard, [
      '        57{"type":"hello","id":"hello","scrollback":0,"room":"dev"}',
      "in",
      17,
      18,
      19,
      "No.",
      '        15{"type":"pong"}',
    ]);
  },
);

for (const protocol of ["classic", "event"] as const) {
  Deno.test(`a load of the ${protocol} protocol arrives whole`, async () => {
    await using server = startServer();
    assertWhole(await runLoad(plan(server, { protocol })), 19);
  });

  Deno.test(`a load in rooms stays in them, in the ${protocol} protocol`, async () => {
    await using server = startServer();
    assertWhole(await runLoad(plan(server, { protocol, rooms: 4, senders: 4 })), 4);
  });

  Deno.test(`clients that stall are owed nothing, in the ${protocol} protocol`, async () => {
    await using server = startServer();
    assertWhole(await runLoad(plan(server, { protocol, stalled: 5 })), 14);
  });
}

Deno.test("a rate is kept", async () => {
  await using server = startServer();
  const pace = { kind: "rate", perSecond: 500 } as const;
  const result = await runLoad(plan(server, { pace }));
  assertWhole(result, 19);
  assert(result.sent >= 80 && result.sent <= 520 * result.tookMs / 1_000, `${result.sent} sent`);
});

Deno.test("idle clients are opened, held, and send nothing", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve");
  const running = runLoad(plan(server, { pace: { kind: "idle" }, clients: 30 }));
  await until("the clients' coming", () => server.connections === 31);
  const result = await running;
  assertEquals([result.sent, result.delivered, result.closed], [0, 0, 0]);
  assert(result.tookMs >= 200 && result.openMs > 0);
  await until("the clients' going", () => server.connections === 1);
  await eve.send(eventFrame({ type: "ping", id: "end" }));
  for (let event = await eve.takeEvent(); event.id !== "end"; event = await eve.takeEvent()) {
    assert(["joined", "left"].includes(event.type), event.type);
  }
});

Deno.test("the signal ends a load with the figures so far", async () => {
  await using server = startServer();
  const stop = new AbortController();
  const onProgress = ({ delivered }: { delivered: number }): void => {
    if (delivered > 0) stop.abort();
  };
  const options = { signal: stop.signal, onProgress };
  const result = await runLoad(plan(server, { durationMs: 60_000 }), options);
  assert(result.interrupted && result.delivered > 0);
  assertEquals(result.missing, undefined);
  const none = await runLoad(plan(server), { signal: AbortSignal.abort() });
  assertEquals([none.interrupted, none.sent], [true, 0]);
});

Deno.test("a server that goes away in the middle is told of, and nobody waits for it", async () => {
  for (const protocol of ["classic", "event"] as const) {
    const server = startServer();
    const began = performance.now();
    const onProgress = ({ delivered }: { delivered: number }): void => {
      if (delivered > 0) server.shutdown();
    };
    const result = await runLoad(plan(server, { protocol, durationMs: 60_000 }), { onProgress });
    await server.finished;
    assertEquals([result.closed, result.interrupted], [20, false]);
    assertStringIncludes(result.problems.join(), "The server is shutting down.");
    assert(performance.now() - began < 5_000);
  }
});

Deno.test("a delivery that did not come is missing", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const conns: Deno.Conn[] = [];
  const decoder = new TextDecoder();
  let said = 0;
  // Sends each message on to all others, but every fifth of the load to all but one.
  const serveOne = async (conn: Deno.Conn): Promise<void> => {
    const scanner = new Scanner();
    for (let count; (count = await conn.read(scanner.space())) !== null;) {
      scanner.filled(count, (buffer, from, to) => {
        const text = decoder.decode(buffer.subarray(from, to));
        if (!conns.includes(conn)) {
          conns.push(conn);
          return;
        }
        const drops = text.startsWith("T") && ++said % 5 === 0;
        const pair = bytes(classicFrame("x"), classicFrame(text));
        const others = conns.filter((other) => other !== conn);
        for (const other of drops ? others.slice(1) : others) other.write(pair).catch(() => {});
      });
    }
    conn.close();
  };
  const accepting = (async (): Promise<void> => {
    const serving: Array<Promise<void>> = [];
    for await (const conn of listener) serving.push(serveOne(conn).catch(() => {}));
    await Promise.all(serving);
  })();
  const pace = { kind: "rate", perSecond: 100 } as const;
  const load = plan(listener as { addr: Deno.NetAddr }, { clients: 4, pace });
  const { sent, missing } = await runLoad(load, { drainMs: 100 });
  listener.close();
  await accepting;
  assertEquals(missing, Math.floor(sent / 5));
});

Deno.test("a plan that can't be run is told why", { permissions: "none" }, () => {
  const fine = plan({ addr: { transport: "tcp", hostname: "127.0.0.1", port: 1 } });
  assertEquals(checkPlan(fine), undefined);
  for (
    const [changes, part] of [
      [{ size: 11 }, "A message has 12 to 60000 bytes, not 11"],
      [{ clients: 100_001 }, "A load has 100000 clients at most, not 100001"],
      [{ clients: 999_999_999_999 }, "100000 clients at most, not 999999999999"],
      [{ durationMs: 600_001 }, "10 minutes at most"],
      [{ clients: 1, senders: 1 }, "two clients that read: 2 or more, not 1"],
      [{ rooms: 11 }, "two clients that read: 22 or more, not 20"],
      [{ stalled: 19, senders: 1 }, "2 or more, not 1"],
      [{ senders: 21 }, "Of 20 clients that read, 21 can't send"],
      [{ pace: { kind: "idle" }, stalled: 1 }, "none of them can stall"],
      [{ pace: { kind: "idle" }, rooms: 21 }, "can't be in 21 rooms"],
    ] as Array<[Partial<LoadPlan>, string]>
  ) assertStringIncludes(checkPlan({ ...fine, ...changes }) ?? "", part);
});
