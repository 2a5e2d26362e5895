/**
 * Machines whose clocks are an hour apart: what time it is the log says, to all nodes alike. Here the clock of the
 * engine is that of the log, and the nodes' own is that of this machine.
 */

import { assert, assertEquals, assertGreaterOrEqual, assertLess } from "@std/assert";
import { delay } from "@std/async/delay";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import type { MemoryOptions } from "./fixtures/memory_stream.ts";
import { MemoryNodes } from "./fixtures/memory_nodes.ts";
import { say } from "./fixtures/facts.ts";
import { PLAIN_PASSWORDS } from "./fixtures/people_house.ts";
import { type ServedNode, serveNode } from "./fixtures/served_node.ts";
import { eventually } from "./fixtures/stream_contract.ts";
import { joinEvent, type Json, type RawPeer } from "./helpers.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** The clock of an engine. */
class EngineClock implements MemoryOptions {
  /** By how much it is ahead of this machine's. */
  ahead: number;

  constructor(ahead: number) {
    this.ahead = ahead;
  }

  readonly now = (): number => Date.now() + this.ahead;
}

/** What somebody says in the lobby comes to. */
async function says(peer: RawPeer, text: string): Promise<Json> {
  return await peer.ask({ type: "say", room: "lobby", text });
}

for (const [how, ahead] of [["ahead of", HOUR_MS], ["behind", -HOUR_MS]] as const) {
  Deno.test(`nothing ends early or late where the log's clock is an hour ${how} those of the nodes`, async () => {
    await using stack = new AsyncDisposableStack();
    const clock = new EngineClock(ahead);
    const nodes = stack.use(await MemoryNodes.make({}, clock));
    const serve = async (name: string): Promise<ServedNode> =>
      await serveNode(stack, nodes, name, await nodes.directory(), { passwords: PLAIN_PASSWORDS });
    const [one, two] = [await serve("n1"), await serve("n2")];
    const { house } = one.server.host.shared;
    await house.console({ type: "user", action: "add", name: "olga", role: "owner", proof: "p" });
    using olga = await joinEvent(one.server, "olga", { login: "p", features: ["people"] });
    using bob = await joinEvent(two.server, "bob");

    // The time of a message is the log's, and nobody else's.
    const { at } = await says(bob, "hello");
    assert(nodes.order.messages.some((message) => message.at === Date.parse(at)), at);

    // A mute lasts as long as was said.
    const mute = { type: "mod", action: "mute", target: "bob", forMs: 10 * MINUTE_MS };
    assertEquals((await olga.ask(mute)).type, "mod");
    assertEquals((await says(bob, "too early")).code, "muted");
    clock.ahead += 11 * MINUTE_MS;
    await says(olga, "later");
    await bob.takeType("message");
    assertEquals((await says(bob, "in time")).type, "ack");

    // And so does a link.
    assertEquals((await olga.ask({ type: "join", room: "den", access: "invite" })).type, "joined");
    const link = { type: "invite", room: "den", link: { forMs: 10 * MINUTE_MS } };
    const { token: invite } = await olga.ask(link);
    using carl = await joinEvent(two.server, "carl", { invite });
    assertEquals([carl.ready.type, carl.ready.room], ["ready", "den"]);
    clock.ahead += 11 * MINUTE_MS;
    await says(olga, "later still");
    await bob.takeType("message");
    using dora = await joinEvent(two.server, "dora", { invite });
    assertEquals([dora.ready.type, dora.ready.code], ["error", "bad-invite"]);
  });
}

