/**
 * A node that is given up: whoever was connected with it is cut off for all houses, as by a connection that
 * broke, and may come back elsewhere.
 */

import { assertEquals } from "@std/assert";
import { House } from "../lib/chat/house.ts";
import type { Fact } from "../lib/chat/log/fact.ts";
import type { Session } from "../lib/chat/sessions/session.ts";
import { known, LIMITS } from "./fixtures/evolving.ts";
import { comeNow } from "./fixtures/house_peer.ts";
import { still, stillLog } from "./fixtures/still.ts";
import { makeWorld, type Somebody, type World } from "./fixtures/three_houses.ts";

const [OLGA, ANN, BOB] = [0, 1, 2] as const;
/** Where Ann is, see makeWorld(). */
const HERS = 1;
const NAME_MS = LIMITS.nameMs;

function somebody({ people }: World, who: number): Somebody {
  const found = people[who];
  if (found === undefined) throw new Error(`Nobody has the number ${who}`);
  return found;
}

/** What each house knows of somebody's session. */
function sessionsOf(world: World, hash: string): Array<Session | undefined> {
  return world.houses.map(({ state: { registry } }) => registry.session(hash));
}

function presence(world: World, hash: string): boolean[] {
  return world.houses.map(({ state: { registry } }) =>
    [...registry.sessions.present].some((session) => session.hash === hash)
  );
}

async function lose(world: World, lost: number): Promise<void> {
  world.lose({ lost });
  await world.settle();
}

async function pass(world: World, passMs: number): Promise<void> {
  await world.take({ passMs, told: 0 });
  await world.settle();
}

async function back(world: World, comes: number, to: number, name: string): Promise<void> {
  world.come({ comes, to, name, how: "back" });
  await world.settle();
}

function agree({ houses }: World): void {
  const [first, ...others] = houses.map(({ state }) => known(state));
  for (const other of others) assertEquals(other, first);
}

/** What somebody was told of another's rooms, but for the first so many events. */
function toldOf(name: string, world: World, who: number, after: number): string[] {
  return somebody(world, who).peer.told.slice(after).flatMap((event) =>
    (event.type === "left" || event.type === "joined") && event.name === name
      ? `${event.type} ${event.room} ${event.type === "left" ? event.reason ?? "" : ""}`.trim()
      : []
  );
}

Deno.test("who is connected with a node that is dead is cut off, and the rooms are told when it stays away", async () => {
  const world = await makeWorld();
  const { session } = somebody(world, ANN).peer;
  const before = somebody(world, BOB).peer.told.length;
  await lose(world, HERS);
  agree(world);
  assertEquals(presence(world, session), [false, false, false]);
  assertEquals(sessionsOf(world, session).map((each) => each?.name), ["ann", "ann", "ann"]);
  assertEquals(sessionsOf(world, session).map((each) => each?.rooms.size), [3, 3, 3]);
  assertEquals(presence(world, somebody(world, OLGA).peer.session), [true, true, true]);
  assertEquals(presence(world, somebody(world, BOB).peer.session), [true, true, true]);
  assertEquals(toldOf("ann", world, BOB, before), []);
  await pass(world, NAME_MS);
  agree(world);
  assertEquals(toldOf("ann", world, BOB, before), ["left lobby", "left dev", "left ops"]);
});

Deno.test("a peer of a node that reads of its own death is closed as by a server that stops", async () => {
  const world = await makeWorld();
  const { told } = somebody(world, ANN).peer;
  const before = told.length;
  await lose(world, HERS);
  const [bye, ...others] = told.slice(before);
  assertEquals(others, []);
  assertEquals(bye?.type === "bye" && [bye.reason, bye.retryAfterMs], ["shutdown", 1_000]);
  assertEquals(world.houses[HERS]?.roomsOf(somebody(world, ANN).peer), []);
  for (const who of [OLGA, BOB]) {
    assertEquals(somebody(world, who).peer.told.filter(({ type }) => type === "bye"), []);
  }
});

Deno.test("who was cut off comes back to name and rooms by another node, and nobody is told", async () => {
  const world = await makeWorld();
  const { session } = somebody(world, OLGA).peer;
  const before = somebody(world, BOB).peer.told.length;
  await lose(world, 0);
  await back(world, OLGA, 2, "olga");
  await pass(world, NAME_MS);
  agree(world);
  assertEquals(presence(world, session), [true, true, true]);
  assertEquals(sessionsOf(world, session).map((each) => each?.node), ["n2", "n2", "n2"]);
  assertEquals(sessionsOf(world, session).map((each) => each?.rooms.size), [3, 3, 3]);
  assertEquals(toldOf("olga", world, BOB, before), []);
});

