/** A server whose messages are on disk: what is there after a restart, and what a client sees. */

import { assert, assertEquals } from "@std/assert";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { serveWeb } from "../lib/web/serve_web.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import {
  bytes,
  classicFrame,
  eventFrame,
  joinClassic,
  joinEvent,
  type RawPeer,
  startServer,
} from "./helpers.ts";
import { joinWeb, webFrame } from "./web_peer.ts";

Deno.test("a restart keeps messages, numbers, topics and the epoch", async () => {
  await using dir = await makeDir();
  let epoch: string;
  {
    await using server = await startStored(dir.path);
    using ann = await joinEvent(server, "ann", { room: "Dev" });
    epoch = ann.welcome.epoch;
    assertEquals((await ann.ask({ type: "say", room: "dev", text: "one" })).seq, 1);
    await ann.ask({ type: "topic", room: "dev", text: "tea" });
    assertEquals((await ann.ask({ type: "say", room: "dev", text: "two" })).seq, 2);
  }
  await using server = await startStored(dir.path, { limits: { scrollback: 0 } });
  using bob = await joinEvent(server, "bob", { room: "dev" });
  assertEquals([bob.welcome.epoch, bob.ready.seq, bob.ready.topic], [epoch, 2, "tea"]);
  const page = await bob.ask({ type: "history", room: "dev" });
  assertEquals(
    page.messages.map((
      { seq, from, text }: { seq: number; from: string; text: string },
    ) => [seq, from, text]),
    [[1, "ann", "one"], [2, "ann", "two"]],
  );
  assertEquals((await bob.ask({ type: "say", room: "dev", text: "three" })).seq, 3);
});

for (
  const [what, wrong] of [
    ["a message that is no object", eventFrame("[]")],
    ["a header that is none", bytes("xxxxxxxxxx")],
    ["a frame over the limit", bytes("     99999")],
  ] as const
) {
  Deno.test(`what was said before ${what} has its acks before the goodbye`, async () => {
    await using dir = await makeDir();
    await using server = await startStored(dir.path);
    using ann = await joinEvent(server, "ann");
    const ids = Array.from({ length: 20 }, (_, i) => `${i}`);
    const says = ids.map((id) => eventFrame({ type: "say", id, room: "lobby", text: id }));
    await ann.send(...says, wrong);
    const told: unknown[] = [];
    for (let event = await ann.takeEvent(); told.push(event.id) && event.type !== "bye";) {
      event = await ann.takeEvent();
    }
    assertEquals(told, [...ids, undefined]);
  });
}

Deno.test("what was said before a message that is no event has its acks on a WebSocket too", async () => {
  await using dir = await makeDir();
  await using server = await startStored(dir.path);
  await using door = await serveWeb(server.host, { hostname: "127.0.0.1", port: 0 });
  for (
    const [name, wrong] of [
      ["ann", webFrame(1, bytes("[]"))],
      ["bob", webFrame(2, bytes("x"))],
    ] as const
  ) {
    using peer = await joinWeb(door, name);
    const say = { type: "say", id: "1", room: "lobby", text: "said" };
    await peer.send(webFrame(1, bytes(JSON.stringify(say))), wrong);
    assertEquals((await peer.takeType("ack")).id, "1");
    assertEquals((await peer.takeType("bye")).reason, "bad-frame");
  }
});

Deno.test("a client that comes back after a restart has its session, its ids and what it missed", async () => {
  await using dir = await makeDir();
  let session: string;
  let epoch: string;
  const say = { type: "say", id: "1", room: "lobby", text: "once" };
  let ack: unknown;
  {
    await using server = await startStored(dir.path);
    using ann = await joinEvent(server, "ann");
    session = ann.ready.session;
    epoch = ann.welcome.epoch;
    ack = await ann.ask(say);
    using bob = await joinEvent(server, "bob");
    const direct = await bob.ask({ type: "direct", to: "ann", text: "psst" });
    assertEquals(direct.type, "ack");
    assertEquals((await ann.takeType("direct")).n, 1);
    ann.conn.close();
    await bob.takeType("left");
    await bob.ask({ type: "direct", id: "d", to: "ann", text: "gone" }).then(({ code }) =>
      assertEquals(code, "no-such-name")
    );
    await bob.ask({ type: "say", room: "lobby", text: "missed" });
  }
  await using server = await startStored(dir.path);
  using ann = await joinEvent(server, "ann", {
    session,
    resume: { epoch, seq: { lobby: 1 }, direct: 0 },
  });
  assertEquals([ann.ready.session, ann.ready.direct], [session, 1]);
  const direct = await ann.takeType("direct");
  assertEquals([direct.n, direct.from, direct.to, direct.text], [1, "bob", "ann", "psst"]);
  const missed = await ann.takeType("message");
  assertEquals([missed.seq, missed.text], [2, "missed"]);
  assertEquals(await ann.ask(say), ack);
  assertEquals((await ann.ask({ ...say, text: "other" })).code, "id-reused");
  using bob = await joinEvent(server, "bob");
  await bob.ask({ type: "direct", to: "ann", text: "again" });
  assertEquals((await ann.takeType("direct")).n, 2);
});

