/** What a ban of a name holds for: names that look alike, numbered ones, and rooms that come back. */

import { assertEquals, assertRejects } from "@std/assert";
import { House } from "../lib/chat/house.ts";
import type { MemoryLog } from "../lib/chat/log/memory_log.ts";
import { People } from "../lib/chat/people/people.ts";
import type { Sanction } from "../lib/chat/people/records.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import { CLASSIC_TRAITS } from "../lib/chat/sessions/peer.ts";
import { nameKey } from "../lib/words/names.js";
import { comeIn, comeNow } from "./fixtures/house_peer.ts";
import { ask, PLAIN_PASSWORDS, startHouse } from "./fixtures/people_house.ts";
import { comes, makeRoomHouse, type Somebody } from "./fixtures/room_house.ts";
import { keeping, still } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;

/** `alice` with a Cyrillic first letter, and with a Cyrillic last one. */
const [FIRST, LAST] = ["\u0430lice", "alic\u0435"];

function ban(target: string, room = ""): Sanction {
  const key = nameKey(target);
  const subject = { subject: "name", key, target } as const;
  return { kind: "ban", room, ...subject, by: "x", at: 0, until: 0, reason: "" };
}

function logOf(sanctions: readonly Sanction[]): MemoryLog {
  return keeping({ sanctions });
}

