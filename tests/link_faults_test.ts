/** What a link makes of servers that are slow, overloaded, broken or hostile. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import type { ByteStream } from "../lib/client/wire.ts";
import { READY, ScriptedServer, WELCOME } from "./fixtures/scripted_server.ts";
import { Told } from "./fixtures/told.ts";
import { bytes, eventFrame, startServer, until, within } from "./helpers.ts";
import { Proxy } from "./proxy.ts";

const at = "2026-01-02T03:04:05.000Z";

Deno.test("a server that has spoken events is not taken for a classic one when it is slow", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server, { fallbackMs: 5_000, welcomeMs: 500 });
  using first = await server.letIn();
  await ann.ready();
  first[Symbol.dispose]();
  await until("offline", () => ann.statuses.includes("offline"));
  let isAcked = false;
  const own = ann.link.send({ type: "say", room: "lobby", text: "hello" });
  own.then(() => isAcked = true);
  using second = await server.accept();
  assertEquals(await second.takeRest(), "");
  assertEquals([isAcked, ann.link.protocol], [false, "event"]);
  using third = await server.letIn();
  assertEquals(third.hello.session, READY.session);
  const { id, text } = await third.takeType("say");
  assertEquals(text, "hello");
  await third.send(eventFrame({ type: "ack", id, room: "lobby", seq: 1, at }));
  assertEquals((await within("the ack", own)).type, "ack");
  const told = ann.events.filter((e) => e.type === "status" && e.status === "offline");
  assertEquals(told.map((e) => "text" in e && e.text), [
    "The connection was lost",
    "The server did not answer within 0.5 s",
  ]);
});

Deno.test("a connection that is reset is told of like any other that is lost", async () => {
  using server = new ScriptedServer();
  const cut = Promise.withResolvers<never>();
  await using ann = new Told(server, {
    connect: async (signal) => {
      const conn = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port, signal });
      return {
        read: (buffer: Uint8Array) => Promise.race([conn.read(buffer), cut.promise]),
        write: (data: Uint8Array) => conn.write(data),
        closeWrite: () => conn.closeWrite(),
        close: () => conn.close(),
      } as ByteStream;
    },
  });
  using _peer = await server.letIn();
  await ann.ready();
  cut.reject(new Deno.errors.ConnectionReset("Connection reset by peer (os error 104)"));
  await until("offline", () => ann.statuses.includes("offline"));
  const told = ann.events.find((each) => each.type === "status" && each.status === "offline");
  assertEquals(told?.type === "status" && told.text, "The connection was lost");
});

Deno.test("checklist 10: a server that lets in and drops at once is asked less and less often", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server);
  for (let n = 1; n <= 4; n++) {
    using _peer = await server.letIn();
    await until("online", () => ann.statuses.filter((status) => status === "online").length === n);
  }
  {
    using peer = await server.letIn();
    await peer.send(
      eventFrame({ type: "message", room: "lobby", seq: 1, from: "bob", at, text: "hi" }),
    );
    await until("the message", () => ann.texts.length === 1);
  }
  await until("the last pause", () => ann.pauses.length === 5);
  assertEquals(ann.pauses, [25, 50, 100, 200, 25]);
});

Deno.test("a server that drops at once does not keep a link from giving up", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server, { giveUpMs: 600 });
  const serving = (async () => {
    for (;;) (await server.letIn())[Symbol.dispose]();
  })().catch(() => {});
  assertEquals((await ann.ending()).cause, "unreachable");
  // On a machine that is busy there is time for fewer of them; they grow all the same.
  assertEquals(ann.pauses, [25, 50, 100, 200].slice(0, ann.pauses.length));
  assert(ann.pauses.length > 1, `paused ${ann.pauses} ms`);
  server[Symbol.dispose]();
  await serving;
});

for (const [asked, pause] of [[40, 65], [1e12, 30_025]] as const) {
  Deno.test(`asked to stay away for ${asked} ms, a link comes back after ${pause} ms`, async () => {
    using server = new ScriptedServer();
    await using ann = new Told(server);
    using peer = await server.letIn();
    await ann.ready();
    const text = "Come back later.";
    await peer.send(eventFrame({ type: "bye", reason: "shutdown", text, retryAfterMs: asked }));
    peer[Symbol.dispose]();
    const told = await ann.see("offline", (e) => e.type === "status" && e.status === "offline");
    assertEquals(told, { type: "status", status: "offline", text, retryInMs: pause });
  });
}

Deno.test("once it was online, a link is not turned away by a server in trouble", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server);
  (await server.letIn())[Symbol.dispose]();
  for (const code of ["room-limit", "name-taken"]) {
    using peer = await server.accept();
    await peer.send(eventFrame(WELCOME), eventFrame({ type: "error", code, text: code }));
    await peer.takeRest();
  }
  for (const [reason, first] of [["handshake", [WELCOME]], ["internal", []]] as const) {
    using peer = await server.accept();
    await peer.send(...first.map(eventFrame), eventFrame({ type: "bye", reason, text: reason }));
    await peer.takeRest();
  }
  using _peer = await server.letIn();
  await until("online again", () => ann.statuses.filter((s) => s === "online").length === 2);
  const told = ann.events.filter((e) => e.type === "status" && e.status === "offline");
  assertEquals(told.map((e) => "text" in e && e.text).slice(1), [
    "room-limit",
    "name-taken",
    "handshake",
    "internal",
  ]);
});

for (
  const [reason, cause] of [["banned", "refused"], ["slow", "unreachable"]] as const
) {
  Deno.test(`a first opening that is answered with bye ${reason} ends as ${cause}`, async () => {
    using server = new ScriptedServer();
    await using ann = new Told(server);
    using peer = await server.accept();
    await peer.send(eventFrame({ type: "bye", reason, text: "Not now." }));
    const { cause: told, text } = await ann.ending();
    assertEquals([told, text], [cause, "Not now."]);
  });
}

Deno.test("who lost the name while offline comes back under another", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server, { random: () => 1 });
  (await server.letIn())[Symbol.dispose]();
  const own = ann.link.send({ type: "say", room: "lobby", text: "kept" });
  {
    using peer = await server.accept();
    const error = { type: "error", code: "name-taken", text: "The name ann is in use here" };
    await peer.send(eventFrame(WELCOME), eventFrame(error));
    await peer.takeRest();
  }
  await ann.see("why", (e) => e.type === "status" && e.code === "name-taken");
  const answer = await ann.link.send({ type: "rename", name: "anna" });
  assertEquals(answer.type, "notice");
  using peer = await server.letIn({}, { name: "anna" });
  assertEquals(peer.hello.name, "anna");
  const { id, text } = await peer.takeType("say");
  assertEquals(text, "kept");
  await peer.send(eventFrame({ type: "ack", id, room: "lobby", seq: 1, at }));
  await within("the ack", own);
  assertEquals(ann.link.name, "anna");
});

Deno.test("a name that is asked for while the connection is being made is asked for again", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server);
  (await server.letIn())[Symbol.dispose]();
  using peer = await server.accept();
  await peer.send(eventFrame(WELCOME));
  await peer.takeType("hello");
  await ann.link.send({ type: "rename", name: "anna" });
  await peer.send(eventFrame(READY));
  const { id, name } = await peer.takeType("rename");
  await peer.send(eventFrame({ type: "renamed", id, from: "ann", to: name }));
  await ann.see("the name", (e) => e.type === "renamed");
  assertEquals(ann.link.name, "anna");
});

Deno.test("what went out is not sent again blindly to a server that has forgotten the session", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server);
  const first = await server.letIn();
  await ann.ready();
  const doubtful = ann.link.send({ type: "say", room: "lobby", text: "stored or not" });
  const lost = assertRejects(() => doubtful, RequestError, "may have stored the message or not");
  await first.takeType("say");
  first[Symbol.dispose]();
  using second = await server.letIn({}, { session: "another", lost: true });
  await within("the doubt", lost);
  const next = ann.link.send({ type: "say", room: "lobby", text: "next" });
  const { id, text } = await second.takeType("say");
  assertEquals(text, "next");
  await second.send(eventFrame({ type: "ack", id, room: "lobby", seq: 1, at }));
  await within("the ack", next);
});

Deno.test("of what waits only that is given up which went out to a server that has forgotten the session", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server);
  const first = await server.letIn();
  await ann.ready();
  const doubtful = ann.link.send({ type: "say", room: "lobby", text: "stored or not" });
  const lost = assertRejects(() => doubtful, RequestError, "may have stored the message or not");
  await first.takeType("say");
  first[Symbol.dispose]();
  await until("offline", () => ann.statuses.includes("offline"));
  const meanwhile = ann.link.send({ type: "say", room: "lobby", text: "said while it was away" });
  using second = await server.letIn({}, { session: "another", lost: true });
  await within("the doubt", lost);
  const { id, text } = await second.takeType("say");
  assertEquals(text, "said while it was away");
  await second.send(eventFrame({ type: "ack", id, room: "lobby", seq: 1, at }));
  await within("the ack", meanwhile);
});

Deno.test("what is sent on a later connection than it was written on says so", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server);
  const first = await server.letIn();
  await ann.ready();
  const sent = ann.link.send({ type: "say", room: "lobby", text: "on its way" });
  const { id: _, ...said } = await first.takeType("say");
  assertEquals(said, { type: "say", room: "lobby", text: "on its way" });
  first[Symbol.dispose]();
  await until("offline", () => ann.statuses.includes("offline"));
  const waits = ann.link.send({ type: "direct", to: "bob", text: "waits" });
  using second = await server.letIn({ epoch: "e", features: [] });
  const again = [await second.takeType("say"), await second.takeType("direct")];
  assertEquals(again.map(({ unseen }) => unseen), [true, true]);
  for (const { id } of again) await second.send(eventFrame({ type: "ack", id, seq: 1, at }));
  await within("the acks", Promise.all([sent, waits]));
});

Deno.test("what never went out is sent, though the session is another", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server);
  (await server.letIn())[Symbol.dispose]();
  await until("offline", () => ann.statuses.includes("offline"));
  const own = ann.link.send({ type: "say", room: "lobby", text: "new" });
  using peer = await server.letIn({}, { session: "another", lost: true });
  const { id } = await peer.takeType("say");
  await peer.send(eventFrame({ type: "ack", id, room: "lobby", seq: 1, at }));
  await within("the ack", own);
});

Deno.test("who leaves says so, so that the server keeps nothing", async () => {
  using server = new ScriptedServer();
  const ann = new Told(server);
  using peer = await server.letIn({ features: [] });
  await ann.ready();
  const closing = ann.link.close();
  await peer.takeType("quit");
  peer[Symbol.dispose]();
  await within("the end", closing);
});

Deno.test("a server that hangs is told from one that is gone", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server, { deadAfterMs: 90 });
  using _peer = await server.letIn();
  const told = await ann.see("offline", (e) => e.type === "status" && e.status === "offline");
  assertEquals(
    "text" in told && told.text,
    "The server has given no sign of life for 0.09 s; it may hang",
  );
});

Deno.test("what outgrew the limit while offline fails, and keeps back nothing behind it", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server);
  (await server.letIn())[Symbol.dispose]();
  await until("offline", () => ann.statuses.includes("offline"));
  const long = ann.link.send({ type: "say", room: "lobby", text: "x".repeat(5_000) });
  const short = ann.link.send({ type: "say", room: "lobby", text: "short" });
  using peer = await server.letIn({ limits: { payload: 4_096 } });
  const error = await within("the long one", assertRejects(() => long, RequestError));
  assertMatch(error.message, /over the server's limit of 4096/);
  const { id, text } = await peer.takeType("say");
  assertEquals(text, "short");
  await peer.send(eventFrame({ type: "ack", id, room: "lobby", seq: 1, at }));
  assertEquals((await within("the ack", short)).type, "ack");
});

Deno.test("answers that nobody asked for leave nothing behind", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server);
  using first = await server.letIn();
  await first.send(
    eventFrame({ type: "joined", id: "x", room: "dev", name: "ann", seq: 5 }),
    eventFrame({ type: "renamed", id: "x", from: "ann", to: "eve" }),
    eventFrame({ ...READY, room: "den", name: "eve" }),
    eventFrame({ type: "message", room: "far", seq: 7, from: "bob", at, text: "hi" }),
  );
  await until("the message", () => ann.texts.length === 1);
  assertEquals(ann.events.map(({ type }) => type), ["status", "status", "ready", "message"]);
  first[Symbol.dispose]();
  using second = await server.letIn();
  assertEquals([second.hello.name, second.hello.resume.seq], ["ann", { lobby: 0 }]);
});

/** A connection of which the test holds both sides. */
class FakeStream implements ByteStream {
  readonly written: string[] = [];
  /** Writes wait for this. */
  stalled: Promise<void> | undefined;
  readonly #pipe = new TransformStream<Uint8Array, Uint8Array>(undefined, {
    highWaterMark: Infinity,
  });
  readonly #writer = this.#pipe.writable.getWriter();
  readonly #reader = this.#pipe.readable.getReader();
  #rest = new Uint8Array();

  feed(...parts: Uint8Array[]): void {
    this.#writer.write(bytes(...parts)).catch(() => {});
  }

  async read(into: Uint8Array): Promise<number | null> {
    if (this.#rest.length === 0) {
      const { done, value } = await this.#reader.read();
      if (done) return null;
      this.#rest = value as Uint8Array<ArrayBuffer>;
    }
    const part = this.#rest.subarray(0, into.length);
    into.set(part);
    this.#rest = this.#rest.subarray(part.length);
    return part.length;
  }

  async write(part: Uint8Array): Promise<number> {
    this.written.push(new TextDecoder().decode(part));
    await this.stalled;
    return part.length;
  }

  closeWrite(): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  close(): void {
    this.#writer.close().catch(() => {});
  }
}

