/** Mistakes of ours in deciding, evolving and telling: what they cost, and what whoever runs the server learns. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { LogEntry } from "../lib/server/log.ts";
import { eventFrame, joinEvent, startServer, within } from "./helpers.ts";
import { openNew } from "./fixtures/stored_server.ts";

const MISTAKE = "a mistake of ours";

function fail(): never {
  throw new TypeError(MISTAKE);
}

Deno.test("what can't be decided costs its client the connection, and is counted and logged", async () => {
  const entries: LogEntry[] = [];
  await using server = startServer({
    log: (entry) => void entries.push(entry),
    onProblem: () => {},
  });
  const { house, metrics } = server.host.shared;
  using ann = await joinEvent(server, "ann");
  using bob = await joinEvent(server, "bob");
  Object.defineProperty(house.state.people, "isPeaceful", { get: fail, configurable: true });
  await ann.send(eventFrame({ type: "say", room: "lobby", text: "for nobody's log" }));
  assertEquals((await ann.takeType("bye")).reason, "internal");
  Object.defineProperty(house.state.people, "isPeaceful", { get: () => true });
  assertEquals((await bob.ask({ type: "say", room: "lobby", text: "on it goes" })).type, "ack");
  assertEquals(metrics.decideFailures, 1);
  const [logged] = entries.filter(({ kind }) => kind === "undecided");
  const { fact = "", trace = "" } = logged?.fields ?? {};
  assertStringIncludes(String(fact), '"kind":"say"');
  assertStringIncludes(String(trace), MISTAKE);
  assertEquals(String(fact).includes("nobody"), false);
});

for (const kept of ["in memory", "on disk"]) {
  Deno.test(`an entry that can't be taken in ends the server, and nothing more is told, ${kept}`, async () => {
    const entries: LogEntry[] = [];
    await using stored = await openNew();
    const log = (entry: LogEntry): void => void entries.push(entry);
    const factLog = kept === "on disk" ? { factLog: stored } : {};
    await using server = startServer({
      log,
      onProblem: () => {},
      limits: { drainMs: 200 },
      ...factLog,
    });
    using ann = await joinEvent(server, "ann");
    Object.defineProperty(server.host.shared.house.state.registry, "setTopic", { value: fail });
    const topic = eventFrame({ type: "topic", room: "lobby", text: "tea" });
    await ann.send(topic, eventFrame({ type: "say", room: "lobby", text: "hi" }));
    assertEquals((await ann.takeType("bye")).reason, "shutdown");
    await within("the end", server.finished);
    assertEquals(server.isBroken, true);
    const [logged] = entries.filter(({ kind }) => kind === "broken");
    const { entry = "", trace = "" } = logged?.fields ?? {};
    assertStringIncludes(String(entry), '"kind":"topic"');
    assertStringIncludes(String(trace), MISTAKE);
  });
}

Deno.test("what can't be told costs whoever asked for it the connection, and the server goes on", async () => {
  const entries: LogEntry[] = [];
  const log = (entry: LogEntry): void => void entries.push(entry);
  await using server = startServer({ log, onProblem: () => {} });
  const { house, metrics } = server.host.shared;
  using ann = await joinEvent(server, "ann");
  using bob = await joinEvent(server, "bob");
  const session = house.state.registry.named("bob");
  Object.defineProperty(session, "deliver", { value: fail, configurable: true });
  await ann.send(eventFrame({ type: "direct", to: "bob", text: "for nobody's log", id: "1" }));
  assertEquals((await ann.takeType("bye")).reason, "internal");
  Reflect.deleteProperty(session as object, "deliver");
  assertEquals((await bob.ask({ type: "say", room: "lobby", text: "on it goes" })).type, "ack");
  assertEquals([metrics.tellFailures, server.isBroken], [1, false]);
  const [logged] = entries.filter(({ kind }) => kind === "untold");
  const { entry = "", trace = "" } = logged?.fields ?? {};
  assertStringIncludes(String(entry), '"kind":"direct"');
  assertStringIncludes(String(trace), MISTAKE);
  assertEquals(String(entry).includes("nobody"), false);
});
