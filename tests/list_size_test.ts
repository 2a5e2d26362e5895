/** A list in an event is bounded in bytes: nobody is cut off by what others have named or said. */

import { assert, assertEquals } from "@std/assert";
import { House } from "../lib/chat/house.ts";
import { fitting } from "../lib/chat/messages/fits.ts";
import {
  type Account,
  type Kept,
  NOTHING_KEPT,
  type Sanction,
} from "../lib/chat/people/records.ts";
import type { Event } from "../lib/wire/events.ts";
import { comeNow } from "./fixtures/house_peer.ts";
import { ask, startHouse } from "./fixtures/people_house.ts";
import { keeping, still, stillLog } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;

const MOST_BYTES = 270_000;

const OWNER: Account = {
  id: "ann's",
  name: "ann",
  key: "ann",
  role: "owner",
  proof: "p",
  createdAt: 0,
};

/** A text whose JSON is six times as long. */
const COSTLY = "\u0001";

function bytesOf(event: Event): number {
  return new TextEncoder().encode(JSON.stringify(event)).length;
}

Deno.test("as many entries fit as their JSON has bytes, and one always does", none, () => {
  const large = "\u20ac".repeat(80_000);
  assertEquals(fitting([large, "x", large, "y"]).length, 2);
  assertEquals(fitting([large + large, "x"]).length, 1);
  assertEquals(fitting(["x", large + large, "y"]), ["x"]);
  assertEquals(fitting([]), []);
});

Deno.test(
  "bans in rooms of 60,000 characters, as earlier versions took them, do not cut anybody off",
  none,
  async () => {
    const sanctions = Array.from({ length: 200 }, (_, n): Sanction => ({
      ...{ kind: "ban", room: COSTLY.repeat(60_000), subject: "name", key: `bob${n}` },
      ...{ target: `bob${n}`, by: "ann", at: n, until: 0, reason: COSTLY.repeat(200) },
    }));
    const kept: Kept = { ...NOTHING_KEPT, accounts: [OWNER], sanctions };
    const house = await startHouse(keeping(kept), ["ann"], "dev");
    const answer = await ask(house, "ann", { type: "bans" });
    assert(answer.type === "bans");
    assert(bytesOf(answer) < MOST_BYTES, `${bytesOf(answer)} bytes`);
    assert(answer.bans.length > 100, `only ${answer.bans.length}`);
    assertEquals([answer.more, answer.bans[0]?.target], [true, "bob199"]);
  },
);

Deno.test("the latest of an audit trail come, as many as fit", none, async () => {
  const kept: Kept = { ...NOTHING_KEPT, accounts: [OWNER] };
  const factLog = keeping(kept);
  for (let n = 0; n < 100; n++) {
    const line = { at: "", by: "ann", action: "ban", target: `bob${n}`, room: "x".repeat(60_000) };
    factLog.put({ kind: "people", changes: [{ type: "audit", line }] });
  }
  const house = await startHouse(factLog, ["ann"], "dev");
  const answer = await ask(house, "ann", { type: "audit", limit: 100 });
  assert(answer.type === "audit");
  assert(bytesOf(answer) < MOST_BYTES, `${bytesOf(answer)} bytes`);
  assertEquals([answer.more, answer.entries.map(({ target }) => target)], [
    true,
    ["bob96", "bob97", "bob98", "bob99"],
  ]);
});

Deno.test("of rooms with long topics those with the most members are told", none, async () => {
  const house = new House({ ...still(), factLog: stillLog(), limits: { rooms: 3_000 } });
  const peers = Array.from(
    { length: 1_000 },
    (_, n) => comeNow(house, { name: `p${n}`, room: `room${n}` }),
  );
  for (const [n, peer] of peers.entries()) {
    await house.request(peer, { type: "topic", room: `room${n}`, text: COSTLY.repeat(300) });
  }
  const [first] = peers;
  assert(first !== undefined);
  await house.request(first, { type: "join", room: "room999" });
  first.told.splice(0);
  await house.request(first, { type: "rooms" });
  const answer = first.told.find(({ type }) => type === "rooms");
  assert(answer?.type === "rooms");
  assert(bytesOf(answer) < MOST_BYTES, `${bytesOf(answer)} bytes`);
  assert(answer.rooms.length > 100, `only ${answer.rooms.length}`);
  assertEquals(answer.more, true);
  assert(answer.rooms.some(({ room, members }) => room === "room999" && members === 2));
  const names = answer.rooms.map(({ room }) => room);
  assertEquals(names, names.toSorted((a, b) => a.localeCompare(b)));
});