Deno.test("a direct message that is sent again gets its first ack though the addressee has gone", async () => {
  await using dir = await makeDir();
  const direct = { type: "direct", id: "d", to: "bob", text: "psst" };
  let session: string;
  let ack: unknown;
  {
    await using server = await startStored(dir.path);
    using _bob = await joinEvent(server, "bob");
    using ann = await joinEvent(server, "ann");
    session = ann.ready.session;
    ack = await ann.ask(direct);
  }
  await using server = await startStored(dir.path);
  using ann = await joinEvent(server, "ann", { session });
  assertEquals(await ann.ask(direct), ack);
  assertEquals((await ann.ask({ ...direct, id: "e" })).code, "no-such-name");
  // Somebody else has the name now, and gets nothing of it.
  using bob = await joinEvent(server, "bob");
  assertEquals(await ann.ask(direct), ack);
  assertEquals((await ann.ask({ ...direct, id: "f", text: "new" })).type, "ack");
  assertEquals((await bob.takeType("direct")).text, "new");
});

for (const kind of ["memory", "disk"]) {
  Deno.test(`so does an answer, and what is done with /me, in ${kind}`, async () => {
    await using dir = await makeDir();
    await using server = kind === "disk" ? await startStored(dir.path) : startServer();
    using ann = await joinEvent(server, "ann");
    const direct = { type: "direct", id: "1", to: "bob", text: "psst" };
    const answer = { ...direct, id: "2", re: 1 };
    const action = { ...direct, id: "3", action: true };
    const acks: unknown[] = [];
    {
      using bob = await joinEvent(server, "bob");
      for (const each of [direct, answer, action]) acks.push(await ann.ask(each));
      await bob.tell({ type: "quit" });
      await bob.takeType("bye");
    }
    for (const [n, each] of [direct, answer, action].entries()) {
      assertEquals(await ann.ask(each), acks[n]);
    }
    assertEquals((await ann.ask({ ...answer, re: 2 })).code, "id-reused");
  });
}

Deno.test("a direct message to a classic client is stored once", async () => {
  await using dir = await makeDir();
  await using server = await startStored(dir.path);
  using bob = await joinClassic(server, "bob");
  using ann = await joinEvent(server, "ann");
  const direct = { type: "direct", id: "d", to: "bob", text: "psst" };
  assertEquals(await ann.ask(direct), await ann.ask(direct));
  await ann.ask({ ...direct, id: "e", text: "more" });
  assertEquals(await bob.takePair(), ["ann", "(to you) psst"]);
  assertEquals(await bob.takePair(), ["ann", "(to you) more"]);
});

for (const kind of ["memory", "disk"]) {
  Deno.test(`a new member gets the last messages first, then what is said, from ${kind}`, async () => {
    await using dir = await makeDir();
    {
      await using server = await startStored(dir.path);
      using ann = await joinEvent(server, "ann");
      for (let i = 1; i <= 8; i++) await ann.ask({ type: "say", room: "lobby", text: `${i}` });
    }
    await using server = await startStored(dir.path, { limits: { scrollback: 3 } });
    using ann = await joinEvent(server, "ann");
    if (kind === "memory") {
      for (let i = 9; i <= 12; i++) await ann.ask({ type: "say", room: "lobby", text: `${i}` });
    }
    const last = kind === "memory" ? 12 : 8;
    using classic = await joinClassic(server, "cleo");
    using bob = await joinEvent(server, "bob", { room: "other" });
    const joined = await bob.ask({ type: "join", room: "lobby" });
    assertEquals(joined.seq, last - 3);
    using eve = await joinEvent(server, "eve");
    assertEquals(eve.ready.seq, last - 3);
    await eve.ask({ type: "ping" }).then(() =>
      ann.ask({ type: "say", room: "lobby", text: "live" })
    );
    for (const peer of [bob, eve]) {
      const seqs: number[] = [];
      const first = peer === eve ? last + 1 : last - 2;
      for (let seq = first; seq <= last + 1; seq++) seqs.push((await peer.takeType("message")).seq);
      assertEquals(seqs, Array.from({ length: last + 2 - first }, (_, i) => first + i));
    }
    assertEquals(await classic.takePair(), ["ann", "live"]);
  });
}

Deno.test("a client is sent as many earlier messages as it asks for, and no more than the server gives", async () => {
  await using dir = await makeDir();
  await using server = await startStored(dir.path, { limits: { scrollback: 3 } });
  using ann = await joinEvent(server, "ann");
  for (let i = 1; i <= 8; i++) await ann.ask({ type: "say", room: "lobby", text: `${i}` });
  for (const [scrollback, seq] of [[0, 8], [2, 6], [9, 5]]) {
    using bob = await joinEvent(server, `bob${scrollback}`, { scrollback });
    assertEquals(bob.ready.seq, seq);
    using eve = await joinEvent(server, `eve${scrollback}`, { room: "other" });
    assertEquals((await eve.ask({ type: "join", room: "lobby", scrollback })).seq, seq);
  }
});

