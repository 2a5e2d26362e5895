/** How somebody leaves: a room or the server, with what words, and who has sent them away. */

import { assertEquals } from "@std/assert";
import { whyLeft } from "../lib/words/commands/rooms.js";
import { comes, makeRoomHouse, type Somebody } from "./fixtures/room_house.ts";
import { eventFrame, joinEvent, startServer } from "./helpers.ts";

const none = { permissions: "none" } as const;

const LIMITS = { nameMs: 1_000, sessionMs: 60_000 };

/** What somebody was told of who left. */
function left(somebody: Somebody): unknown[] {
  return somebody.take("left").map(({ type: _, ...event }) => event);
}

Deno.test("whoever leaves a room has not gone from the server", none, async () => {
  const house = makeRoomHouse();
  const [bob, eve] = [await comes(house, "bob"), await comes(house, "eve")];
  await eve.ask({ type: "leave", room: "lobby" });
  assertEquals(left(bob), [{ room: "lobby", name: "eve" }]);
  await eve.ask({ type: "join", room: "lobby" });
  await eve.ask({ type: "leave", room: "lobby", text: " off to\nlunch \x02 " });
  assertEquals(left(bob), [{ room: "lobby", name: "eve", why: "off to lunch" }]);
});

Deno.test("whoever goes has gone from all rooms, and each is told so", none, async () => {
  const house = makeRoomHouse({ limits: LIMITS });
  const [bob, eve] = [await comes(house, "bob"), await comes(house, "eve")];
  for (const each of [bob, eve]) await each.ask({ type: "join", room: "dev" });
  await eve.ask({ type: "quit", text: "good night" });
  assertEquals(left(bob), [
    { room: "lobby", name: "eve", reason: "quit", why: "good night", gone: true },
    { room: "dev", name: "eve", reason: "quit", why: "good night", gone: true },
  ]);
  const gil = await comes(house, "gil");
  house.gone(gil.peer, true);
  assertEquals(left(bob), [{ room: "lobby", name: "gil", gone: true }]);
});

Deno.test("whoever is cut off has gone when they do not come back in time", none, async () => {
  let now = 0;
  const house = makeRoomHouse({ limits: LIMITS, now: () => now });
  const [bob, eve] = [await comes(house, "bob"), await comes(house, "eve")];
  house.gone(eve.peer, false, "silent");
  assertEquals(left(bob), []);
  now += 1_001;
  house.expire();
  assertEquals(left(bob), [{ room: "lobby", name: "eve", reason: "silent", gone: true }]);
});

Deno.test("who has another device in a room has not gone with one", none, async () => {
  const house = makeRoomHouse();
  const bob = await comes(house, "bob");
  const [phone, desk] = [await comes(house, "ann"), await comes(house, "ann")];
  for (const each of [bob, desk]) await each.ask({ type: "join", room: "dev", alone: true });
  await desk.ask({ type: "quit" });
  assertEquals(left(bob), [{ room: "dev", name: "ann", reason: "quit" }]);
  await phone.ask({ type: "quit" });
  assertEquals(left(bob), [{ room: "lobby", name: "ann", reason: "quit", gone: true }]);
});

Deno.test(
  "whoever is sent away from the server has gone, and from a room has not",
  none,
  async () => {
    const house = makeRoomHouse();
    const [bob, olga] = [await comes(house, "bob"), await comes(house, "olga")];
    const kick = { type: "mod", action: "kick", target: "eve", reason: "spam" } as const;
    const eve = await comes(house, "eve");
    await olga.ask({ ...kick, room: "lobby", only: true });
    const why = { reason: "kicked", by: "olga", why: "spam" };
    assertEquals(left(bob), [{ room: "lobby", name: "eve", ...why }]);
    house.gone(eve.peer, true);
    await comes(house, "eve");
    await olga.ask(kick);
    assertEquals(left(bob), [{ room: "lobby", name: "eve", ...why, gone: true }]);
  },
);

Deno.test("what may not be said is not said in leaving either", none, async () => {
  const house = makeRoomHouse();
  const [ann, eve] = [await comes(house, "ann", { room: "dev" }), await comes(house, "eve")];
  await eve.ask({ type: "join", room: "dev" });
  const leaves = async (text: string): Promise<unknown> => {
    assertEquals(await eve.code({ type: "leave", room: "dev", text }), "left");
    await eve.ask({ type: "join", room: "dev" });
    return ann.take("left")[0].why;
  };
  assertEquals(await leaves("bye"), "bye");
  assertEquals(await leaves("/ns identify hunter2"), undefined);
  const host = { type: "room", room: "dev" } as const;
  for (const set of [{ quiet: true }, { quiet: false, slow: 30 }]) {
    assertEquals(await ann.code({ ...host, ...set }), "room");
    assertEquals(await leaves("bye"), undefined, JSON.stringify(set));
  }
  await ann.ask({ ...host, slow: 0 });
  assertEquals(await leaves("bye"), "bye");
  await ann.ask({ type: "mod", action: "mute", target: "eve", room: "dev", only: true });
  assertEquals(await leaves("bye"), undefined);
  // A mute in one room is one everywhere for what goes to all.
  await eve.ask({ type: "quit", text: "bye" });
  assertEquals(left(ann), [{ room: "dev", name: "eve", reason: "quit", gone: true }]);
});

Deno.test("too long a farewell is refused like any field that is", async () => {
  await using server = startServer();
  using bob = await joinEvent(server, "bob");
  using ann = await joinEvent(server, "ann");
  assertEquals((await bob.takeEvent()).type, "joined");
  const text = "x".repeat(201);
  assertEquals((await ann.ask({ type: "leave", room: "lobby", text })).code, "bad-field");
  await ann.send(eventFrame({ type: "quit", text: "x".repeat(200) }));
  const { why, gone } = await bob.takeEvent();
  assertEquals([why, gone], ["x".repeat(200), true]);
});

Deno.test("people read why somebody left, be it their own words", none, () => {
  for (
    const [event, text] of [
      [{}, ""],
      [{ why: "lunch" }, "lunch"],
      [{ reason: "quit", why: "lunch" }, "quit: lunch"],
      [{ reason: "kicked", by: "ann", why: "spam" }, "kicked by ann: spam"],
      [{ reason: "kicked", by: "ann" }, "kicked by ann"],
    ] as const
  ) assertEquals(whyLeft(event), text);
});
