/** Asking for much: whoever reads what it asked for stays, and gets nothing that it may not have. */

import { assertEquals } from "@std/assert";
import { House } from "../lib/chat/house.ts";
import { addressKey, Admission } from "../lib/server/admission.ts";
import { withDefaults } from "../lib/server/limits.ts";
import { comeIn, HousePeer } from "./fixtures/house_peer.ts";
import { still, stillLog } from "./fixtures/still.ts";
import { eventFrame, joinClassic, joinEvent, startServer } from "./helpers.ts";

Deno.test("190 lists in one write cut off nobody who reads them", async () => {
  const limits = { outboxBytes: 65_536, historyPerSecond: 1_000_000 };
  await using server = startServer({ limits });
  const peers = [];
  for (let i = 0; i < 60; i++) {
    peers.push(await joinClassic(server, `a name of 30 characters, ${i}`));
  }
  using ann = await joinEvent(server, "ann");
  for (const [type, answer] of [["who", "members"], ["rooms", "rooms"]] as const) {
    await ann.send(...Array.from({ length: 190 }, () => eventFrame({ type, room: "lobby" })));
    for (let i = 0; i < 190; i++) assertEquals((await ann.takeEvent()).type, answer);
  }
  for (const peer of peers) peer[Symbol.dispose]();
});

/** A peer that takes what it is sent when the test says so. */
class SlowPeer extends HousePeer {
  #reading = Promise.withResolvers<void>();

  override drained(): Promise<void> {
    return this.#reading.promise;
  }

  texts(): string[] {
    return this.told.flatMap((event) => event.type === "message" ? [event.text.slice(0, 5)] : []);
  }

  read(): void {
    this.#reading.resolve();
    this.#reading = Promise.withResolvers();
  }
}

Deno.test("who is sent out of a room while it catches up gets no message more of it", async () => {
  const house = new House({ ...still(), factLog: stillLog(), limits: { scrollback: 100 } });
  const talker = await comeIn(house, { name: "talker", room: "dev" });
  for (let n = 1; n <= 90; n++) {
    const text = `${String(n).padStart(5, "0")} ${"x".repeat(6_000)}`;
    house.request(talker, { type: "say", room: "dev", text });
  }
  const ann = new SlowPeer();
  const resumed = house.come(ann, { name: "ann", room: "dev" });
  await settled();
  ann.read();
  await settled();
  const before = ann.texts().length;
  assertEquals([before > 0, before < 10], [true, true]);
  // As a ban or a kick does.
  house.request(ann, { type: "leave", room: "dev" });
  ann.read();
  await settled();
  assertEquals(ann.texts().length, before);
  await resumed;
});

async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("who finds no place pays nothing for having asked", () => {
  const limits = withDefaults({
    connections: 3,
    connectionsPerAddress: 1,
    connectionsPerMinute: 2,
  });
  const admission = new Admission(limits);
  const [here, there] = ["192.0.2.1", "192.0.2.2"].map(addressKey) as [string, string];
  assertEquals(admission.enter(here, 0), undefined);
  for (let i = 0; i < 100; i++) assertEquals(admission.enter(here, 0)?.reason, "address-full");
  admission.leave(here);
  assertEquals(admission.enter(here, 0), undefined);
  admission.leave(here);
  assertEquals(admission.enter(here, 0)?.reason, "address-rate");
  assertEquals(admission.enter(there, 0), undefined);
});

Deno.test("a classic client moves to another room where one may be in a single one", async () => {
  await using server = startServer({ limits: { roomsPerSession: 1 } });
  using ann = await joinClassic(server, "ann");
  await ann.send("9         /join dev");
  assertEquals(await ann.takePair(), ["server", "You are in dev now."]);
  await ann.send("4         /who");
  assertEquals(await ann.takePair(), ["server", "1 person in dev: ann"]);
  using bob = await joinEvent(server, "bob");
  assertEquals((await bob.ask({ type: "join", room: "dev" })).code, "too-many-rooms");
});