Deno.test("a server that asks for signs of life without end has one answer waiting at most", async () => {
  const stream = new FakeStream();
  await using ann = new Told({ addr: {} as Deno.NetAddr }, {
    connect: () => Promise.resolve(stream),
  });
  stream.feed(eventFrame(WELCOME), eventFrame(READY));
  await ann.ready();
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.stalled = promise;
  const pings = Array.from({ length: 1_000 }, () => eventFrame({ type: "ping" }));
  const message = { type: "message", room: "lobby", seq: 1, from: "bob", at, text: "hi" };
  stream.feed(...pings, eventFrame(message));
  await until("the message", () => ann.texts.length === 1);
  stream.stalled = undefined;
  resolve();
  // What is said now comes after all the pongs that were waiting.
  ann.link.send({ type: "say", room: "lobby", text: "hi" }).catch(() => {});
  await until("our message", () => stream.written.some((text) => text.includes('"say"')));
  assertEquals(stream.written.filter((text) => text.includes('"pong"')).length, 1);
  stream.feed(eventFrame({ type: "ping" }));
  await until("another pong", () => stream.written.at(-1)?.includes('"pong"') === true);
});

Deno.test("a room that was asked for and left is not joined again", async () => {
  await using server = startServer();
  await using proxy = new Proxy(server);
  await using ann = new Told(proxy, { rooms: ["lobby", "dev"] });
  await ann.see("the second room", (e) => e.type === "joined" && e.room === "dev");
  await ann.link.send({ type: "leave", room: "dev" });
  proxy.cut();
  await until("online again", () => ann.statuses.filter((s) => s === "online").length === 2);
  const answer = await ann.link.send({ type: "rooms" });
  assert(answer.type === "rooms");
  assertEquals(answer.rooms.map(({ room }) => room), ["lobby"]);
});