Deno.test("a ban holds for look-alikes, whatever is banned and lifted in rooms", none, () => {
  const people = new People(() => 0);
  const held = (name: string, room = ""): string | undefined =>
    people.sanction("ban", { name, key: nameKey(name) }, room)?.target;
  people.apply([{ type: "sanction", sanction: ban("alice") }]);
  assertEquals([held("alice"), held(FIRST), held(LAST)], ["alice", "alice", "alice"]);
  people.apply([{ type: "sanction", sanction: ban(FIRST, "dev") }]);
  assertEquals([held("alice"), held(FIRST), held(LAST)], ["alice", "alice", "alice"]);
  people.apply([{ type: "lift", sanction: ban(FIRST, "dev") }]);
  assertEquals([held("alice"), held(FIRST), held(LAST)], ["alice", "alice", "alice"]);
  people.apply([{ type: "sanction", sanction: ban(LAST, "dev") }]);
  people.apply([{ type: "lift", sanction: ban("alice") }]);
  assertEquals([held("alice"), held(FIRST), held(LAST)], [undefined, undefined, undefined]);
  assertEquals([held("alice", "dev"), held(FIRST, "dev")], [LAST, LAST]);
  people.apply([{ type: "lift", sanction: ban(LAST, "dev") }]);
  assertEquals([held("alice", "dev"), held(FIRST, "dev"), held(LAST, "dev")], [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test(
  "no number makes a taken name one that is banned, and nobody is left behind",
  none,
  () => {
    for (const room of ["", "lobby"]) {
      const house = new House({
        ...still(),
        factLog: logOf([ban("guest-2", room), ban("guest-4", "dev")]),
      });
      const names = Array.from({ length: 3 }, () => {
        return comeNow(house, { name: "guest" }, { traits: CLASSIC_TRAITS }).name;
      });
      assertEquals([names, house.present], [["guest", "guest-3", "guest-4"], 3]);
    }
  },
);

Deno.test(
  "a guest that gives a reserved name up gets none that is banned where it is",
  none,
  async () => {
    const factLog = logOf([ban("ann-2", "dev"), ban("ann-3")]);
    const house = new House({ ...still(), factLog, passwords: PLAIN_PASSWORDS });
    const guest = comeNow(house, { name: "ann", room: "dev" });
    await house.console({ type: "user", action: "add", name: "ann", proof: "p" });
    await comeIn(house, { name: "ann", login: "p" });
    assertEquals(guest.name, "ann-4");
  },
);

Deno.test("nobody takes a name in a room that it is banned from", none, async () => {
  const house = await startHouse(logOf([ban("alice", "dev")]), ["bob"], "dev");
  for (const name of ["alice", FIRST]) {
    const refused = await ask(house, "bob", { type: "rename", name });
    assertEquals(refused, {
      type: "error",
      code: "banned",
      text: "You are banned from dev by x",
    });
  }
  await ask(house, "bob", { type: "leave", room: "dev" });
  house.told.get("bob")?.splice(0);
  assertEquals((await ask(house, "bob", { type: "rename", name: "alice" })).type, "renamed");
  assertEquals(house.peers.get("bob")?.name, "alice");
});

Deno.test("a room that can't be had again costs no more than that, be it the first", none, () => {
  const resume = { epoch: "old", seq: { dev: 1, full: 1, ops: 1 } };
  for (
    const [rooms, sanctions, ready, left] of [
      [9, [ban("bob", "dev")], "full", ["dev banned"]],
      [2, [ban("bob", "dev")], "full", ["dev banned", "ops room-limit"]],
      [1, [ban("bob", "dev")], "lobby", ["dev banned", "full room-limit", "ops room-limit"]],
      [9, [ban("bob", "dev"), ban("bob", "full"), ban("bob", "lobby")], "ops", [
        "dev banned",
        "full banned",
      ]],
    ] as const
  ) {
    const house = new House({
      ...still(),
      limits: { rooms },
      factLog: logOf(sanctions),
    });
    const { told } = comeNow(house, { name: "bob", resume });
    const [first] = told;
    assertEquals(first?.type === "ready" && first.room, ready);
    const gone = told.flatMap((event) =>
      event.type === "left" ? [`${event.room} ${event.reason}`] : []
    );
    assertEquals(gone, [...left]);
  }
});

Deno.test(
  "who comes back and asks for a room that can't be had is told so, and is in another",
  none,
  () => {
    for (
      const [back, ready, left] of [
        [{ resume: { epoch: "old", seq: {} } }, "lobby", ["den"]],
        [{ resume: { epoch: "old", seq: { ops: 1 } } }, "ops", ["den"]],
        [{ resume: { epoch: "old", seq: { Den: 1, ops: 1 } } }, "ops", ["Den"]],
        [{ session: "one of old" }, "lobby", ["den"]],
      ] as const
    ) {
      const house = new House({ ...still(), factLog: logOf([ban("bob", "den")]) });
      const { told } = comeNow(house, { name: "bob", room: "den", ...back });
      const [first] = told;
      assertEquals(first?.type === "ready" && first.room, ready);
      const gone = told.flatMap((event) =>
        event.type === "left" && event.reason === "banned" ? [event.room] : []
      );
      assertEquals(gone, [...left]);
    }
  },
);

Deno.test("who is banned everywhere, or from all there is, does not come back", none, async () => {
  const resume = { epoch: "old", seq: { dev: 1 } };
  for (const sanctions of [[ban("bob")], [ban("bob", "dev"), ban("bob", "lobby")]]) {
    const house = new House({ ...still(), factLog: logOf(sanctions) });
    const comes = (): Promise<unknown> => comeIn(house, { name: "bob", resume });
    assertEquals((await assertRejects(comes, Refusal)).code, "banned");
    assertEquals([house.present, house.openRooms], [0, 1]);
  }
});

Deno.test("what is done to an address tells nobody who comes from it", none, async () => {
  /** What a host of a room is told who does all to an address from which these people come. */
  const toldOf = async (names: readonly string[]): Promise<unknown[]> => {
    const house = makeRoomHouse();
    const ann = await comes(house, "ann", { room: "dev" });
    const theirs: Somebody[] = [];
    for (const name of names) {
      theirs.push(await comes(house, name, { room: "dev" }, { address: "198.51.100.7" }));
    }
    const told: unknown[] = [];
    for (const action of ["ban", "mute", "unmute", "unban", "kick", "unban"]) {
      told.push(await ann.ask({ type: "mod", action, target: "198.51.100.7", room: "dev" }));
    }
    for (const each of theirs) {
      // Nor is any of them met by it.
      assertEquals(each.take("left"), []);
      assertEquals(await each.code({ type: "who", room: "dev" }), "members");
    }
    return told;
  };
  const nobody = await toldOf([]);
  const codes = nobody.map((each) => (each as { code?: string; type: string }).code ?? "done");
  assertEquals(codes, ["done", "done", "done", "done", "no-such-name", "no-such-ban"]);
  assertEquals(await toldOf(["olga"]), nobody);
  assertEquals(await toldOf(["otto"]), nobody);
  assertEquals(await toldOf(["otto", "olga"]), nobody);
});

Deno.test("a kick of an address meets members, and nobody who is above it", none, async () => {
  const house = makeRoomHouse();
  const otto = await comes(house, "otto");
  const address = "198.51.100.7";
  const olga = await comes(house, "olga", {}, { address });
  const bob = await comes(house, "bob", {}, { address });
  assertEquals(await otto.code({ type: "mod", action: "kick", target: address }), "mod");
  assertEquals([olga.take("bye").length, bob.take("bye").length], [0, 1]);
  assertEquals(await otto.code({ type: "mod", action: "kick", target: address }), "no-such-name");
});
