/** Clients that are in no room unless they ask for one, as those of IRC, and what they do on one device alone. */

import { assertEquals, assertRejects } from "@std/assert";
import { Refusal } from "../lib/chat/refusal.ts";
import { EVENT_TRAITS, type Traits } from "../lib/chat/sessions/peer.ts";
import { HousePeer } from "./fixtures/house_peer.ts";
import { ACCOUNTS, comes, makeRoomHouse } from "./fixtures/room_house.ts";
import { keeping } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;

const traits: Traits = { ...EVENT_TRAITS, resumes: false, ordered: true, roomless: true };

Deno.test("whoever is in no room of its own accord is in none, and told so", none, async () => {
  const house = makeRoomHouse();
  const eve = await comes(house, "eve", {}, { traits });
  const [ready] = eve.take("ready");
  assertEquals([ready.room, ready.seq, ready.last, ready.topic], ["", 0, undefined, undefined]);
  assertEquals(house.roomsOf(eve.peer), []);
  assertEquals(await eve.code({ type: "say", room: "lobby", text: "hi" }), "not-in-room");
  assertEquals(await eve.code({ type: "join", room: "dev" }), "joined");
  assertEquals(house.roomsOf(eve.peer), ["dev"]);
  assertEquals((await eve.ask({ type: "who", room: "lobby" })).members, []);
});

Deno.test(
  "it gets the room that it asks for, or is refused: there is no other one",
  none,
  async () => {
    const house = makeRoomHouse();
    const eve = await comes(house, "eve", { room: "dev" }, { traits });
    assertEquals(eve.take("ready")[0].room, "dev");
    assertEquals(house.roomsOf(eve.peer), ["dev"]);
    const ann = await comes(house, "ann");
    await ann.ask({ type: "join", room: "den", access: "invite" });
    for (const resume of [undefined, { epoch: house.index.epoch, seq: { dev: 0 } }]) {
      const hello = { room: "den", ...(resume === undefined ? {} : { resume }) };
      const error = await assertRejects(() => comes(house, "gil", hello, { traits }), Refusal);
      assertEquals(error.code, "invite-only");
    }
  },
);

Deno.test(
  "a device of an account is in what that has listed, and none of it is first",
  none,
  async () => {
    const house = makeRoomHouse();
    const desk = await comes(house, "ann", { room: "dev" });
    await desk.ask({ type: "join", room: "ops" });
    await desk.ask({ type: "say", room: "ops", text: "earlier" });
    const phone = await comes(house, "ann", {}, { traits });
    const [ready] = phone.take("ready");
    assertEquals([ready.room, ready.seq], ["", 0]);
    assertEquals(ready.rooms.map(({ room }: { room: string }) => room), ["dev", "ops"]);
    assertEquals(house.roomsOf(phone.peer).sort(), ["dev", "ops"]);
    assertEquals(phone.take("message"), []);
    await desk.ask({ type: "say", room: "ops", text: "now" });
    assertEquals(phone.take("message").map(({ text, own }) => [text, own]), [["now", true]]);
  },
);

Deno.test("a guest who comes by a link is in the room of that", none, async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  await ann.ask({ type: "join", room: "den", access: "invite" });
  const { token } = await ann.ask({ type: "invite", room: "den", link: {} });
  const gus = await comes(house, "gus", { invite: token }, { traits });
  assertEquals(house.roomsOf(gus.peer), ["den"]);
});

Deno.test(
  "a house that is made with what another knew has such clients as well",
  none,
  async () => {
    const house = makeRoomHouse();
    const peer = new HousePeer({ traits });
    await house.come(peer, { name: "eve" });
    const dump = JSON.parse(JSON.stringify(house.dump()));
    const again = makeRoomHouse({ before: dump }, keeping({ accounts: ACCOUNTS }));
    assertEquals(JSON.parse(JSON.stringify(again.dump())), dump);
  },
);

Deno.test(
  "what one device does alone is in no list, and no other device follows",
  none,
  async () => {
    const house = makeRoomHouse();
    const [phone, desk] = [await comes(house, "ann"), await comes(house, "ann")];
    assertEquals(await desk.code({ type: "join", room: "tea", alone: true }), "joined");
    assertEquals(house.roomsOf(desk.peer), ["lobby", "tea"]);
    assertEquals([house.roomsOf(phone.peer), phone.take("joined")], [["lobby"], []]);
    assertEquals(await desk.code({ type: "leave", room: "lobby", alone: true }), "left");
    assertEquals([house.roomsOf(desk.peer), house.roomsOf(phone.peer)], [["tea"], ["lobby"]]);
    assertEquals(phone.take("left"), []);
    const tablet = await comes(house, "ann");
    const [{ rooms }] = tablet.take("ready");
    assertEquals(rooms.map(({ room }: { room: string }) => room), ["lobby"]);
    // What is said there is in no list either.
    assertEquals(await desk.code({ type: "say", room: "tea", text: "alone" }), "ack");
    assertEquals(await desk.code({ type: "join", room: "tea" }), "joined");
    assertEquals(house.roomsOf(phone.peer), ["lobby", "tea"]);
  },
);
