/** Sessions over a WebSocket: peers of the event protocol like those on TCP, in one room with them. */

import { assert, assertEquals } from "@std/assert";
import { bytes, eventFrame, joinClassic, joinEvent, type Json, RawPeer, until } from "./helpers.ts";
import { joinWeb, startWeb, webFrame, type WebServer, WebSocketPeer } from "./web_peer.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

Deno.test("the welcome comes first, and hello brings the name", async () => {
  await using web = await startWeb({}, { version: "chatroom/9.9.9" });
  using ann = await joinWeb(web.door, "ann");
  assertEquals([ann.welcome.server, ann.welcome.limits], ["chatroom/9.9.9", { payload: 65_536 }]);
  assertEquals([ann.ready.type, ann.ready.name, ann.ready.room], ["ready", "ann", "lobby"]);
  using nameless = await WebSocketPeer.open(web.door);
  assertEquals((await nameless.takeEvent()).type, "welcome");
  assertEquals((await nameless.ask({ type: "hello" })).code, "bad-name");
  assertEquals((await nameless.ask({ type: "hello", name: "bob" })).type, "ready");
});

Deno.test("a server that was given a title tells it, and any other none", async () => {
  await using named = await startWeb({}, { title: "Tea house" });
  using ann = await joinWeb(named.door, "ann");
  assertEquals(ann.welcome.title, "Tea house");
  await using other = await startWeb();
  using bob = await joinWeb(other.door, "bob");
  assertEquals("title" in bob.welcome, false);
});

Deno.test("what came over a WebSocket in one piece goes out in a few rounds", async () => {
  await using web = await startWeb();
  using ann = await joinWeb(web.door, "ann");
  using bob = await joinEvent(web.server, "bob");
  await ann.takeType("joined");
  const { metrics } = web.server.host.shared;
  const { delivers } = metrics;
  let batches = 0;
  metrics.delivers = (batch) => {
    batches++;
    return delivers.call(metrics, batch);
  };
  const say = webFrame(1, text(JSON.stringify({ type: "say", room: "lobby", text: "hello" })));
  await ann.send(bytes(...Array.from({ length: 50 }, () => say)));
  for (let i = 0; i < 50; i++) await bob.takeType("message");
  // One or two rounds for both of them; each message on its own would be a hundred batches.
  assert(batches <= 10, `${batches} batches`);
});

Deno.test("classic, event and web clients in one room get one transcript", async () => {
  await using web = await startWeb();
  using classic = await joinClassic(web.server, "classic");
  using event = await joinEvent(web.server, "event");
  using one = await joinWeb(web.door, "one");
  using two = await joinWeb(web.door, "two");
  for (let i = 0; i < 30; i++) {
    const peer = [event, one, two][i % 3] as RawPeer;
    await peer.tell({ type: "say", id: `${i}`, room: "lobby", text: `grüß ${i} 👋` });
  }
  const transcript = async (peer: RawPeer): Promise<Json[]> => {
    const said: Json[] = [];
    while (said.length < 30) {
      const each = await peer.takeEvent();
      if (each.type === "message" || each.type === "ack") said.push(each);
    }
    return said;
  };
  const all = await Promise.all([event, one, two].map(transcript));
  for (const [index, said] of all.entries()) {
    assertEquals(said.map(({ seq }) => seq), Array.from({ length: 30 }, (_, i) => i + 1));
    assertEquals(said.filter(({ type }) => type === "ack").length, 10, `of peer ${index}`);
  }
  // What two of them got of the same message is the same to the letter.
  const [ofEvent, ofOne, ofTwo] = all.map((said) => new Map(said.map((each) => [each.seq, each])));
  for (let seq = 1; seq <= 30; seq++) {
    const got = [ofEvent, ofOne, ofTwo].map((said) => said?.get(seq))
      .filter((each) => each?.type === "message");
    assertEquals(got.length, 2);
    assertEquals(got[0], got[1]);
  }
  for (let seq = 1; seq <= 30; seq++) {
    const message = [ofEvent, ofOne].map((said) => said?.get(seq)).find((each) =>
      each?.type === "message"
    );
    assertEquals(await classic.takePair(), [message?.from, message?.text]);
  }
});

