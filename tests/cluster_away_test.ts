/** A node whose engine is away: what people are told, what goes on, and what is answered when it is back. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { MemoryNodes } from "./fixtures/memory_nodes.ts";
import { type ServedNode, serveNode } from "./fixtures/served_node.ts";
import { joinClassic, joinEvent } from "./helpers.ts";
import { request } from "./web_peer.ts";

/** The status and the text of a path. */
async function look({ door }: ServedNode, path: string): Promise<readonly [number, string]> {
  const { status, body } = await request(door, `GET ${path}`);
  return [status, body];
}

Deno.test("while the engine is away people can read, are told once, and are refused what was not sent", async (t) => {
  await using stack = new AsyncDisposableStack();
  const nodes = stack.use(await MemoryNodes.make());
  const served = await serveNode(stack, nodes, "n1", await nodes.directory());
  const { server, stream } = served;
  using ann = await joinEvent(server, "ann");
  using bob = await joinEvent(server, "bob");
  using old = await joinClassic(server, "old");
  assertEquals((await ann.ask({ type: "say", room: "lobby", text: "before" })).type, "ack");
  assertEquals(await look(served, "/readyz"), [200, "ready\n"]);
  await t.step("all are told, whatever they speak", async () => {
    stream.cut();
    for (const peer of [ann, bob]) {
      assertMatch((await peer.takeType("notice"))["text"], /can't reach its cluster/);
    }
    for (let text = ""; !text.includes("can't reach its cluster");) [, text] = await old.takePair();
  });
  await t.step("what is said is refused, and can be tried again", async () => {
    const { type, code, retryAfterMs } = await ann.ask({ type: "say", room: "lobby", text: "no" });
    assertEquals([type, code, retryAfterMs], ["error", "try-later", 2_000]);
  });
  await t.step("reading goes on", async () => {
    const { type, messages } = await bob.ask({ type: "history", room: "lobby" });
    assertEquals([type, messages.map(({ text }: { text: string }) => text)], ["page", ["before"]]);
    assertEquals((await bob.ask({ type: "who", room: "lobby" })).type, "members");
  });
  await t.step("nobody new comes in", async () => {
    using eve = await joinEvent(server, "eve");
    assertEquals([eve.ready.type, eve.ready.code], ["error", "try-later"]);
  });
  await t.step("the server lives, and is not ready", async () => {
    assertEquals(await look(served, "/healthz"), [200, "alive\n"]);
    assertEquals(await look(served, "/readyz"), [503, "cluster: it can't be reached.\n"]);
    const [, metrics] = await look(served, "/metrics");
    assertMatch(metrics, /^chatroom_cluster_connected 0$/m);
  });
  await t.step("all are told when it is back, and it goes on", async () => {
    stream.mend();
    for (const peer of [ann, bob]) {
      assertMatch((await peer.takeType("notice"))["text"], /can reach its cluster again/);
    }
    assertEquals((await ann.ask({ type: "say", room: "lobby", text: "after" })).type, "ack");
    assertEquals(await look(served, "/readyz"), [200, "ready\n"]);
  });
  const texts = served.logged.map(({ text }) => text);
  assertEquals(texts.filter((text) => text === "The cluster can't be reached").length, 1);
});

Deno.test("what was sent before the engine went away is answered when it is back, truly", async () => {
  await using stack = new AsyncDisposableStack();
  const nodes = stack.use(await MemoryNodes.make());
  const served = await serveNode(stack, nodes, "n1", await nodes.directory());
  const { server, stream } = served;
  using ann = await joinEvent(server, "ann");
  using bob = await joinEvent(server, "bob");
  // The connection is lost right after it was sent: it comes into the log, and nobody here knows.
  const append = stream.append.bind(stream);
  stream.append = (data) => {
    const appended = append(data);
    if (new TextDecoder().decode(data).includes("on its way")) stream.cut();
    return appended;
  };
  const told: string[] = [];
  const answered = ann.ask({ type: "say", room: "lobby", text: "on its way" })
    .then(({ type }) => told.push(type));
  assertMatch((await bob.takeType("notice"))["text"], /can't reach its cluster/);
  assertEquals(told, [], "nobody knows what becomes of it");
  stream.mend();
  await answered;
  assertEquals(told, ["ack"]);
  const { messages } = await bob.ask({ type: "history", room: "lobby" });
  const texts: string[] = messages.map(({ text }: { text: string }) => text);
  assertEquals(texts.filter((text) => text === "on its way").length, 1);
  assert(served.logged.some(({ text }) => text === "The cluster can be reached again"));
});
