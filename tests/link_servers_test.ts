/** A link that knows several servers: scripted ones, which are lost, refuse, or are not what they should be. */

import { assert, assertEquals } from "@std/assert";
import type { LinkOptions } from "../lib/client/link_options.ts";
import { RefusedError } from "../lib/client/refusal.ts";
import { READY, ScriptedServer, WELCOME } from "./fixtures/scripted_server.ts";
import { Told } from "./fixtures/told.ts";
import { eventFrame, type RawPeer, until } from "./helpers.ts";

function addressOf({ addr }: ScriptedServer): string {
  return `127.0.0.1:${addr.port}`;
}

/** Connects to wherever a link wants to. */
const connect: LinkOptions["connect"] = (signal, { server }) => {
  const [hostname = "", port] = server.split(":");
  return Deno.connect({ hostname, port: Number(port), signal });
};

/** A link to the first of these, which knows the others; it picks the first of what is as good. */
function linkTo(servers: readonly ScriptedServer[], options: Partial<LinkOptions> = {}): Told {
  const [first] = servers as [ScriptedServer];
  return new Told(first, { connect, servers: servers.map(addressOf), ...options });
}

function onlineAt(told: Told): Array<string | undefined> {
  return told.events.flatMap((event) =>
    event.type === "status" && event.status === "online" ? [event.server] : []
  );
}

async function hear(peer: RawPeer, told: Told, text: string): Promise<void> {
  const at = "2026-01-02T03:04:05.000Z";
  await peer.send(
    eventFrame({ type: "message", room: "lobby", seq: text.length, from: "bob", at, text }),
  );
  await until(text, () => told.texts.at(-1) === text);
}

Deno.test("who has lost a server goes on at another with the same session, at once and without a gap", async () => {
  using a = new ScriptedServer();
  using b = new ScriptedServer();
  await using ann = linkTo([a, b]);
  {
    using first = await a.letIn();
    await hear(first, ann, "123");
    ann.link.send({ type: "say", room: "lobby", text: "hello" }).catch(() => {});
    await first.takeType("say");
    a[Symbol.dispose]();
  }
  using second = await b.letIn();
  assertEquals(second.hello.session, READY.session);
  assertEquals(second.hello.resume, { epoch: "first", seq: { lobby: 3 }, direct: 0 });
  assertEquals((await second.takeType("say")).text, "hello");
  await until("online", () => onlineAt(ann).length === 2);
  assertEquals(onlineAt(ann), [addressOf(a), addressOf(b)]);
  assertEquals(ann.pauses, [25]);
});

Deno.test("a first server that is not there or refuses everybody is passed over", async () => {
  using a = new ScriptedServer();
  using b = new ScriptedServer();
  using c = new ScriptedServer();
  a[Symbol.dispose]();
  // Nothing was lost yet, so also who would not come back goes on.
  await using ann = linkTo([a, b, c], { giveUpMs: 0 });
  using refusing = await b.accept();
  await refusing.send(eventFrame({ type: "bye", reason: "server-full", text: "It is full." }));
  using _peer = await c.letIn();
  await until("online", () => onlineAt(ann).length === 1);
  assertEquals([onlineAt(ann), ann.pauses], [[addressOf(c)], [25, 25]]);
});

Deno.test("where none is there the link ends as it would with one", async () => {
  using a = new ScriptedServer();
  using b = new ScriptedServer();
  const servers = [a, b];
  await using ann = linkTo(servers);
  for (const server of servers) {
    using peer = await server.accept();
    await peer.send(eventFrame({ type: "bye", reason: "server-full", text: "It is full." }));
  }
  const { cause, text } = await ann.ending();
  assertEquals([cause, text], ["unreachable", "It is full."]);
});

Deno.test("what every server would say ends the link at the first", async () => {
  using a = new ScriptedServer();
  using b = new ScriptedServer();
  await using ann = linkTo([a, b]);
  using peer = await a.accept();
  const error = { type: "error", code: "bad-password", text: "Wrong." };
  await peer.send(eventFrame(WELCOME), eventFrame(error));
  const { cause, code } = await ann.ending();
  assertEquals([cause, code], ["refused", "bad-password"]);
});

Deno.test("a server that shuts down or lets nobody in just now is left for the next, without its pause", async () => {
  using a = new ScriptedServer();
  using b = new ScriptedServer();
  using c = new ScriptedServer();
  await using ann = linkTo([a, b, c]);
  using first = await a.letIn();
  await hear(first, ann, "123");
  const wait = { text: "Later.", retryAfterMs: 20_000 };
  await first.send(eventFrame({ type: "bye", reason: "shutdown", ...wait }));
  first[Symbol.dispose]();
  using second = await b.accept();
  await second.send(eventFrame(WELCOME), eventFrame({ type: "error", code: "try-later", ...wait }));
  using _third = await c.letIn();
  await until("online", () => onlineAt(ann).length === 2);
  assertEquals(ann.pauses, [25, 25]);
});

Deno.test("who names one server finds the others that it tells of, and comes back to it first", async () => {
  using a = new ScriptedServer();
  using b = new ScriptedServer();
  await using ann = linkTo([a]);
  {
    using first = await a.letIn({}, { servers: [addressOf(a), addressOf(b), "evil.example:x"] });
    await hear(first, ann, "123");
  }
  {
    using again = await a.letIn({}, { servers: [addressOf(a), addressOf(b)] });
    await hear(again, ann, "12345");
    a[Symbol.dispose]();
  }
  using second = await b.letIn({}, { servers: [addressOf(b)] });
  assertEquals(second.hello.session, READY.session);
  await until("online", () => onlineAt(ann).length === 3);
  // Where they are is no news for a person who has named one, unless it is another.
  assertEquals(onlineAt(ann), [undefined, undefined, addressOf(b)]);
});

Deno.test("a server that was told of and is of no such cluster is shown nothing, and the link goes on", async () => {
  using a = new ScriptedServer();
  using evil = new ScriptedServer();
  await using ann = linkTo([a], { secrets: { password: "secret" } });
  {
    using first = await a.letIn({}, { servers: [addressOf(evil)] });
    await hear(first, ann, "123");
  }
  // The one that was named is tried first, and then the other.
  (await a.accept())[Symbol.dispose]();
  using peer = await evil.accept();
  await peer.send(eventFrame({ ...WELCOME, epoch: "another" }));
  assertEquals(await peer.takeRest(), "");
  using again = await a.letIn();
  assertEquals(again.hello.password, "secret");
  const told = await ann.see(
    "why",
    (event) => event.type === "status" && event.code === "other-cluster",
  );
  assertEquals(
    "text" in told && told.text,
    `${addressOf(evil)} was told of as a node of the cluster, and is none`,
  );
});

Deno.test("one whose certificate is not trusted is passed over, and where no other was named the link ends", async () => {
  using a = new ScriptedServer();
  using b = new ScriptedServer();
  const wrong = new Set([addressOf(a)]);
  const asked: string[] = [];
  const choosing: LinkOptions["connect"] = (signal, at) => {
    asked.push(at.server);
    if (wrong.has(at.server)) throw new RefusedError("untrusted", `${at.server} is not trusted`);
    return connect(signal, at);
  };
  await using ann = linkTo([a, b], { connect: choosing });
  {
    using peer = await b.letIn();
    await hear(peer, ann, "123");
  }
  (await b.letIn())[Symbol.dispose]();
  wrong.add(addressOf(b));
  const { cause, code } = await ann.ending();
  assertEquals([cause, code], ["refused", "untrusted"]);
  assert(asked.filter((each) => each === addressOf(a)).length === 1, `asked ${asked}`);
});
