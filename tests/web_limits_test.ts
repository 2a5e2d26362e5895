/** The limits of a server at its web door: the same as elsewhere, told in the words of HTTP. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { LogEntry } from "../lib/server/log.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { joinEvent, type Json, startServer, until } from "./helpers.ts";
import { joinWeb, request, requestUpgrade, startWeb, webFrame, WebSocketPeer } from "./web_peer.ts";

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** The `bye` that comes after whatever else, control frames included. */
async function takeBye(peer: WebSocketPeer): Promise<Json> {
  for (;;) {
    const { opcode, payload } = await peer.takeWebFrame();
    const event = opcode === 1 ? JSON.parse(new TextDecoder().decode(payload)) : undefined;
    if (event?.type === "bye") return event;
  }
}

Deno.test("a WebSocket for which there is no place is refused with the reason, and counted", async (t) => {
  for (
    const [limits, reason] of [
      [{ connections: 2 }, "server-full"],
      [{ connectionsPerAddress: 2 }, "address-full"],
      [{ connectionsPerMinute: 2 }, "address-rate"],
    ] as const
  ) {
    await t.step(reason, async () => {
      const entries: LogEntry[] = [];
      await using web = await startWeb({}, { limits, log: (entry) => entries.push(entry) });
      // Connections of every door count.
      using _tcp = await joinEvent(web.server, "tcp");
      using _web = await joinWeb(web.door, "web");
      const { status, body, headers } = await requestUpgrade(web.door);
      assertEquals([status, headers.get("retry-after")], [503, "10"]);
      assertStringIncludes(body, `${reason}: `);
      const metrics = (await request(web.door, "GET /metrics")).body;
      assertStringIncludes(metrics, `chatroom_refusals_total{code="${reason}"} 1\n`);
      const refused = entries.find(({ kind }) => kind === `refused-${reason}`);
      assertEquals(refused?.fields, { address: "127.0.0.1", reason });
    });
  }
});

Deno.test("connections are counted by the address that a trusted proxy tells", async () => {
  const limits = { connectionsPerAddress: 1 };
  await using web = await startWeb({ trustedProxies: ["127.0.0.1"] }, { limits });
  const from = (address: string): Json => ({ "X-Forwarded-For": address });
  using _one = await WebSocketPeer.open(web.door, from("192.0.2.1"));
  using _two = await WebSocketPeer.open(web.door, from("192.0.2.2"));
  const { status, body } = await requestUpgrade(web.door, from("192.0.2.1"));
  assertEquals(status, 503);
  assertStringIncludes(body, "address-full: ");
});

Deno.test("a WebSocket that has ended, or never was one, leaves its place to another", async () => {
  await using web = await startWeb({}, { limits: { connections: 1 } });
  const improper = { "Sec-WebSocket-Key": "too short" };
  assertEquals((await requestUpgrade(web.door, improper)).status, 400);
  {
    using _ann = await joinWeb(web.door, "ann");
    assertEquals((await requestUpgrade(web.door)).status, 503);
  }
  await until("ann's end", () => web.server.connections === 0);
  using bob = await joinWeb(web.door, "bob");
  assertEquals(bob.ready.name, "bob");
});

Deno.test("a WebSocket that asks too fast is read more slowly, loses nothing, and holds nobody up", async () => {
  const entries: LogEntry[] = [];
  await using web = await startWeb({}, {
    limits: { requestsPerSecond: 30, requestBurst: 50 },
    log: (entry) => entries.push(entry),
  });
  using flooder = await joinWeb(web.door, "flooder");
  using calm = await joinWeb(web.door, "calm", { room: "dev" });
  const began = performance.now();
  const says = Array.from({ length: 130 }, (_, n) => ({
    type: "say",
    id: `${n}`,
    room: "lobby",
    text: `${n}`,
  }));
  await flooder.send(...says.map((say) => webFrame(1, bytesOf(say))));
  let isOver = false;
  const acks = (async () => {
    for (let n = 0; n < 130; n++) assertEquals((await flooder.takeType("ack")).id, `${n}`);
    isOver = true;
  })();
  for (let i = 0; i < 10; i++) {
    assertEquals((await calm.ask({ type: "say", room: "dev", text: `${i}` })).type, "ack");
  }
  assert(!isOver, "the flood was over before the others had spoken");
  await acks;
  // 50 at once, and the other 80 take their seconds.
  const ms = performance.now() - began;
  assert(ms > 2_000, `130 requests took only ${ms} ms`);
  const slowed = entries.filter(({ kind }) => kind === "slowed");
  assertEquals(slowed.map(({ fields }) => fields), [{ address: "127.0.0.1", name: "flooder" }]);
});

