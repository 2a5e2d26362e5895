/** The client's link: the opening, coming back, and nothing lost or doubled on the way. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { backoffMs } from "../lib/client/retry_schedule.ts";
import { RequestError } from "../lib/client/conversation.ts";
import type { Message } from "../lib/wire/events.ts";
import { Told } from "./fixtures/told.ts";
import { eventFrame, joinClassic, joinEvent, startServer, until, within } from "./helpers.ts";
import { Proxy } from "./proxy.ts";

Deno.test("a link opens in the event protocol, asks, says and hears", async () => {
  await using server = startServer();
  using bob = await joinEvent(server, "bob");
  await using ann = new Told(server, { rooms: ["lobby", "dev"] });
  await ann.ready();
  assertEquals([ann.link.protocol, ann.link.name], ["event", "ann"]);
  await ann.see("the second room", (e) => e.type === "joined" && e.room === "dev");
  const ack = await ann.link.send({ type: "say", room: "lobby", text: "hello" });
  assertEquals([ack.type, ack.type === "ack" && ack.seq], ["ack", 1]);
  assertEquals((await bob.takeType("message")).text, "hello");
  await bob.ask({ type: "say", room: "lobby", text: "hi" });
  await ann.see("bob's message", (e) => e.type === "message" && e.text === "hi");
  const members = await ann.link.send({ type: "who", room: "lobby" });
  assertEquals(members.type === "members" && members.members, ["ann", "bob"]);
  const error = await assertRejects(
    () => ann.link.send({ type: "say", room: "nowhere", text: "x" }),
    RequestError,
    "There is no room nowhere",
  );
  assertEquals(error.code, "no-such-room");
});

Deno.test("a server that can't be reached ends a new link", async () => {
  // A port that was free a moment ago may be a server's of another test by now.
  await using ann = new Told({ addr: { transport: "tcp", hostname: "127.0.0.1", port: 1 } });
  await ann.ended;
  const last = ann.events.at(-1);
  assert(last?.type === "status");
  assertEquals([last.status, last.cause], ["ended", "unreachable"]);
  await assertRejects(() => ann.link.send({ type: "rooms" }), RequestError, "has ended");
});

Deno.test("a name that is refused ends a new link with the server's sentence", async () => {
  await using server = startServer();
  using _bob = await joinEvent(server, "ann");
  await using ann = new Told(server);
  await ann.ended;
  const last = ann.events.at(-1);
  assert(last?.type === "status");
  assertEquals(last.cause, "refused");
  assertStringIncludes(last.text, "The name ann is in use here");
});

Deno.test("a link that waits for its next attempt makes it at once when it is told to", async () => {
  await using server = startServer();
  await using proxy = new Proxy(server);
  let isThere = true;
  const { hostname, port } = proxy.addr;
  // Without that the pauses, of a second and more from the third on, would come to minutes.
  await using ann = new Told(proxy, {
    random: () => 1,
    connect: (signal) =>
      isThere
        ? Deno.connect({ hostname, port, signal })
        : Promise.reject(new Deno.errors.ConnectionRefused("nobody is there")),
  });
  await ann.ready();
  isThere = false;
  proxy.cut();
  for (let count = 1; count <= 12; count++) {
    await until("another failure", () => ann.pauses.length >= count);
    if (count === 12) isThere = true;
    ann.link.tryNow();
  }
  await until("the connection", () => ann.statuses.at(-1) === "online");
  assert((ann.pauses.at(-1) ?? 0) >= 30_000);
});

Deno.test("checklist 10: what was missed while the link was cut comes once and in order", async () => {
  await using server = startServer();
  await using proxy = new Proxy(server);
  using bob = await joinEvent(server, "bob");
  await using ann = new Told(proxy);
  await ann.ready();
  const say = (text: string): Promise<unknown> => bob.ask({ type: "say", room: "lobby", text });
  await say("before");
  await ann.see("the first message", ({ type }) => type === "message");
  proxy.refusing = true;
  proxy.cut();
  await until("offline", () => ann.statuses.includes("offline"));
  await assertRejects(() => ann.link.send({ type: "rooms" }), RequestError, "no connection");
  const own = ann.link.send({ type: "say", room: "lobby", text: "written offline" });
  await say("while away 1");
  await say("while away 2");
  proxy.refusing = false;
  const ack = await within("the ack", own);
  assertEquals(ack.type === "ack" && ack.seq, 4);
  await say("after");
  await ann.see("the last message", (e) => e.type === "message" && e.text === "after");
  assertEquals(ann.texts, ["before", "while away 1", "while away 2", "after"]);
  assertEquals((await bob.ask({ type: "history", room: "lobby" })).messages.length, 5);
});

Deno.test("a link that is cut again and again ends with the transcript of the others", async () => {
  await using server = startServer();
  await using proxy = new Proxy(server);
  using bob = await joinEvent(server, "bob");
  await using ann = new Told(proxy);
  await ann.ready();
  const transcript: string[] = [];
  const acks: Promise<unknown>[] = [];
  for (let i = 0; i < 60; i++) {
    acks.push(ann.link.send({ type: "say", room: "lobby", text: `ann ${i}` }));
    await bob.ask({ type: "say", room: "lobby", text: `bob ${i}` });
    if (i % 6 === 3) {
      // Every second time a connection that had come about; else whatever there is by then.
      if (i % 4 === 3) await until("a connection", () => ann.statuses.at(-1) === "online");
      proxy.cut();
      await new Promise((resolve) => setTimeout(resolve, 7 * (i % 4)));
    }
  }
  await within("every ack", Promise.all(acks));
  await bob.ask({ type: "say", room: "lobby", text: "the end" });
  await ann.see("the end", (e) => e.type === "message" && e.text === "the end");
  const page = await bob.ask({ type: "history", room: "lobby", limit: 200 });
  for (const { text } of page.messages) transcript.push(text);
  assertEquals(
    transcript.filter((t) => t.startsWith("ann")),
    Array.from({ length: 60 }, (_, i) => `ann ${i}`),
  );
  assertEquals(ann.texts, transcript.filter((text) => !text.startsWith("ann")));
  const seqs = ann.events.flatMap((e) => e.type === "message" || e.type === "ack" ? [e.seq] : []);
  assertEquals(seqs, Array.from({ length: 121 }, (_, i) => i + 1));
  assert(ann.statuses.filter((status) => status === "offline").length >= 5);
});

Deno.test("a server that begins anew is a gap, and unsent messages go to the new one", async () => {
  const old = startServer();
  await using proxy = new Proxy(old);
  await using ann = new Told(proxy, { rooms: ["dev"] });
  await ann.ready();
  await ann.link.send({ type: "say", room: "dev", text: "to the old one" });
  const stopped = old.shutdown();
  await until("offline", () => ann.statuses.includes("offline"));
  await stopped;
  const own = ann.link.send({ type: "say", room: "dev", text: "to the new one" });
  await using server = startServer();
  using bob = await joinEvent(server, "bob", { room: "dev" });
  proxy.retarget(server);
  const ack = await within("the ack", own);
  assertEquals(ack.type === "ack" && [ack.room, ack.seq], ["dev", 1]);
  const gap = await ann.see("the gap", ({ type }) => type === "gap");
  assertEquals(gap.type === "gap" && [gap.room, gap.from, gap.to], ["dev", 2, null]);
  assertEquals((await bob.takeType("message")).text, "to the new one");
  await bob.ask({ type: "say", room: "dev", text: "welcome back" });
  await ann.see("the answer", (e) => e.type === "message" && e.text === "welcome back");
});

Deno.test("what is about a message of before is not done to another one that has its number now", async () => {
  const old = startServer();
  await using proxy = new Proxy(old);
  await using ann = new Told(proxy, { rooms: ["dev"] });
  await ann.ready();
  const log = { room: "dev", re: 1 } as const;
  await ann.link.send({ type: "say", room: "dev", text: "to the old one" });
  const stopped = old.shutdown();
  await until("offline", () => ann.statuses.includes("offline"));
  await stopped;
  const given = [
    ann.link.send({ type: "revise", ...log, text: "other words" }),
    ann.link.send({ type: "remove", ...log }),
    ann.link.send({ type: "react", ...log, key: "👍" }),
    ann.link.send({ type: "say", ...log, text: "an answer" }),
  ].map((sent) => assertRejects(() => sent, RequestError, "message 1 is gone"));
  const own = ann.link.send({ type: "say", room: "dev", text: "new" });
  await using server = startServer();
  using bob = await joinEvent(server, "bob", { room: "dev", features: ["life"] });
  await bob.ask({ type: "say", room: "dev", text: "the first of the new one" });
  proxy.retarget(server);
  await within("what is given up", Promise.all(given));
  assertEquals((await within("the ack", own)).type, "ack");
  assertEquals((await bob.takeType("message")).text, "new");
  const { messages: found } = await bob.ask({ type: "history", room: "dev" });
  assertEquals(found.map(({ text, reactions }: Message) => [text, reactions]), [
    ["the first of the new one", undefined],
    ["new", undefined],
  ]);
});

Deno.test("a link gives up when it was told to", async () => {
  const server = startServer();
  await using ann = new Told(server, { giveUpMs: 300 });
  await ann.ready();
  const own = server.shutdown();
  await ann.ended;
  await own;
  const last = ann.events.at(-1);
  assertEquals(last?.type === "status" && last.cause, "unreachable");
});

Deno.test("a link that another client took over does not fight for its name", async () => {
  await using server = startServer();
  await using ann = new Told(server);
  await ann.ready();
  const ready = await ann.see("ready", ({ type }) => type === "ready");
  const session = ready.type === "ready" ? ready.session : "";
  using _other = await joinEvent(server, "ann", { session });
  await ann.ended;
  const last = ann.events.at(-1);
  assertEquals(last?.type === "status" && last.cause, "dismissed");
});

Deno.test("closing a link delivers what was sent before it", async () => {
  await using server = startServer();
  using bob = await joinClassic(server, "bob");
  {
    await using ann = new Told(server);
    await ann.ready();
    ann.link.send({ type: "say", room: "lobby", text: "last words" }).catch(() => {});
  }
  assertEquals(await bob.takePair(), ["ann", "last words"]);
});

Deno.test("a message over the server's limit is refused here and harms nothing", async () => {
  await using server = startServer({ limits: { payloadBytes: 200 } });
  await using ann = new Told(server);
  await ann.ready();
  const long = "x".repeat(300);
  const error = await assertRejects(
    () => ann.link.send({ type: "say", room: "lobby", text: long }),
    RequestError,
    "limit of 200",
  );
  assertEquals(error.code, "too-long");
  assertEquals((await ann.link.send({ type: "say", room: "lobby", text: "short" })).type, "ack");
});

Deno.test("an event that is not known yet is passed over", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using ann = new Told({ addr: listener.addr });
  using conn = await listener.accept();
  listener.close();
  const limits = { payload: 65_536 };
  await conn.write(
    eventFrame({
      type: "welcome",
      protocol: 1,
      server: "x",
      epoch: "e",
      needs: [],
      limits,
      more: 1,
    }),
  );
  await conn.write(eventFrame({ type: "sparkle", brightness: 11 }));
  await conn.write(
    eventFrame({ type: "ready", name: "ann", session: "s", room: "lobby", seq: 0, direct: 0 }),
  );
  await ann.ready();
  assertEquals(ann.statuses, ["connecting", "online"]);
});

Deno.test(
  "checklist 10: the pauses between attempts double with jitter and are bounded",
  { permissions: "none" },
  () => {
    assertEquals([0, 1, 2, 3].map((n) => backoffMs(n, () => 1)), [250, 500, 1_000, 2_000]);
    assertEquals(backoffMs(50, () => 1), 30_000);
    assertEquals(backoffMs(2, () => 0), 100);
  },
);
