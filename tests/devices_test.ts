/** A person with several devices: one for others, whichever of them comes, speaks and goes. */

import { assertEquals } from "@std/assert";
import { CLASSIC_TRAITS } from "../lib/chat/sessions/peer.ts";
import { comeNow, HousePeer } from "./fixtures/house_peer.ts";
import { World } from "./fixtures/world.ts";

const none = { permissions: "none" } as const;

Deno.test(
  "two devices of an account are one member for others, and neither ends the other",
  none,
  async () => {
    const world = new World();
    const phone = await world.ann();
    const desk = await world.ann();
    assertEquals(world.told(), ["ready", "ann in lobby"]);
    const who = await world.ask(world.bob, { type: "who", room: "lobby" });
    assertEquals(who?.type === "members" && [who.members, who.total], [["ann", "bob"], 2]);
    world.told();
    world.house.gone(phone, true);
    assertEquals(world.told(), []);
    world.house.gone(desk, true);
    world.pass(29_999);
    assertEquals(world.told(), []);
    world.pass(1);
    assertEquals(world.told(), ["ann out lobby"]);
  },
);

Deno.test(
  "a quit of the last device is told at once, that of another not at all",
  none,
  async () => {
    const world = new World();
    const phone = await world.ann();
    const desk = await world.ann();
    world.told();
    await world.ask(phone, { type: "quit" });
    assertEquals(world.told(), []);
    await world.ask(desk, { type: "quit" });
    assertEquals(world.told(), ["ann out lobby"]);
  },
);

Deno.test("of more devices than there may be the one that came first is ended", none, async () => {
  const world = new World({ limits: { devices: 2 } });
  const [first, second] = [await world.ann(), await world.ann()];
  const visitor = await world.ann({ visitor: true });
  world.told();
  const third = await world.ann();
  assertEquals(world.told(first).at(-1), "bye replaced");
  assertEquals(world.told(), []);
  for (const peer of [second, third, visitor]) {
    assertEquals(world.told(peer).includes("bye replaced"), false);
  }
});

Deno.test(
  "a guest who logs in where the account is already has only left for others",
  none,
  async () => {
    const world = new World();
    await world.ann();
    const gil = comeNow(world.house, { name: "gil", features: ["people"] });
    await world.ask(gil, { type: "join", room: "dev" });
    await world.ask(world.bob, { type: "join", room: "dev" });
    world.told();
    await world.ask(gil, { type: "login", name: "ann", password: "of ann" });
    assertEquals(world.told().sort(), ["gil is ann", "gil out lobby"]);
    const [lobby, dev] = ["lobby", "dev"].map((room) => world.house.state.registry.room(room));
    assertEquals([lobby?.announced, dev?.announced, lobby?.members.size], [2, 2, 3]);
  },
);

Deno.test(
  "a session of the first version that leaves the account's name comes as a guest",
  none,
  async () => {
    const world = new World();
    await world.ann();
    const old = await world.ann({ features: [] });
    world.told();
    await world.ask(old, { type: "rename", name: "gil" });
    assertEquals(world.told(), ["gil in lobby"]);
    assertEquals(world.house.names("lobby"), ["bob", "ann", "gil"]);
  },
);

Deno.test("a kick, a ban and a mute mean all devices of a person", none, async () => {
  const world = new World();
  const olga = new HousePeer();
  await world.house.come(olga, { name: "olga", login: "of olga" });
  const devices = [await world.ann(), await world.ann({ features: [] })];
  for (const peer of devices) world.told(peer);
  await world.ask(olga, { type: "mod", action: "mute", target: "ann" });
  for (const peer of devices) assertEquals(world.told(peer), ["notice"]);
  await world.ask(olga, { type: "mod", action: "kick", target: "ann", room: "lobby", only: true });
  for (const peer of devices) assertEquals(world.told(peer), ["ann out lobby", "notice"]);
  world.told();
  await world.ask(olga, { type: "mod", action: "ban", target: "ann" });
  for (const peer of devices) assertEquals(world.told(peer), ["bye banned"]);
  assertEquals(world.persons, 1);
});

Deno.test(
  "the name of a person that is given back stays with its devices, as one guest",
  none,
  async () => {
    const world = new World();
    const phone = await world.ann();
    await world.ann();
    world.told();
    await world.ask(phone, { type: "unregister" });
    assertEquals([world.persons, world.told(), world.house.names("lobby")], [0, [], [
      "bob",
      "ann",
    ]]);
    await world.ask(phone, { type: "rename", name: "anna" });
    assertEquals(world.told(), ["ann is anna"]);
    assertEquals(world.house.names("lobby"), ["bob", "anna"]);
  },
);

Deno.test("nothing of a person is left when its last session is forgotten", none, async () => {
  const world = new World({ limits: { sessionMs: 60_000 } });
  for (let count = 0; count < 20; count++) world.house.gone(await world.ann(), false);
  const classic = await world.ann({}, CLASSIC_TRAITS);
  assertEquals(world.persons, 1);
  world.house.gone(classic, true);
  world.pass(60_000);
  assertEquals([world.persons, world.house.present], [0, 1]);
});