for (
  const [what, frame] of [
    ["requests", webFrame(1, bytesOf({ type: "ping" }))],
    ["pings", webFrame(9, new Uint8Array(0))],
    ["pongs", webFrame(10, new Uint8Array(0))],
  ] as const
) {
  Deno.test(`a flood of ${what} that does not end ends the WebSocket, with a reason`, async () => {
    const limits = { requestsPerSecond: 20, requestBurst: 2, floodMs: 300 };
    await using web = await startWeb({}, { limits });
    using ann = await joinWeb(web.door, "ann");
    let ended = false;
    const flood = (async () => {
      while (!ended) {
        await ann.send(frame);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })().catch(() => {});
    const bye = await takeBye(ann);
    ended = true;
    assertEquals([bye.reason, bye.retryAfterMs], ["flood", 5_000]);
    assertEquals(await ann.takeClose(), [1008, "flood"]);
    await flood;
  });
}

Deno.test("requests for history have a rate of their own on a WebSocket too", async () => {
  await using web = await startWeb({}, { limits: { historyPerSecond: 5 } });
  using ann = await joinWeb(web.door, "ann");
  const began = performance.now();
  for (let i = 0; i < 24; i++) {
    assertEquals((await ann.ask({ type: "history", room: "lobby" })).type, "page");
  }
  const ms = performance.now() - began;
  // 20 at once, and the other 4 take 0.8 s.
  assert(ms > 600, `it took only ${ms} ms`);
});

Deno.test("a message that is begun must come to an end, whatever comes between its pieces", async (t) => {
  const say = bytesOf({ type: "say", room: "lobby", text: "x".repeat(200) });
  const pieces = Array.from(say, (_, at) => say.slice(at, at + 1));
  const ping = webFrame(9, new Uint8Array(5));
  const whole = webFrame(1, say);
  for (
    const [what, steps] of [
      ["bytes", Array.from(whole, (_, at) => whole.slice(at, at + 1))],
      [
        "fragments with pings between them",
        pieces.flatMap((piece, at) => [ping, webFrame(at === 0 ? 1 : 0, piece, false)]),
      ],
    ] as const
  ) {
    await t.step(what, async () => {
      await using web = await startWeb({}, { limits: { frameMs: 200 } });
      using ann = await joinWeb(web.door, "ann");
      let ended = false;
      const trickle = (async () => {
        for (const step of steps) {
          if (ended) return;
          await ann.send(step);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      })().catch(() => {});
      const bye = await takeBye(ann);
      ended = true;
      assertEquals(bye.reason, "slow-frame");
      await trickle;
    });
  }
  await t.step(
    "but messages and pings that are whole may come for as long as they like",
    async () => {
      await using web = await startWeb({}, {
        limits: { frameMs: 100, silenceMs: 1_000, pingMs: 800 },
      });
      using ann = await joinWeb(web.door, "ann");
      const began = performance.now();
      while (performance.now() - began < 1_500) {
        await ann.send(ping);
        // On a slow machine the server may ask for a sign of life between.
        let { opcode } = await ann.takeWebFrame();
        while (opcode === 9) ({ opcode } = await ann.takeWebFrame());
        assertEquals(opcode, 10);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      assertEquals((await ann.ask({ type: "ping" })).type, "pong");
    },
  );
});

Deno.test("a message may come in 256 fragments, and not in more", async () => {
  await using web = await startWeb();
  using ann = await joinWeb(web.door, "ann");
  const inFragments = (count: number): Uint8Array[] => {
    const whole = bytesOf({ type: "ping", id: "x".repeat(64), more: "x".repeat(count) });
    return Array.from({ length: count }, (_, at) => {
      const isLast = at === count - 1;
      const piece = isLast ? whole.slice(at) : whole.slice(at, at + 1);
      return webFrame(at === 0 ? 1 : 0, piece, isLast);
    });
  };
  await ann.send(...inFragments(256));
  assertEquals((await ann.takeType("pong")).id, "x".repeat(64));
  await ann.send(...inFragments(257));
  assertEquals((await ann.takeClose())[0], 1008);
});

Deno.test("a fragment that trickles in does not gather in memory piece by piece", async () => {
  await using web = await startWeb();
  using ann = await joinWeb(web.door, "ann");
  const whole = webFrame(1, bytesOf({ type: "ping", more: "x".repeat(60_000) }));
  let ended = false;
  const trickle = (async () => {
    for (let at = 0; at < whole.length && !ended; at++) {
      await ann.send(whole.subarray(at, at + 1));
      await new Promise((resolve) => setTimeout(resolve));
    }
  })().catch(() => {});
  assertEquals((await ann.takeClose())[0], 1008);
  ended = true;
  await trickle;
});

Deno.test("the log tells who came over a WebSocket, and why they went", async () => {
  const entries: LogEntry[] = [];
  await using web = await startWeb({}, { log: (entry) => entries.push(entry) });
  {
    using ann = await joinWeb(web.door, "ann");
    await ann.send(webFrame(2, bytesOf({})));
    await ann.takeType("bye");
  }
  await until("ann's end", () => web.server.connections === 0);
  {
    using _bob = await joinWeb(web.door, "bob");
  }
  await until("bob's end", () => web.server.connections === 0);
  const told = entries.filter(({ fields }) => fields?.["address"] === "127.0.0.1")
    .filter(({ kind }) => kind !== "start")
    .map(({ level, kind, fields }) => [level, kind, fields?.["name"]]);
  assertEquals(told, [
    ["debug", "connected", undefined],
    ["debug", "entered", "ann"],
    ["info", "left-bad-frame", "ann"],
    ["debug", "connected", undefined],
    ["debug", "entered", "bob"],
    ["debug", "left-broken", "bob"],
  ]);
});

Deno.test("limits of the web come from the environment too, and mean nothing without --web", async (t) => {
  const env = { CHATROOM_WEB_CONNECTIONS: "none" };
  await t.step("with --web", async () => {
    const args = ["serve", "--memory", "--port", "0", "--web", "0"];
    const { code, stderr } = await chatroom(args, { env });
    assertEquals(code, 2);
    assertStringIncludes(stderr, "--web-connections (or $CHATROOM_WEB_CONNECTIONS): ");
  });
  await t.step("without it", async () => {
    await using server = startServer();
    const args = ["serve", "--memory", "--port", String(server.addr.port)];
    const { code, stderr } = await chatroom(args, { env });
    // It got as far as to listen.
    assertEquals(code, 1);
    assertStringIncludes(stderr, "Can't listen on ");
  });
});