Deno.test("a message that a lost server may have stored is asked of the next one until that can tell", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server);
  const first = await server.letIn();
  await ann.ready();
  const own = ann.link.send({ type: "say", room: "lobby", text: "hello" });
  const { id } = await first.takeType("say");
  first[Symbol.dispose]();
  using second = await server.letIn();
  const refuse = (id: string, retryAfterMs: number): Promise<void> =>
    second.send(
      eventFrame({ type: "error", id, code: "try-later", text: "Not now", retryAfterMs }),
    );
  for (let times = 0; times < 3; times++) {
    assertEquals((await second.takeType("say")).id, id);
    await refuse(id, 1);
  }
  // What was not sent before is refused at once.
  const other = ann.link.send({ type: "say", room: "lobby", text: "and again" });
  const refused = assertRejects(() => within("the refusal", other), RequestError, "Not now");
  for (let isOther = false; !isOther;) {
    const said = await second.takeType("say");
    isOther = said.id !== id;
    await refuse(said.id, 1);
  }
  await refused;
  assertEquals((await second.takeType("say")).id, id);
  await second.send(eventFrame({ type: "ack", id, room: "lobby", seq: 1, at }));
  assertEquals((await within("the ack", own)).type, "ack");
});

Deno.test("a message that a lost server may have stored does not wait for long to be asked again", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server);
  const first = await server.letIn();
  await ann.ready();
  const own = ann.link.send({ type: "say", room: "lobby", text: "hello" });
  const refused = assertRejects(() => within("the refusal", own), RequestError, "In an hour");
  await first.takeType("say");
  first[Symbol.dispose]();
  using second = await server.letIn();
  const { id } = await second.takeType("say");
  const error = { type: "error", code: "try-later", text: "In an hour", retryAfterMs: 3_600_000 };
  await second.send(eventFrame({ ...error, id }));
  await refused;
});
