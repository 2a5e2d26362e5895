/** A session that is taken up again begins anew: how its last connection ended is over. */

import { assertEquals } from "@std/assert";
import { House } from "../lib/chat/house.ts";
import { writtenAddress } from "../lib/server/address.ts";
import type { Event } from "../lib/wire/events.ts";
import { logWith } from "./fixtures/guests.ts";
import { comeNow } from "./fixtures/house_peer.ts";
import { ask, startHouse } from "./fixtures/people_house.ts";
import { still, stillLog } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;

/** What somebody was told of others who left, shortened. */
function departures(told: readonly Event[] = []): string[] {
  return told.flatMap((event) =>
    event.type === "left" ? [`${event.name} ${event.reason} ${event.by} ${event.why}`] : []
  );
}

Deno.test(
  "who says quit, comes back and is cut off is known when it comes back once more",
  none,
  async () => {
    let now = 0;
    const house = new House({ ...still(), factLog: stillLog(), now: () => now });
    const first = comeNow(house, { name: "ann" });
    const { session } = first;
    await house.request(first, { type: "quit" });
    house.gone(first, true, "quit");
    const second = comeNow(house, { name: "ann", session });
    assertEquals(second.session, session);
    house.gone(second, false, "idle");
    now += 5_000;
    house.expire();
    assertEquals(comeNow(house, { name: "ann", session }).session, session);
  },
);

Deno.test("who was sent away and comes back leaves by itself the next time", none, async () => {
  const peopled = await startHouse(
    await logWith({ ann: "owner" }),
    ["ann", "bob", "carl"],
    "dev",
  );
  const { house, peers, told } = peopled;
  await ask(peopled, "ann", { type: "mod", action: "kick", target: "bob", reason: "spam" });
  const session = peers.get("bob")?.session ?? "";
  const bob = comeNow(house, { name: "bob", room: "dev", session });
  assertEquals(bob.session, session);
  house.gone(bob, true, "slow");
  assertEquals(departures(told.get("carl")), [
    "bob kicked ann spam",
    "bob slow undefined undefined",
  ]);
});

Deno.test("a ban in a room also meets who was cut off a moment ago", none, async () => {
  const peopled = await startHouse(await logWith({ ann: "owner" }), ["ann", "carl"], "dev");
  const { house, told } = peopled;
  const bob = comeNow(house, { name: "bob", room: "dev" }, { address: "192.0.2.77" });
  house.gone(bob, false, "idle");
  assertEquals(departures(told.get("carl")), []);
  await ask(peopled, "ann", { type: "mod", action: "ban", target: "bob", room: "dev", only: true });
  assertEquals(departures(told.get("carl")), ["bob banned ann undefined"]);
});

Deno.test("nobody is looked for where who asks may do it to nobody", none, async () => {
  const looked: string[] = [];
  const addressKey = (text: string): string | undefined => {
    looked.push(text);
    return writtenAddress(text);
  };
  const factLog = await logWith({ ann: "owner" });
  const peopled = await startHouse(factLog, ["ann", "eve"], "dev", () => {}, { addressKey });
  looked.length = 0;
  const mod = { type: "mod", action: "ban", target: "192.0.2.9", room: "dev" } as const;
  assertEquals((await ask(peopled, "eve", mod)).type, "error");
  assertEquals(looked, []);
  assertEquals((await ask(peopled, "ann", mod)).type, "mod");
  assertEquals(looked, ["192.0.2.9"]);
});

Deno.test(
  "who has to give up a name that is wider than names may be now has another",
  none,
  async () => {
    const broken = Promise.withResolvers<never>();
    const factLog = await logWith({ alexander: "member" });
    const peopled = await startHouse(factLog, ["alexander"], "dev", () => {}, {
      limits: { nameColumns: 8 },
      onBroken: broken.reject,
    });
    const { house, told } = peopled;
    await ask(peopled, "alexander", { type: "unregister" });
    const add = { type: "user", action: "add", name: "alexander", proof: "another" } as const;
    await Promise.race([house.console(add), broken.promise]);
    const renamed = told.get("alexander")?.find((event) => event.type === "renamed");
    assertEquals(renamed, { type: "renamed", from: "alexander", to: "alexander-2" });
  },
);
