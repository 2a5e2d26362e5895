/** Mentions are counted where somebody is mentioned, and found again after a night away. */

import { assertEquals } from "@std/assert";
import type { Event } from "../lib/wire/events.ts";
import { accountOf, Device, houseOf } from "./fixtures/devices.ts";
import { keeping, STILL_DATE, stillLog } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;
const ACCOUNTS = [accountOf("ann"), accountOf("bob"), accountOf("eve")];

function mentionsIn(device: Device): unknown {
  return device.ready.rooms?.map(({ room, unread, mentions }) => `${room} ${unread} ${mentions}`);
}

Deno.test(
  "a mention counts for accounts that have the room listed, here or not",
  none,
  async () => {
    const house = houseOf(keeping({ accounts: ACCOUNTS }));
    const ann = await Device.come(house, "ann");
    ann.go();
    const bob = await Device.come(house, "bob");
    await bob.ask({ type: "join", room: "dev" });
    for (const text of ["ann: hi", "well @ANN, hi", "anna: no", "@bob me", "no one"]) {
      await bob.ask({ type: "say", room: "lobby", text });
    }
    await bob.ask({ type: "say", room: "dev", text: "ann: you are not in here" });
    assertEquals(mentionsIn(await Device.come(house, "ann")), ["lobby 5 2"]);
  },
);

Deno.test("what a room's members said to somebody before it came is no mention", none, async () => {
  const house = houseOf(keeping({ accounts: ACCOUNTS }));
  const bob = await Device.come(house, "bob");
  await bob.ask({ type: "say", room: "lobby", text: "ann: hi" });
  assertEquals(mentionsIn(await Device.come(house, "ann")), ["lobby 0 0"]);
});

Deno.test(
  "missed has what mentioned somebody and is not read, as many as are announced",
  none,
  async () => {
    let date = STILL_DATE;
    const log = keeping({ accounts: ACCOUNTS }, stillLog({ now: () => date }));
    const house = houseOf(log, { date: () => date, now: () => date });
    const texts = (event: Event): unknown =>
      event.type === "page" && [event.messages.map(({ text }) => text), event.more];
    const ann = await Device.come(house, "ann");
    const bob = await Device.come(house, "bob");
    const say = async (text: string): Promise<void> => {
      date += 1_000;
      await bob.ask({ type: "say", room: "lobby", text });
    };
    await say("@ann seen");
    await ann.ask({ type: "read", room: "lobby", seq: 1 });
    date += 1_000;
    ann.go();
    await say("@ann on her way out");
    date += 30_000;
    house.expire();
    for (const text of ["@ann one", "nothing", "@ann two", "@ann three"]) await say(text);
    const all = ["@ann on her way out", "@ann one", "@ann two", "@ann three"];
    const back = await Device.come(house, "ann");
    assertEquals(back.ready.missed, all.length);
    assertEquals(texts(await back.ask({ type: "missed" })), [all, false]);
    const last = await back.ask({ type: "missed", limit: 2 });
    assertEquals(texts(last), [["@ann two", "@ann three"], true]);
    const before = last.type === "page" ? last.messages[0]?.at ?? "" : "";
    assertEquals(texts(await back.ask({ type: "missed", limit: 2, before })), [
      all.slice(0, 2),
      false,
    ]);
    await back.ask({ type: "read", room: "lobby", seq: 3 });
    assertEquals(texts(await back.ask({ type: "missed" })), [all.slice(2), false]);
    await back.ask({ type: "read", room: "lobby", seq: 99 });
    assertEquals(texts(await back.ask({ type: "missed" })), [[], false]);
    const wrong = await back.ask({ type: "missed", before: "yesterday" });
    assertEquals(wrong.type === "error" && wrong.code, "bad-field");
  },
);

Deno.test("what is in a room that was left meanwhile is not missed", none, async () => {
  const house = houseOf(keeping({ accounts: ACCOUNTS }));
  const ann = await Device.come(house, "ann");
  await ann.ask({ type: "join", room: "dev" });
  const bob = await Device.come(house, "bob");
  await bob.ask({ type: "join", room: "dev" });
  await bob.ask({ type: "say", room: "dev", text: "@ann" });
  await ann.ask({ type: "leave", room: "dev" });
  const page = await ann.ask({ type: "missed" });
  assertEquals(page.type === "page" && page.messages, []);
});
