/** A password that is shown before its client comes in, and what others are told of who became an account's. */

import { assertEquals, assertRejects } from "@std/assert";
import type { House } from "../lib/chat/house.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import { EVENT_TRAITS, type Traits } from "../lib/chat/sessions/peer.ts";
import { HousePeer } from "./fixtures/house_peer.ts";
import { comes as someone, makeRoomHouse } from "./fixtures/room_house.ts";
import { PLAIN_PASSWORDS } from "./fixtures/people_house.ts";

const none = { permissions: "none" } as const;

/** The code of what a promise rejects with; `""` if it does not. */
async function codeOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
    return "";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.code;
  }
}

async function comesIn(house: House, peer: HousePeer, name: string): Promise<void> {
  await house.come(peer, { name });
}

Deno.test("who has proven whose name it is comes in without showing it again", none, async () => {
  let hashed = 0;
  const matches = (password: string, proof: string): Promise<boolean> => {
    hashed++;
    return PLAIN_PASSWORDS.matches(password, proof);
  };
  const house = makeRoomHouse({ passwords: { ...PLAIN_PASSWORDS, matches } });
  const peer = new HousePeer({ address: "192.0.2.1" });
  const { name, id } = await house.prove(peer, "ANN", "password of ann");
  assertEquals([name, id], ["ann", "id of ann"]);
  await house.come(peer, { name: "Ann" });
  assertEquals([peer.name, hashed], ["ann", 1]);
  assertEquals(await codeOf(house.prove(peer, "ann", "x")), "already-ready");
  // It stands for that name alone.
  const other = new HousePeer({ address: "192.0.2.1" });
  await house.prove(other, "ann", "password of ann");
  assertEquals(await codeOf(comesIn(house, other, "bob")), "name-reserved");
});

Deno.test("what is not proven, or not any more, lets nobody in", none, async () => {
  let now = 0;
  // Each try comes long after the one before.
  const house = makeRoomHouse({ now: () => now += 3_600_000 });
  const peer = new HousePeer({ address: "192.0.2.1" });
  assertEquals(await codeOf(house.prove(peer, "ann", "guessed")), "bad-login");
  assertEquals(await codeOf(house.prove(peer, "eve", "guessed")), "not-registered");
  const comes = (): Promise<string> => codeOf(comesIn(house, peer, "ann"));
  assertEquals(await comes(), "name-reserved");
  await house.prove(peer, "ann", "password of ann");
  // A wrong one after it takes that back.
  assertEquals(await codeOf(house.prove(peer, "ann", "guessed")), "bad-login");
  assertEquals(await comes(), "name-reserved");
  await house.prove(peer, "ann", "password of ann");
  const own = await someone(house, "ann");
  await own.ask({ type: "passwd", password: "another password" });
  assertEquals(await comes(), "name-reserved");
  await house.prove(peer, "ann", "another password");
  house.gone(peer, true);
  assertEquals(await comes(), "name-reserved");
});

Deno.test(
  "wrong passwords count as they do elsewhere, and who is banned proves nothing",
  none,
  async () => {
    const house = makeRoomHouse();
    const olga = await someone(house, "olga");
    await olga.ask({ type: "mod", action: "ban", target: "198.51.100.7" });
    const banned = new HousePeer({ address: "198.51.100.7" });
    const error = await assertRejects(
      () => house.prove(banned, "bob", "password of bob"),
      Refusal,
    );
    assertEquals(error.code, "banned");
    const codes: string[] = [];
    for (let n = 0; n < 20; n++) {
      const peer = new HousePeer({ address: "192.0.2.9" });
      codes.push(await codeOf(house.prove(peer, "ann", `guess ${n}`)));
    }
    assertEquals(codes[0], "bad-login");
    assertEquals(codes.at(-1), "try-later");
  },
);

const accounts: Traits = { ...EVENT_TRAITS, accounts: true };

Deno.test(
  "those who want to know it are told who becomes an account's, and whose",
  none,
  async () => {
    const house = makeRoomHouse();
    const eve = await someone(house, "eve", {}, { traits: accounts });
    const plain = await someone(house, "plain");
    const gil = await someone(house, "gil");
    const told = (): string[] => {
      const events = eve.peer.told.splice(0);
      return events.flatMap((event) =>
        event.type === "identified"
          ? [`${event.name} of ${event.account}`]
          : event.type === "renamed"
          ? [`${event.from} is ${event.to}`]
          : []
      );
    };
    told();
    await gil.ask({ type: "register", password: "a long password" });
    assertEquals(told(), ["gil of id1"]);
    await gil.ask({ type: "unregister" });
    assertEquals(told(), ["gil of undefined"]);
    await gil.ask({ type: "login", name: "ann", password: "password of ann" });
    assertEquals(told(), ["gil is ann", "ann of id of ann"]);
    // Who comes in as one is no news of that kind, and neither is what happens in other rooms.
    await someone(house, "bob");
    const hal = await someone(house, "hal", { room: "dev" });
    await hal.ask({ type: "register", password: "a long password" });
    assertEquals(told(), []);
    assertEquals(plain.take("identified"), []);
  },
);

Deno.test(
  "who opens a room under a reserved name learns as an event that it hosts it",
  none,
  async () => {
    const house = makeRoomHouse();
    const ann = await someone(house, "ann", {}, { traits: accounts });
    const bob = await someone(house, "bob");
    for (const each of [ann, bob]) {
      await each.ask({ type: "join", room: `of ${each.peer.name}`.replace(" ", "-") });
      for (let n = 0; n < 20; n++) await Promise.resolve();
    }
    assertEquals(ann.take("room").map(({ room, hosts }) => [room, hosts]), [["of-ann", ["ann"]]]);
    assertEquals([bob.take("room"), bob.take("notice").length], [[], 1]);
    // Others in the room are told when that changes.
    await bob.ask({ type: "join", room: "of-ann" });
    await ann.ask({ type: "mod", action: "op", target: "bob", room: "of-ann", only: true });
    await ann.ask({ type: "room", room: "of-ann", host: "bob" });
    const hosts = bob.take("room").map(({ hosts }) => hosts.toSorted());
    assertEquals(hosts.length > 0 && hosts[0].includes("bob"), true);
  },
);
