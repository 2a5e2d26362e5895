/** Rooms that somebody opens again while they are tidied away. */

import { assertEquals } from "@std/assert";
import type { House } from "../lib/chat/house.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { hash } from "./fixtures/facts.ts";
import { comes, makeRoomHouse, type Somebody } from "./fixtures/room_house.ts";
import { makeDir } from "./fixtures/stored_server.ts";

async function reserve(house: House, name: string): Promise<Somebody> {
  const proof = `password of ${name}`;
  await house.console({ type: "user", action: "add", name, role: "member", proof });
  return await comes(house, name);
}

Deno.test("a room that is opened again while it is tidied away stays as it was set", async () => {
  await using dir = await makeDir();
  let now = 0;
  {
    await using log = await LocalLog.open({ dir: dir.path });
    const house = makeRoomHouse({ now: () => now, date: Date.now, hashOf: hash }, log);
    const ann = await reserve(house, "ann");
    // A guest of whom it has to be looked on disk whether it may come back.
    await ann.ask({ type: "join", room: "den", access: "invite" });
    const { token: invite } = await ann.ask({ type: "invite", room: "den", link: {} });
    house.gone((await comes(house, "guest", { invite })).peer, true);
    await ann.ask({ type: "join", room: "nook", access: "unlisted" });
    await ann.ask({ type: "leave", room: "nook" });
    await house.settled();
    now = 9 * 86_400_000;
    house.expire();
    await house.settled();
    now += 61_000;
    house.expire();
    await ann.ask({ type: "join", room: "nook" });
    await ann.ask({ type: "say", room: "nook", text: "for those who know it" });
    // What tidies has looked by then, and has had its turn.
    await log.index.recall(hash("nobody"));
    await reserve(house, "bob");
    await house.settled();
  }
  await using log = await LocalLog.open({ dir: dir.path });
  const nook = log.people.rooms.find(({ key }) => key === "nook");
  assertEquals(nook?.access, "unlisted");
});