for (
  const [door, join] of [
    ["TCP", (web: WebServer, name: string, hello?: Json) => joinEvent(web.server, name, hello)],
    ["a WebSocket", (web: WebServer, name: string, hello?: Json) => joinWeb(web.door, name, hello)],
  ] as const
) {
  Deno.test(`over ${door}: bad requests are errors and the connection is kept`, async () => {
    await using web = await startWeb();
    using ann = await join(web, "ann");
    for (
      const [sent, code] of [
        [{ type: "say", room: "lobby" }, "bad-field"],
        [{ type: "nonsense" }, "unknown-type"],
        [{ type: "say", room: "none", text: "x" }, "no-such-room"],
        [{ type: "hello" }, "already-ready"],
        [{ type: "say", room: "lobby", text: "" }, "empty-text"],
      ] as const
    ) assertEquals((await ann.ask(sent)).code, code);
    assertEquals((await ann.ask({ type: "ping" })).type, "pong");
  });

  Deno.test(`over ${door}: what was missed comes after a broken connection, once and in order`, async () => {
    await using web = await startWeb();
    using talker = await joinEvent(web.server, "talker");
    const session = await (async () => {
      using ann = await join(web, "ann");
      await talker.ask({ type: "say", room: "lobby", text: "heard" });
      assertEquals((await ann.takeType("message")).seq, 1);
      const ack = await ann.ask({ type: "say", id: "mine", room: "lobby", text: "of mine" });
      assertEquals(ack.seq, 2);
      return { session: ann.ready.session, epoch: ann.welcome.epoch };
    })();
    await until("ann's leaving", () => web.server.connections === 1);
    for (let i = 0; i < 5; i++) {
      await talker.ask({ type: "say", room: "lobby", text: `missed ${i}` });
    }
    using again = await join(web, "ann", {
      session: session.session,
      resume: { epoch: session.epoch, seq: { lobby: 1 } },
    });
    assertEquals(again.ready.session, session.session);
    const seqs: number[] = [];
    while (seqs.length < 6) {
      const event = await again.takeEvent();
      if (event.type === "message" || event.type === "ack") seqs.push(event.seq);
    }
    assertEquals(seqs, [2, 3, 4, 5, 6, 7]);
    const repeated = await again.ask({ type: "say", id: "mine", room: "lobby", text: "of mine" });
    assertEquals(repeated.seq, 2);
  });

  Deno.test(`over ${door}: many requests at once are answered in order`, async () => {
    await using web = await startWeb();
    using ann = await join(web, "ann");
    const frames: Uint8Array[] = [];
    for (let i = 0; i < 200; i++) {
      const sent = i % 10 === 0
        ? { type: "history", id: `${i}`, room: "lobby" }
        : { type: "say", id: `${i}`, room: "lobby", text: `${i}` };
      frames.push(
        door === "TCP" ? eventFrame(sent) : webFrame(1, text(JSON.stringify(sent))),
      );
    }
    await ann.send(...frames);
    const ids: string[] = [];
    while (ids.length < 200) {
      const { id } = await ann.takeEvent();
      if (id !== undefined) ids.push(id);
    }
    assertEquals(ids, Array.from({ length: 200 }, (_, i) => `${i}`));
  });

  Deno.test(`over ${door}: the handshake has a deadline, and so has silence`, async () => {
    await using web = await startWeb({}, {
      limits: { handshakeMs: 100, pingMs: 50, silenceMs: 300 },
    });
    using silent = door === "TCP"
      ? await RawPeer.connect(web.server)
      : await WebSocketPeer.open(web.door);
    if (door === "TCP") await silent.send(eventFrame("silent"));
    assertEquals((await silent.takeType("bye")).reason, "handshake");
    using ann = await join(web, "ann");
    await ann.takeRest();
    await until("their end", () => web.server.connections === 0);
  });
}