Deno.test("a search finds what was said in the rooms that one is in", async () => {
  await using dir = await makeDir();
  await using server = await startStored(dir.path);
  using ann = await joinEvent(server, "ann");
  await ann.ask({ type: "say", room: "lobby", text: "tea at noon" });
  await ann.ask({ type: "say", room: "lobby", text: "coffee at noon" });
  await ann.ask({ type: "join", room: "dev" });
  await ann.ask({ type: "say", room: "dev", text: "Tea is late" });
  const texts = async (peer: RawPeer, more: object): Promise<string[]> =>
    (await peer.ask({ type: "search", query: "tea", ...more })).messages
      .map(({ text }: { text: string }) => text).sort();
  assertEquals(await texts(ann, {}), ["Tea is late", "tea at noon"]);
  assertEquals(await texts(ann, { room: "dev" }), ["Tea is late"]);
  using bob = await joinEvent(server, "bob");
  assertEquals(await texts(bob, {}), ["tea at noon"]);
  assertEquals((await bob.ask({ type: "search", query: "tea", room: "dev" })).code, "not-in-room");
  const code = (await bob.ask({ type: "search", query: "x".repeat(2_000) })).code;
  assertEquals(code, "bad-query");
});

Deno.test("Faults: disk full: no ack, senders told, readers go on", async () => {
  await using dir = await makeDir();
  const problems: string[] = [];
  const onProblem = (text: string): number => problems.push(text);
  await using server = await startStored(dir.path, { onProblem }, { maxPages: 40, onProblem });
  using ann = await joinEvent(server, "ann");
  using bob = await joinEvent(server, "bob");
  let answer = await ann.ask({ type: "say", room: "lobby", text: "x" });
  while (answer.type === "ack") {
    answer = await ann.ask({ type: "say", room: "lobby", text: "x".repeat(30_000) });
  }
  assertEquals(answer.code, "not-stored");
  assert(answer.text.includes("full"), answer.text);
  assertEquals((await bob.ask({ type: "say", room: "lobby", text: "small" })).type, "ack");
  assertEquals((await ann.takeType("message")).text, "small");
  assertEquals(problems.filter((text) => text.includes("refused")).length, 1);
});

Deno.test("what was said before its speaker left comes before the news of it", async () => {
  await using dir = await makeDir();
  await using server = await startStored(dir.path);
  using bob = await joinEvent(server, "bob");
  const ann = await joinEvent(server, "ann");
  await bob.takeType("joined");
  await ann.send(eventFrame({ type: "say", room: "lobby", text: "bye" }));
  await ann.conn.closeWrite();
  assertEquals([(await bob.takeEvent()).type, (await bob.takeEvent()).type], ["message", "left"]);
  ann.conn.close();
});

Deno.test("a server that stops under load has stored and acked all that it took", async () => {
  await using dir = await makeDir();
  const server = await startStored(dir.path, { limits: { scrollback: 0 } }, { durability: "full" });
  const acked = new Set<string>();
  const peers: RawPeer[] = [];
  for (let i = 0; i < 5; i++) {
    const peer = await joinEvent(server, `peer ${i}`);
    peers.push(peer);
    for (let j = 0; j < 200; j++) {
      await peer.send(
        eventFrame({ type: "say", id: `${i} ${j}`, room: "lobby", text: `${i} ${j}` }),
      );
    }
  }
  const rest = peers.map((peer) => peer.takeRest());
  await server[Symbol.asyncDispose]();
  for (const text of await Promise.all(rest)) {
    for (const [, id] of text.matchAll(/"type":"ack","id":"([^"]+)"/g)) acked.add(id ?? "");
    assert(text.includes('"reason":"shutdown"'));
  }
  for (const peer of peers) peer[Symbol.dispose]();
  await using again = await startStored(dir.path);
  const { entries } = await again.factLog.index.page(roomLog("lobby"), { after: 0, limit: 10_000 });
  const stored = new Set(entries.map(({ message }) => message.text));
  assertEquals([...acked].filter((id) => !stored.has(id)), []);
  assertEquals([...stored].filter((id) => !acked.has(id)), []);
});

Deno.test("classic clients come and go as before", async () => {
  await using dir = await makeDir();
  await using server = await startStored(dir.path);
  using bob = await joinClassic(server, "bob");
  using ann = await joinClassic(server, "ann");
  await ann.send(classicFrame("one"), classicFrame("two"));
  assertEquals(await bob.takePair(), ["ann", "one"]);
  assertEquals(await bob.takePair(), ["ann", "two"]);
});