Deno.test("a log whose clock leaps by an hour, back and forth, keeps order, names and nodes", async () => {
  await using stack = new AsyncDisposableStack();
  const clock = new EngineClock(0);
  const nodes = stack.use(await MemoryNodes.make({}, clock));
  const [one, two] = [
    await serveNode(stack, nodes, "n1", await nodes.directory()),
    await serveNode(stack, nodes, "n2", await nodes.directory()),
  ];
  using ann = await joinEvent(one.server, "ann");
  using bob = await joinEvent(two.server, "bob");
  const seqs: number[] = [];
  const times: number[] = [];
  // As when another server leads the log, and then the first one again.
  for (const ahead of [HOUR_MS, 0, -HOUR_MS, 0]) {
    clock.ahead = ahead;
    for (const peer of [ann, bob]) {
      const { seq, at } = await says(peer, `at ${ahead}`);
      seqs.push(seq);
      times.push(Date.parse(at));
    }
  }
  assertEquals(seqs, [1, 2, 3, 4, 5, 6, 7, 8]);
  assertLess(times[2] ?? 0, times[0] ?? 0);
  // Whoever is cut off keeps its name for its time, which no clock ends.
  const { session } = bob.ready;
  const { house } = two.server.host.shared;
  const cutOff = [...house.state.registry.sessions.present].find(({ name }) => name === "bob");
  assert(cutOff?.peer !== undefined);
  house.gone(cutOff.peer, false);
  clock.ahead = 24 * HOUR_MS;
  await says(ann, "a day later");
  using other = await joinEvent(one.server, "bob", { exact: true });
  assertEquals([other.ready.type, other.ready.code], ["error", "name-taken"]);
  using back = await joinEvent(one.server, "bob", { session });
  assertEquals([back.ready.type, back.ready.name], ["ready", "bob"]);
  await eventually("both have read the same", () => {
    const [a, b] = [one, two].map(({ cluster }) => cluster.watched.now().applied);
    return a === b;
  });
  const dumps = [one, two].map(({ server }) => JSON.stringify(server.host.shared.house.dump()));
  assertEquals(dumps[0], dumps[1]);
  for (const { cluster, logged } of [one, two]) {
    assertEquals(cluster.watched.now().nodes, 2);
    assertEquals(logged.filter(({ level }) => level === "warning" || level === "error"), []);
  }
});

Deno.test("when the log's clock is set ahead by days nothing goes for its age, so that it can be put right", async () => {
  const clock = new EngineClock(0);
  await using nodes = await MemoryNodes.make({ keepMs: 7 * 24 * HOUR_MS }, clock);
  let more = 0;
  const passed = (): number => performance.now() + more;
  const { node } = await nodes.start("n1", await nodes.directory(), { passed });
  const lobby = roomLog("lobby");
  const said = async (): Promise<string[]> => {
    const { entries } = await node.log.index.page(lobby, { limit: 9 });
    return entries.map(({ message }) => message.text);
  };
  /** Time passes, and the node has looked since whether there is something to do for all. */
  const pass = async (ms: number): Promise<void> => {
    more += ms;
    // It has to hear itself again, and looks several times a second.
    await eventually("it is on duty", () => node.isOnDuty);
    await delay(1_000);
  };
  await pass(20_000);
  for (const [text, ahead] of [["a week ago", 0], ["now", 8 * 24 * HOUR_MS]] as const) {
    clock.ahead = ahead;
    node.log.put(say("lobby", text));
    await node.log.settled();
  }
  for (let times = 0; times < 2; times++) await pass(20_000);
  assertEquals(await said(), ["a week ago", "now"]);
  // Nobody has put it right for an hour, so it is right.
  await pass(HOUR_MS);
  await eventually("what is too old is gone", async () => (await said()).join() === "now");
});

Deno.test("the time of the log does not go back while a message of it is applied", async () => {
  await using nodes = await MemoryNodes.make();
  const { node: { log } } = await nodes.start("n1", await nodes.directory());
  const before = log.onEntry;
  const seen: number[] = [];
  log.onEntry = (entry, ticket) => {
    seen.push(log.date);
    before(entry, ticket);
  };
  // Long after the message before, from whose time on it is counted.
  await delay(300);
  const asked = log.date;
  log.put(say("dev", "hello"));
  await eventually("it is applied", () => seen.length > 0);
  assertGreaterOrEqual(seen[0] ?? NaN, asked);
});
