/** Coming back at the event door: what was missed comes, and the name is kept. */

import { assertEquals } from "@std/assert";
import { eventFrame, joinEvent, type RawPeer, startServer, until } from "./helpers.ts";

/** What `peer` is told about the room until the answer to a ping: seqs of messages and acks, gaps. */
async function missed(peer: RawPeer): Promise<Array<number | string>> {
  await peer.send(eventFrame({ type: "ping", id: "end" }));
  const told: Array<number | string> = [];
  for (;;) {
    const event = await peer.takeEvent();
    if (event.type === "pong") return told;
    if (event.type === "message") told.push(event.seq);
    if (event.type === "ack") told.push(`ack ${event.id} ${event.seq}`);
    if (event.type === "gap") told.push(`gap ${event.from}-${event.to}`);
    if (event.type === "direct") told.push(`direct ${event.text}`);
  }
}

Deno.test("resume brings what was missed, in order and once", async (t) => {
  await using server = startServer({ limits: { historyMessages: 10 } });
  using ann = await joinEvent(server, "ann");
  const say = async (i: number): Promise<void> => {
    assertEquals((await ann.ask({ type: "say", id: `${i}`, room: "lobby", text: `t${i}` })).seq, i);
  };
  let secret = "";
  const { epoch } = ann.welcome;
  {
    using bob = await joinEvent(server, "bob");
    secret = bob.ready.session;
    await say(1);
    assertEquals((await bob.takeType("message")).seq, 1);
    const own = { type: "say", id: "mine", room: "lobby", text: "did it arrive?" };
    await bob.send(eventFrame(own));
    assertEquals((await ann.takeType("message")).seq, 2);
  }
  await until("bob's end", () => server.connections === 1);
  for (const i of [3, 4, 5]) await say(i);
  await t.step("messages of others as messages, one's own as acks", async () => {
    using bob = await joinEvent(server, "bob", {
      session: secret,
      resume: { epoch, seq: { lobby: 1 } },
    });
    assertEquals([bob.ready.type, bob.ready.session, bob.ready.seq], ["ready", secret, 5]);
    assertEquals(await missed(bob), ["ack mine 2", 3, 4, 5]);
    const again = await bob.ask({
      type: "say",
      id: "mine",
      room: "lobby",
      text: "did it arrive?",
    });
    assertEquals([again.type, again.seq], ["ack", 2]);
  });
  for (let i = 6; i <= 20; i++) await say(i);
  await t.step("what is no longer kept is a gap", async () => {
    using bob = await joinEvent(server, "bob", {
      session: secret,
      resume: { epoch, seq: { lobby: 5 } },
    });
    assertEquals(await missed(bob), ["gap 6-10", 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  });
  await t.step("another epoch is a gap without an end, and all that is kept", async () => {
    using bob = await joinEvent(server, "bob", { resume: { epoch: "x", seq: { lobby: 70 } } });
    assertEquals(
      await missed(bob),
      ["gap 71-null", "gap 1-10", 11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
    );
  });
  await t.step("live messages follow without a seam", async () => {
    using bob = await joinEvent(server, "bob", {
      session: secret,
      resume: { epoch, seq: { lobby: 19 } },
    });
    await say(21);
    assertEquals(await missed(bob), [20, 21]);
  });
});

Deno.test("a direct message that was lost with the connection comes with the resume", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann");
  using bob = await joinEvent(server, "bob");
  const { session } = bob.ready;
  await ann.ask({ type: "direct", id: "1", to: "bob", text: "one" });
  await ann.ask({ type: "direct", id: "2", to: "bob", text: "two" });
  // Bob's new connection comes before the old one has ended: the old one is told to go.
  using again = await joinEvent(server, "bob", {
    session,
    resume: { epoch: bob.welcome.epoch, seq: { lobby: 0 }, direct: 1 },
  });
  assertEquals(await missed(again), ["direct two"]);
  const bye = await bob.takeType("bye");
  assertEquals(bye.reason, "replaced");
  const who = await ann.ask({ type: "who", room: "lobby" });
  assertEquals(who.members, ["ann", "bob"]);
  assertEquals((await again.ask({ type: "say", room: "lobby", text: "I am in" })).type, "ack");
});

Deno.test("direct messages that are no longer kept are counted, not passed over", async () => {
  await using server = startServer({ limits: { historyMessages: 3 } });
  using ann = await joinEvent(server, "ann");
  using bob = await joinEvent(server, "bob");
  for (let i = 1; i <= 9; i++) {
    await ann.ask({ type: "direct", id: `${i}`, to: "bob", text: `t${i}` });
  }
  using again = await joinEvent(server, "bob", {
    session: bob.ready.session,
    resume: { epoch: bob.welcome.epoch, seq: { lobby: 0 }, direct: 2 },
  });
  const { text } = await again.takeType("notice");
  assertEquals(text, "4 direct messages to you can no longer be had.");
  assertEquals(await missed(again), ["direct t7", "direct t8", "direct t9"]);
});

Deno.test("a name is kept for a session that was cut off, and free when its owner left", async () => {
  await using server = startServer({ limits: { silenceMs: 300, pingMs: 200 } });
  using cut = await joinEvent(server, "cut");
  {
    using _leaver = await joinEvent(server, "leaver");
  }
  // The silent one is dropped by the server; the other closed its side in order.
  await cut.takeType("bye");
  await until("both ends", () => server.connections <= 1);
  using other = await joinEvent(server, "leaver");
  assertEquals(other.ready.type, "ready");
  using thief = await joinEvent(server, "cut");
  assertEquals(thief.ready.code, "name-taken");
  using owner = await joinEvent(server, "cut", { session: cut.ready.session });
  assertEquals([owner.ready.type, owner.ready.name], ["ready", "cut"]);
});

Deno.test("a client that resets its connection gives up its name", async () => {
  await using server = startServer();
  using witness = await joinEvent(server, "witness");
  {
    using gone = await joinEvent(server, "gone");
    await witness.ask({ type: "say", room: "lobby", text: "unread, which makes it a reset" });
    await gone.ask({ type: "ping" });
    await witness.ask({ type: "say", room: "lobby", text: "unread" });
  }
  await witness.takeType("left");
  using next = await joinEvent(server, "gone");
  assertEquals(next.ready.type, "ready");
});