Deno.test("who has come in by another node meanwhile is not cut off, and its earlier connection ends nothing", async () => {
  const world = await makeWorld();
  const earlier = somebody(world, ANN);
  const { session } = earlier.peer;
  // All of it is in the order before any house reads it.
  world.come({ comes: ANN, to: 2, name: "ann", how: "back" });
  await Promise.resolve();
  earlier.house.gone(earlier.peer, true);
  await lose(world, HERS);
  agree(world);
  assertEquals(presence(world, session), [true, true, true]);
  assertEquals(sessionsOf(world, session).map((each) => [each?.node, each?.times]), [
    ["n2", 2],
    ["n2", 2],
    ["n2", 2],
  ]);
});

Deno.test("a connection that ends when its node was given up ends nothing more", async () => {
  const world = await makeWorld();
  const { session } = somebody(world, ANN).peer;
  world.lose({ lost: HERS });
  // Its node has not read that yet, and puts an end that leaves rooms and name at once.
  world.go({ goes: ANN, before: false, clean: true });
  await world.settle();
  agree(world);
  assertEquals(sessionsOf(world, session).map((each) => each?.rooms.size), [3, 3, 3]);
});

Deno.test("a visitor of a node that is dead has gone at once", async () => {
  const world = await makeWorld();
  world.come({ comes: ANN, to: HERS, name: "zoe", how: "visiting" });
  await world.settle();
  const { session } = somebody(world, ANN).peer;
  await lose(world, HERS);
  agree(world);
  assertEquals(sessionsOf(world, session).map((each) => each?.rooms.size), [0, 0, 0]);
  const names = world.houses.map(({ state }) =>
    state.registry.names.holder("zoe", "zoe", undefined)
  );
  assertEquals(names, [undefined, undefined, undefined]);
});

Deno.test("a node that nobody is connected with may be given up, and then nothing changes", async () => {
  const world = await makeWorld();
  const before = world.houses.map(({ state }) => known(state));
  world.logs[0]?.put({ kind: "lost", node: "n7" });
  await world.settle();
  assertEquals(world.houses.map(({ state }) => known(state)), before);
});

Deno.test("rooms are told why a node was given up, if a reason was noted", async () => {
  const world = await makeWorld();
  const before = somebody(world, BOB).peer.told.length;
  world.logs[0]?.put({ kind: "lost", node: "n1", reason: "timeout" });
  await world.settle();
  await pass(world, NAME_MS);
  assertEquals(toldOf("ann", world, BOB, before), [
    "left lobby timeout",
    "left dev timeout",
    "left ops timeout",
  ]);
});

Deno.test("on one machine no fact has a node, and on a node those who come in have its name", () => {
  for (const [named, expected] of [[{}, [false]], [{ node: "n1" }, ["n1"]]] as const) {
    const log = stillLog();
    const house = new House({ ...still(), factLog: log, ...named });
    const facts: Fact[] = [];
    const { onEntry } = log;
    log.onEntry = (entry, ticket) => {
      facts.push(entry.fact);
      onEntry(entry, ticket);
    };
    const peer = comeNow(house, { name: "ann" });
    const nodes = facts.flatMap((fact) =>
      fact.kind === "enter" ? ("node" in fact && fact.node) : []
    );
    assertEquals(nodes, [...expected]);
    assertEquals(house.state.registry.session(peer.session)?.node, expected[0] || undefined);
  }
});

Deno.test("a connection with a dead node that ends late ends nothing of the session that goes on elsewhere", async () => {
  const world = await makeWorld();
  const { session } = somebody(world, ANN).peer;
  // Her node hears of nothing; the others have forgotten by then how often she had come in.
  const readOn = async (): Promise<void> => {
    for (const reads of [0, 2]) await world.take({ reads, entries: 100 });
  };
  world.lose({ lost: HERS });
  await readOn();
  await world.take({ passMs: NAME_MS, told: 0 });
  await readOn();
  assertEquals(world.houses[0]?.state.registry.session(session), undefined);
  await world.take({ comes: ANN, to: 2, name: "ann", how: "back" });
  await readOn();
  await world.take({ goes: ANN, before: true, clean: false });
  await world.settle();
  agree(world);
  assertEquals(presence(world, session), [true, true, true]);
  assertEquals(sessionsOf(world, session).map((each) => each?.node), ["n2", "n2", "n2"]);
});