for (const [door, opcode] of [["TCP", 1], ["a WebSocket", 1], ["a WebSocket", 9]] as const) {
  Deno.test(`over ${door}: a flood does not put off the end of the handshake (${opcode})`, async () => {
    await using web = await startWeb({}, {
      limits: { handshakeMs: 300, requestsPerSecond: 10, requestBurst: 10 },
    });
    using peer = door === "TCP"
      ? await RawPeer.connect(web.server)
      : await WebSocketPeer.open(web.door);
    if (door === "TCP") await peer.send(eventFrame("flood"));
    const ping = bytes('{"type":"ping"}');
    const frame = door === "TCP" ? bytes(eventFrame('{"type":"ping"}')) : webFrame(opcode, ping);
    const flood = bytes(...Array.from({ length: 1_000 }, () => frame));
    peer.conn.write(flood).catch(() => {});
    const told = await peer.takeRest();
    assert(told.includes('"reason":"handshake"'), told);
  });
}

Deno.test("a session goes from TCP to a WebSocket and back", async () => {
  await using web = await startWeb();
  using onTcp = await joinEvent(web.server, "ann");
  const { session } = onTcp.ready;
  using onWeb = await joinWeb(web.door, "ann", { session });
  assertEquals((await onTcp.takeType("bye")).reason, "replaced");
  assertEquals(onWeb.ready.session, session);
  using back = await joinEvent(web.server, "ann", { session });
  assertEquals(back.ready.session, session);
  assertEquals((await onWeb.takeType("bye")).reason, "replaced");
  assertEquals(await onWeb.takeClose(), [1008, "replaced"]);
});

Deno.test("what is no event ends the connection with a reason and a code", async (t) => {
  await using web = await startWeb();
  for (
    const [what, frame, reason, code] of [
      ["no JSON", webFrame(1, text("{")), "bad-frame", 1007],
      ["no object", webFrame(1, text("[]")), "bad-frame", 1007],
      ["a raw payload as text", webFrame(1, text('\0{"type":"ping"}\0')), "bad-frame", 1007],
      ["a binary message", webFrame(2, text("{}")), "bad-frame", 1003],
      ["too large a message", webFrame(1, new Uint8Array(65_537).fill(0x20)), undefined, 1009],
      ["bytes that are not UTF-8", webFrame(1, new Uint8Array([0xff])), undefined, 1007],
      ["a reserved opcode", webFrame(3, text("{}")), undefined, 1002],
      ["an unmasked frame", bytes(new Uint8Array([0x81, 2]), "{}"), undefined, 1002],
      [
        "too large a message in pieces",
        bytes(webFrame(1, new Uint8Array(40_000), false), webFrame(0, new Uint8Array(40_000))),
        undefined,
        1009,
      ],
    ] as const
  ) {
    await t.step(what, async () => {
      using ann = await joinWeb(web.door, what);
      assertEquals(ann.ready.type, "ready");
      await ann.send(frame);
      if (reason !== undefined) assertEquals((await ann.takeType("bye")).reason, reason);
      const [closedWith] = await ann.takeClose();
      assertEquals(closedWith, code);
      await ann.takeRest();
      await until("its end", () => web.server.connections === 0);
    });
  }
  await t.step("and a message of exactly the limit does not", async () => {
    using ann = await joinWeb(web.door, "exact");
    const head = '{"type":"say","id":"1","room":"lobby","text":"';
    const said = `${head}${"x".repeat(65_536 - head.length - 2)}"}`;
    await ann.send(webFrame(1, text(said)));
    assertEquals((await ann.takeType("ack")).id, "1");
  });
});

Deno.test("a WebSocket outlives the deadlines of HTTP", async () => {
  await using web = await startWeb({
    limits: { webHeadersMs: 50, webRequestMs: 50, webIdleMs: 50 },
  });
  using ann = await joinWeb(web.door, "ann");
  const began = performance.now();
  await until("ten times the deadlines", () => performance.now() - began > 500);
  assertEquals((await ann.ask({ type: "ping" })).type, "pong");
});

Deno.test("pings of a WebSocket are answered, and its own ask for a sign of life", async () => {
  await using web = await startWeb({}, { limits: { pingMs: 30, silenceMs: 10_000 } });
  using ann = await joinWeb(web.door, "ann");
  await ann.send(webFrame(9, text("are you there")));
  const frames = [await ann.takeWebFrame(), await ann.takeWebFrame()];
  const pong = frames.find(({ opcode }) => opcode === 10);
  assertEquals(new TextDecoder().decode(pong?.payload), "are you there");
  assert(frames.some(({ opcode }) => opcode === 9), "a ping of the server's own");
});
