/** What is on record of a room and who is told of it agree, however people come and go. */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { House } from "../lib/chat/house.ts";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { comeIn, type HousePeer } from "./fixtures/house_peer.ts";
import { still, stillLog } from "./fixtures/still.ts";

const NAMES = ["ann", "bob", "eve"] as const;
const ROOMS = ["dev", "den"] as const;

/** What one of them does: it joins or leaves a room, or its connection breaks and it comes back. */
const step = fc.record({
  who: fc.constantFrom(...NAMES),
  does: fc.constantFrom("join", "leave", "break"),
  room: fc.constantFrom(...ROOMS),
});

/** Three people in a house, and the rooms in which each of them has to be. */
class World {
  readonly house = new House({ ...still(), factLog: stillLog() });
  readonly #peers = new Map<string, HousePeer>();
  readonly #rooms = new Map<string, string[]>();
  #said = 0;

  static async start(): Promise<World> {
    const world = new World();
    for (const name of NAMES) {
      world.#peers.set(name, await comeIn(world.house, { name }));
      world.#rooms.set(name, ["lobby"]);
    }
    return world;
  }

  async do(who: string, does: "join" | "leave" | "break", room: string): Promise<void> {
    const rooms = this.#rooms.get(who) ?? [];
    const isIn = rooms.includes(room);
    if (does === "join") await this.house.request(this.#peer(who), { type: "join", id: "1", room });
    if (does === "join" && !isIn) rooms.push(room);
    if (does === "leave" && isIn) {
      await this.house.request(this.#peer(who), { type: "leave", id: "2", room });
      rooms.splice(rooms.indexOf(room), 1);
    }
    if (does === "break") await this.#comeBack(who, rooms);
  }

  async #comeBack(name: string, rooms: readonly string[]): Promise<void> {
    const { house } = this;
    const { session } = this.#peer(name);
    house.gone(this.#peer(name), false);
    const seq = Object.fromEntries(rooms.map((room) => [room, house.index.last(roomLog(room))]));
    const resume = { epoch: house.index.epoch, seq };
    this.#peers.set(name, await comeIn(house, { name, session, resume }));
  }

  /** Something said in each room is heard by its members and nobody else. */
  check(): void {
    for (const name of NAMES) {
      assertEquals(this.house.roomsOf(this.#peer(name)), this.#rooms.get(name) ?? []);
    }
    let open = 0;
    for (const room of ["lobby", ...ROOMS]) {
      const members = NAMES.filter((name) => this.#rooms.get(name)?.includes(room));
      const [speaker] = members;
      if (speaker === undefined) continue;
      open++;
      const text = `said ${++this.#said}`;
      this.house.request(this.#peer(speaker), { type: "say", id: text, room, text });
      const heard = NAMES.filter((name) =>
        this.#peer(name).told.some((event) =>
          event.type === "message" && event.text === text ||
          event.type === "ack" && event.id === text
        )
      );
      assertEquals(heard, members);
    }
    assertEquals(this.house.openRooms, open);
  }

  #peer(name: string): HousePeer {
    const peer = this.#peers.get(name);
    if (peer === undefined) throw new Error(`Nobody is called ${name}`);
    return peer;
  }
}

Deno.test("the members of a room hear it, and nobody else, however they came in", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const world = await World.start();
      for (const { who, does, room } of steps) {
        await world.do(who, does, room);
        world.check();
      }
    }),
    { numRuns: 200 },
  );
});
