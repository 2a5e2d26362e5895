/** What one device of a person does, and the others follow. */

import { assertEquals, assertRejects } from "@std/assert";
import { Refusal } from "../lib/chat/refusal.ts";
import { CLASSIC_TRAITS } from "../lib/chat/sessions/peer.ts";
import { comeNow, HousePeer } from "./fixtures/house_peer.ts";
import { World } from "./fixtures/world.ts";

const none = { permissions: "none" } as const;

Deno.test(
  "what one device says the others get as their own, and it gets the ack",
  none,
  async () => {
    const world = new World();
    const phone = await world.ann();
    const desk = await world.ann();
    const old = await world.ann({ features: [] });
    const classic = await world.ann({ features: [] }, CLASSIC_TRAITS);
    for (const peer of [phone, desk, old, classic, world.bob]) world.told(peer);
    await world.ask(phone, { type: "say", room: "lobby", text: "hello" });
    assertEquals(world.told(phone), ["ack"]);
    assertEquals(world.told(desk), ["own ann: hello"]);
    for (const peer of [old, classic, world.bob]) assertEquals(world.told(peer), ["ann: hello"]);
  },
);

Deno.test(
  "what one device enters and leaves the others enter and leave, and hear from then on",
  none,
  async () => {
    const world = new World();
    const [phone, desk] = [await world.ann(), await world.ann()];
    const old = await world.ann({ features: [] });
    await world.ask(world.bob, { type: "join", room: "dev" });
    await world.ask(world.bob, { type: "say", room: "dev", text: "before" });
    for (const peer of [phone, desk, old, world.bob]) world.told(peer);
    await world.ask(phone, { type: "join", room: "dev", scrollback: 0 });
    assertEquals(world.told(phone), ["ann in dev"]);
    const [joined] = desk.told;
    assertEquals(joined, {
      ...{ type: "joined", room: "dev", name: "ann", own: true, seq: 1, last: 1, read: 1 },
    });
    assertEquals([world.told(desk), world.told(old)], [["own ann in dev"], []]);
    await world.ask(world.bob, { type: "say", room: "dev", text: "after" });
    assertEquals([world.told(desk), world.told(phone), world.told(old)], [
      ...[["bob: after"], ["bob: after"], []],
    ]);
    assertEquals(world.told(), ["ann in dev", "ack"]);
    await world.ask(old, { type: "join", room: "dev" });
    world.told(old);
    await world.ask(desk, { type: "leave", room: "dev" });
    assertEquals([world.told(desk), world.told(phone), world.told(old)], [
      ...[["ann out dev"], ["own ann out dev"], ["ann out dev"]],
    ]);
    assertEquals(world.told(), ["ann out dev"]);
    const tablet = await world.ann();
    assertEquals(world.house.roomsOf(tablet), ["lobby"]);
  },
);

Deno.test(
  "a login brings a guest's rooms to the account, and the account's to its device",
  none,
  async () => {
    const world = new World();
    const desk = await world.ann({ room: "dev" });
    const gil = comeNow(world.house, { name: "gil", features: ["people"], room: "tea" });
    world.told(desk);
    await world.ask(gil, { type: "login", name: "ann", password: "of ann" });
    assertEquals(world.told(desk).filter((each) => each.includes(" in ")), ["own ann in tea"]);
    assertEquals(world.told(gil).filter((each) => each.includes(" in ")), ["own ann in dev"]);
    for (const peer of [desk, gil]) assertEquals(world.house.roomsOf(peer).sort(), ["dev", "tea"]);
  },
);

Deno.test("a device follows into no room from which it is banned where it is", none, async () => {
  const world = new World();
  const olga = new HousePeer();
  await world.house.come(olga, { name: "olga", login: "of olga", room: "dev" });
  const [phone, desk] = [await world.ann(), await world.ann()];
  await world.ask(olga, { type: "mod", action: "ban", target: "ann", room: "dev", only: true });
  await assertRejects(() => world.ask(phone, { type: "join", room: "dev" }), Refusal, "banned");
  assertEquals([phone, desk].map((peer) => world.house.roomsOf(peer)), [["lobby"], ["lobby"]]);
});

Deno.test(
  "a rename on a device of an account changes how its name is written, on all of them",
  none,
  async () => {
    const world = new World();
    const [phone, desk] = [await world.ann(), await world.ann()];
    for (const peer of [phone, desk, world.bob]) world.told(peer);
    await world.ask(phone, { type: "rename", name: "Ann" });
    for (const peer of [phone, desk, world.bob]) assertEquals(world.told(peer), ["ann is Ann"]);
    assertEquals([phone.name, desk.name], ["Ann", "Ann"]);
    const tablet = await world.ann({ name: "ANN" });
    assertEquals([tablet.name, world.told(tablet).includes("notice")], ["Ann", false]);
    await assertRejects(
      async () => await world.ask(phone, { type: "rename", name: "anna" }),
      Refusal,
      "only how it is written: anna is another one",
    );
    assertEquals(world.house.names("lobby"), ["bob", "Ann"]);
  },
);

Deno.test("what another device said meanwhile is one's own to who catches up", none, async () => {
  const world = new World();
  const [phone, desk] = [await world.ann(), await world.ann()];
  const { session } = phone;
  const resume = { epoch: world.house.index.epoch, seq: { lobby: 0 } };
  world.house.gone(phone, false);
  await world.ask(desk, { type: "say", room: "lobby", text: "mine" });
  await world.ask(world.bob, { type: "say", room: "lobby", text: "his" });
  const again = await world.ann({ session, resume });
  assertEquals(world.told(again).filter((each) => each.includes(": ")), [
    "own ann: mine",
    "bob: his",
  ]);
  world.house.gone(again, false);
  const old = await world.ann({ session, resume, features: [] });
  assertEquals(world.told(old).filter((each) => each.includes(": ")), ["ann: mine", "bob: his"]);
});
