/** Whoever goes on as another account on one connection takes no rooms of the first one along. */

import { assertEquals } from "@std/assert";
import type { House } from "../lib/chat/house.ts";
import { accountOf, comes, makeRoomHouse, type Somebody } from "./fixtures/room_house.ts";

const none = { permissions: "none" } as const;

/** Where somebody is, as the house knows it. */
function roomsOf(house: House, { peer }: Somebody): string[] {
  const session = [...house.state.registry.sessions.present].find((each) => each.peer === peer);
  return [...session?.rooms ?? []].toSorted();
}

function listOf({ state }: House, name: string): string[] {
  return [...state.lists.of(accountOf(name).id).values()].map(({ log }) => log).toSorted();
}

const LOGIN = { type: "login", name: "bob", password: "password of bob" } as const;

Deno.test(
  "the rooms of an account stay its own when its device becomes another's",
  none,
  async () => {
    const house = makeRoomHouse();
    const carl = await comes(house, "carl");
    const bob = await comes(house, "bob", { room: "bobs" });
    const ann = await comes(house, "ann");
    for (const room of ["open", "den", "club"]) await ann.ask({ type: "join", room });
    await ann.ask({ type: "room", room: "den", access: "unlisted" });
    await ann.ask({ type: "room", room: "club", access: "invite" });
    await ann.ask({ type: "invite", room: "club", name: "carl" });
    for (const room of ["open", "den", "club"]) await carl.ask({ type: "join", room });
    for (const each of [ann, bob, carl]) each.peer.told.splice(0);
    const listed = listOf(house, "ann");
    assertEquals((await ann.ask(LOGIN)).name, "bob");
    assertEquals(roomsOf(house, ann), ["bobs"]);
    const left = ann.take("left");
    assertEquals(left.map(({ room }) => room).toSorted(), ["club", "den", "lobby", "open"]);
    assertEquals(left.every(({ name, own }) => name === "ann" && own === true), true);
    assertEquals(ann.take("joined").map(({ room, name }) => [room, name]), [["bobs", "bob"]]);
    // Others see that she has left, and not as whom she goes on.
    const seen = carl.take("left").map(({ name, room }) => [name, room]);
    assertEquals(seen.toSorted(), ["club", "den", "lobby", "open"].map((room) => ["ann", room]));
    assertEquals(carl.take("renamed"), []);
    // Nor does anything of it become his.
    assertEquals([roomsOf(house, bob), listOf(house, "bob")], [["bobs"], ["room bobs"]]);
    assertEquals(listOf(house, "ann"), listed);
    const says = { type: "say", text: "hi" } as const;
    const codes: string[] = [];
    for (const room of ["open", "den", "club"]) codes.push(await ann.code({ ...says, room }));
    assertEquals(codes, ["not-in-room", "not-in-room", "no-such-room"]);
  },
);

Deno.test("who has listed nothing goes on in the lobby", none, async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  await ann.ask({ type: "join", room: "den" });
  await ann.ask(LOGIN);
  assertEquals([roomsOf(house, ann), listOf(house, "bob")], [["lobby"], ["room lobby"]]);
});

Deno.test("a ban from a room that one leaves by it does not keep one from it", none, async () => {
  const house = makeRoomHouse();
  const olga = await comes(house, "olga");
  const ann = await comes(house, "ann");
  for (const each of [olga, ann]) await each.ask({ type: "join", room: "den" });
  await olga.ask({ type: "mod", action: "ban", target: "bob", room: "den", only: true });
  assertEquals(await ann.code(LOGIN), "account");
  assertEquals(roomsOf(house, ann), ["lobby"]);
});

Deno.test("rooms that both accounts have listed are not left", none, async () => {
  const house = makeRoomHouse();
  const carl = await comes(house, "carl", { room: "both" });
  const bob = await comes(house, "bob", { room: "both" });
  const ann = await comes(house, "ann", { room: "both" });
  for (const each of [ann, bob, carl]) each.peer.told.splice(0);
  await ann.ask(LOGIN);
  assertEquals([roomsOf(house, ann), ann.take("left")], [["both"], []]);
  assertEquals(carl.take("left").map(({ name }) => name), ["ann"]);
  assertEquals(bob.take("left").map(({ name }) => name), ["ann"]);
});

Deno.test("a guest who shows whose name it is stays where it is", none, async () => {
  const house = makeRoomHouse();
  const gil = await comes(house, "gil");
  await gil.ask({ type: "join", room: "den" });
  await gil.ask(LOGIN);
  assertEquals(roomsOf(house, gil), ["den", "lobby"]);
  assertEquals(listOf(house, "bob"), ["room den", "room lobby"]);
});
