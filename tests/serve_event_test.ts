/** The event door, seen from the wire. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  classicFrame,
  eventFrame,
  joinClassic,
  joinEvent,
  type Json,
  RawPeer,
  startServer,
} from "./helpers.ts";

Deno.test("the opening is name, welcome, hello, ready", async () => {
  await using server = startServer({ version: "chatroom/9.9.9" });
  using ann = await joinEvent(server, "ann");
  assertEquals([ann.welcome.protocol, ann.welcome.server], [1, "chatroom/9.9.9"]);
  assertEquals([ann.welcome.needs, ann.welcome.limits], [[], { payload: 65_536 }]);
  assertMatch(ann.welcome.epoch, /^[0-9a-f-]{36}$/);
  assertEquals([ann.ready.type, ann.ready.name, ann.ready.room, ann.ready.seq], [
    "ready",
    "ann",
    "lobby",
    0,
  ]);
  assertMatch(ann.ready.session, /^[0-9a-f-]{36}$/);
});

Deno.test("a link that is none is refused, also where nobody needs one to come in", async () => {
  await using server = startServer();
  using gus = await joinEvent(server, "gus", { invite: "guessed" });
  assertEquals([gus.ready.type, gus.ready.code], ["error", "bad-invite"]);
  // The connection is still there for whoever comes in without it.
  await gus.tell({ type: "hello" });
  assertEquals((await gus.takeType("ready")).room, "lobby");
});

Deno.test("blank lines at the end are no part of a text, and CR LF is LF, at every door", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann");
  using bob = await joinEvent(server, "bob");
  using classic = await joinClassic(server, "old");
  for (
    const [sent, told] of [
      ["x\n", "x"],
      ["a\r\nb \r\n\r\n", "a\nb "],
      ["\n  two\n \t\n", "\n  two"],
      ["kept  ", "kept  "],
      ["a\rb\r", "a\rb\r"],
    ] as const
  ) {
    assertEquals((await bob.ask({ type: "say", room: "lobby", text: sent })).type, "ack");
    assertEquals((await ann.takeType("message")).text, told);
    assertEquals((await bob.ask({ type: "direct", to: "ann", text: sent })).type, "ack");
    assertEquals((await ann.takeType("direct")).text, told);
    await classic.send(classicFrame(sent));
    assertEquals((await ann.takeType("message")).text, told);
    assertEquals((await bob.takeType("message")).text, told);
  }
  const again = { type: "say", room: "lobby", text: "once\r\n", id: "7" };
  assertEquals((await bob.ask(again)).seq, (await bob.ask(again)).seq);
  const empty = await bob.ask({ type: "say", room: "lobby", text: "\r\n \n" });
  assertEquals([empty.type, empty.code], ["error", "empty-text"]);
});

Deno.test("requests before hello are refused and the connection kept", async () => {
  await using server = startServer();
  using ann = await RawPeer.connect(server);
  await ann.send(eventFrame("ann"));
  await ann.takeType("welcome");
  const refused = await ann.ask({ type: "say", room: "lobby", text: "too early" });
  assertEquals([refused.type, refused.code], ["error", "not-ready"]);
  assertEquals((await ann.ask({ type: "ping" })).type, "pong");
  assertEquals((await ann.ask({ type: "hello" })).type, "ready");
});

Deno.test("a name in use is an error, and another name can be given", async () => {
  await using server = startServer();
  using _ann = await joinEvent(server, "Ann Lee");
  using other = await joinEvent(server, "ann  lee");
  assertEquals([other.ready.type, other.ready.code], ["error", "name-taken"]);
  const ready = await other.ask({ type: "hello", name: "Bob" });
  assertEquals([ready.type, ready.name], ["ready", "Bob"]);
});

Deno.test("a say is acked to its sender and a message to the others, in one order", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann");
  using bob = await joinEvent(server, "bob");
  for (let i = 1; i <= 20; i++) {
    const peer = i % 2 === 0 ? ann : bob;
    await peer.send(eventFrame({ type: "say", id: `m${i}`, room: "lobby", text: `text ${i}` }));
  }
  for (const peer of [ann, bob]) {
    const seqs: number[] = [];
    while (seqs.length < 20) {
      const event = await peer.takeEvent();
      if (event.type === "message" || event.type === "ack") seqs.push(event.seq);
    }
    assertEquals(seqs, Array.from({ length: 20 }, (_, i) => i + 1));
  }
});

Deno.test("rooms keep to themselves, and a session can be in several", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann");
  using bob = await joinEvent(server, "bob", { room: "dev" });
  assertEquals(bob.ready.room, "dev");
  const joined = await ann.ask({ type: "join", room: "DEV" });
  assertEquals([joined.type, joined.room, joined.name, joined.seq], ["joined", "dev", "ann", 0]);
  const news = await bob.takeType("joined");
  assertEquals([news.room, news.name, news.id], ["dev", "ann", undefined]);
  await ann.ask({ type: "say", room: "lobby", text: "nobody else is here" });
  await ann.ask({ type: "say", room: "dev", text: "hello dev" });
  const message = await bob.takeType("message");
  assertEquals([message.room, message.seq, message.text], ["dev", 1, "hello dev"]);
  const rooms = await ann.ask({ type: "rooms" });
  assertEquals(rooms.rooms, [{ room: "dev", members: 2 }, { room: "lobby", members: 1 }]);
  const left = await ann.ask({ type: "leave", room: "dev" });
  assertEquals([left.type, left.room], ["left", "dev"]);
  assertEquals((await bob.takeType("left")).name, "ann");
  const refused = await ann.ask({ type: "say", room: "dev", text: "from outside" });
  assertEquals([refused.type, refused.code], ["error", "not-in-room"]);
});

Deno.test("who, topic, rename, direct and action do what they say", async (t) => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann");
  using bob = await joinEvent(server, "bob");
  await t.step("who", async () => {
    const members = await ann.ask({ type: "who", room: "lobby" });
    assertEquals([members.type, members.members, members.total], ["members", ["ann", "bob"], 2]);
    assertEquals((await ann.ask({ type: "who", room: "none" })).code, "no-such-room");
  });
  await t.step("topic", async () => {
    assertEquals((await ann.ask({ type: "topic", room: "lobby" })).text, "");
    assertEquals((await ann.ask({ type: "topic", room: "lobby", text: "tea" })).from, "ann");
    const news = await bob.takeType("topic");
    assertEquals([news.room, news.text, news.from], ["lobby", "tea", "ann"]);
    assertEquals((await bob.ask({ type: "topic", room: "lobby" })).text, "tea");
    using late = await joinEvent(server, "late");
    assertEquals(late.ready.topic, "tea");
    assertEquals((await ann.ask({ type: "topic", room: "lobby", text: "a\nb" })).code, "bad-topic");
  });
  await t.step("rename", async () => {
    const renamed = await ann.ask({ type: "rename", name: "anna" });
    assertEquals([renamed.from, renamed.to], ["ann", "anna"]);
    const news = await bob.takeType("renamed");
    assertEquals([news.from, news.to], ["ann", "anna"]);
    assertEquals((await bob.ask({ type: "rename", name: "ANNA" })).code, "name-taken");
    assertEquals((await bob.ask({ type: "rename", name: "ann" })).type, "renamed");
    assertEquals((await bob.ask({ type: "rename", name: "bob" })).type, "renamed");
  });
  await t.step("direct", async () => {
    const ack = await ann.ask({ type: "direct", to: "BOB", text: "psst" });
    assertEquals([ack.type, ack.room], ["ack", undefined]);
    const direct = await bob.takeType("direct");
    assertEquals([direct.from, direct.to, direct.text, direct.n], ["anna", "bob", "psst", 1]);
    assertEquals((await ann.ask({ type: "direct", to: "x", text: "y" })).code, "no-such-name");
  });
  await t.step("action", async () => {
    await ann.ask({ type: "say", id: "a1", room: "lobby", text: "waves", action: true });
    const message = await bob.takeType("message");
    assertEquals([message.text, message.action], ["waves", true]);
  });
});

Deno.test("the same id again gets the first ack and makes no second message", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann");
  using bob = await joinEvent(server, "bob");
  const say = { type: "say", id: "same", room: "lobby", text: "once" };
  const first = await ann.ask(say);
  assertEquals(await ann.ask(say), first);
  assertEquals(await ann.ask(say), first);
  const reused = await ann.ask({ ...say, text: "another" });
  assertEquals([reused.type, reused.code], ["error", "id-reused"]);
  assertEquals((await ann.ask({ ...say, id: "next", text: "next" })).seq, 2);
  assertEquals((await bob.takeType("message")).text, "once");
  assertEquals((await bob.takeType("message")).text, "next");
  const direct = { type: "direct", id: "d", to: "bob", text: "once" };
  assertEquals(await ann.ask(direct), await ann.ask(direct));
  assertEquals((await ann.ask({ ...direct, id: "e", text: "two" })).type, "ack");
  assertEquals((await bob.takeType("direct")).text, "once");
  assertEquals((await bob.takeType("direct")).text, "two");
});

Deno.test("history pages backwards through what is kept", async () => {
  await using server = startServer({ limits: { historyMessages: 10 } });
  using ann = await joinEvent(server, "ann");
  for (let i = 1; i <= 15; i++) {
    await ann.ask({ type: "say", id: `${i}`, room: "lobby", text: `t${i}` });
  }
  const seqs = (page: Json): number[] => page.messages.map((m: Json) => m.seq);
  const last = await ann.ask({ type: "history", room: "lobby", limit: 4 });
  assertEquals([seqs(last), last.more], [[12, 13, 14, 15], true]);
  const before = await ann.ask({ type: "history", room: "lobby", before: 12, limit: 6 });
  assertEquals([seqs(before), before.more], [[6, 7, 8, 9, 10, 11], false]);
  const none = await ann.ask({ type: "history", room: "lobby", before: 6 });
  assertEquals([seqs(none), none.more], [[], false]);
});

Deno.test("bad values, types and bytes are answered with an error and the connection is kept", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann");
  for (
    const [bad, code] of [
      [{ id: "1", type: "say", room: "lobby" }, "bad-field"],
      [{ id: "1", type: "say", text: "x" }, "bad-field"],
      [{ id: "1" }, "bad-field"],
      [{ id: "1", type: "dance" }, "unknown-type"],
      [{ id: "1", type: "constructor" }, "unknown-type"],
      [{ id: "1", type: "__proto__" }, "unknown-type"],
      [{ id: "1", type: "say", room: "lobby", text: "" }, "empty-text"],
      [{ id: "1", type: "join", room: "a b" }, "bad-room"],
      [{ id: "1", type: "join", room: "" }, "bad-room"],
      [{ id: "1", type: "rename", name: "x".repeat(33) }, "bad-name"],
      [{ id: "1", type: "rename", name: "a\u200db" }, "bad-name"],
      [{ id: "1", type: "rename", name: "a\ufff0b" }, "bad-name"],
    ] as const
  ) {
    const answer = await ann.ask(bad);
    assertEquals([answer.type, answer.code], ["error", code], JSON.stringify(bad));
  }
  await ann.send(eventFrame({ type: "ping", id: "x".repeat(65) }));
  assertEquals((await ann.takeType("error")).code, "bad-field");
  await ann.send("         2", new Uint8Array([0xff, 0xfe]));
  assertEquals((await ann.takeType("error")).code, "bad-utf8");
  assertEquals((await ann.ask({ type: "ping", id: "last" })).type, "pong");
});

Deno.test("the limits on rooms hold", async () => {
  await using server = startServer({ limits: { rooms: 3, roomsPerSession: 2 } });
  using ann = await joinEvent(server, "ann");
  using bob = await joinEvent(server, "bob");
  assertEquals((await ann.ask({ type: "join", room: "a" })).type, "joined");
  assertEquals((await ann.ask({ type: "join", room: "b" })).code, "too-many-rooms");
  assertEquals((await bob.ask({ type: "join", room: "b" })).type, "joined");
  assertEquals((await bob.ask({ type: "leave", room: "lobby" })).type, "left");
  assertEquals((await bob.ask({ type: "join", room: "c" })).code, "room-limit");
  assertEquals((await bob.ask({ type: "join", room: "lobby" })).type, "joined");
});

Deno.test("a classic client's message is history for an event client", async () => {
  await using server = startServer();
  using ann = await joinClassic(server, "ann");
  await ann.send(classicFrame("kept"));
  using eve = await joinEvent(server, "eve");
  await ann.send(classicFrame("/who"));
  await ann.takePair();
  const page = await eve.ask({ type: "history", room: "lobby" });
  assertEquals(page.messages.map((m: Json) => [m.seq, m.from, m.text]), [[1, "ann", "kept"]]);
  assert(Math.abs(Date.parse(page.messages[0].at) - Date.now()) < 60_000);
});
