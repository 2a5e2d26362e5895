/** Who is told that somebody comes into a room, leaves it or takes another name. */

import { assertEquals } from "@std/assert";
import { House } from "../lib/chat/house.ts";
import type { HouseLimits } from "../lib/chat/house_limits.ts";
import type { Event } from "../lib/wire/events.ts";
import { comeNow, type HousePeer } from "./fixtures/house_peer.ts";
import { still, stillLog } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;

/** What an event says of somebody else, if it does. */
function news(event: Event): string[] {
  if (event.type === "joined" && event.id === undefined) return [`${event.name} in ${event.room}`];
  if (event.type === "left" && event.id === undefined) return [`${event.name} out ${event.room}`];
  if (event.type === "renamed" && event.id === undefined) return [`${event.from} is ${event.to}`];
  return [];
}

/** Somebody in a house, and what that peer was told of others since it was last asked. */
function enter(house: House, name: string, visitor = false): [HousePeer, () => string[]] {
  const peer = comeNow(house, { name, visitor });
  return [peer, () => peer.told.splice(0).flatMap(news)];
}

/** A house whose clock stands still, and in which nobody is let go on who has spoken too much. */
function stillHouse(limits: Partial<HouseLimits>): House {
  const until = (): Promise<void> => new Promise(() => {});
  return new House({ ...still(), factLog: stillLog(), limits, now: () => 0, until });
}

Deno.test("a room is told who comes and goes, but not of visitors", none, () => {
  const house = stillHouse({});
  const [ann, told] = enter(house, "ann");
  const [bob] = enter(house, "bob");
  const [bot] = enter(house, "bot", true);
  assertEquals(told(), ["bob in lobby"]);
  for (const each of [ann, bob, bot]) house.request(each, { type: "join", id: "1", room: "dev" });
  for (const each of [bob, bot]) house.request(each, { type: "leave", id: "2", room: "dev" });
  house.request(bob, { type: "leave", id: "3", room: "lobby" });
  assertEquals(told(), ["bob in dev", "bob out dev", "bob out lobby"]);
});

Deno.test(
  "a crowd is not told who comes and goes, and who is one too many is not told of",
  none,
  () => {
    const house = stillHouse({ presenceMembers: 2 });
    const [, told] = enter(house, "ann");
    const [bob] = enter(house, "bob");
    const [eve] = enter(house, "eve");
    house.request(eve, { type: "leave", id: "1", room: "lobby" });
    house.request(bob, { type: "leave", id: "1", room: "lobby" });
    assertEquals(told(), ["bob in lobby", "bob out lobby"]);
  },
);

Deno.test("who shares several rooms with somebody is told once of another name", none, () => {
  const house = stillHouse({ presenceMembers: 2 });
  const [ann, told] = enter(house, "ann");
  const [bob, toldBob] = enter(house, "bob");
  const [bot] = enter(house, "bot", true);
  const [, toldEve] = enter(house, "eve");
  for (const each of [ann, bob, bot]) house.request(each, { type: "join", id: "1", room: "dev" });
  [told, toldBob, toldEve].forEach((take) => take());
  house.request(bob, { type: "rename", id: "2", name: "rob" });
  house.request(bot, { type: "rename", id: "2", name: "robot" });
  assertEquals([told(), toldEve(), toldBob()], [["bob is rob"], ["bob is rob"], []]);
});

Deno.test(
  "what a room is told of its members counts in its rate, and in a crowd it does not",
  none,
  () => {
    const waits = (presenceMembers: number): boolean[] => {
      const house = stillHouse({ presenceMembers, roomMessagesPerSecond: 1 });
      const [ann] = enter(house, "ann");
      const [bob] = enter(house, "bob");
      const ask = (peer: HousePeer, type: "join" | "leave"): boolean =>
        house.request(peer, { type, id: "1", room: "dev" }) !== undefined;
      // Two go at once, at one a second.
      const all = [ask(ann, "join"), ask(bob, "join"), ask(bob, "leave"), ask(bob, "join")];
      // Each room that is told of a name counts it.
      return [...all, house.request(ann, { type: "rename", id: "1", name: "anna" }) !== undefined];
    };
    assertEquals(waits(2), [false, false, true, true, true]);
    assertEquals(waits(0), [false, false, false, false, false]);
  },
);
