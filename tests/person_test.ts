/** Who somebody is, whether it is here or away, and what an account has set for all its devices. */

import { assertEquals } from "@std/assert";
import { accountOf, Device, houseOf } from "./fixtures/devices.ts";
import { keeping, STILL_DATE } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;
const ACCOUNTS = [
  accountOf("ann"),
  accountOf("bob"),
  accountOf("anna"),
  accountOf("olga", "owner"),
];

Deno.test("whois tells of an account that is here, and of one that is away", none, async () => {
  let now = 0;
  let date = STILL_DATE;
  const house = houseOf(keeping({ accounts: ACCOUNTS }), { now: () => now, date: () => date });
  const bob = await Device.come(house, "bob");
  const ann = await Device.come(house, "ann");
  now = date = 5_000;
  const whois = { type: "whois", name: "Ann" } as const;
  const known = { name: "ann", account: "ann's", role: "member", rooms: ["lobby"] };
  const { id: _, ...here } = await bob.ask(whois);
  assertEquals(here, { type: "person", ...known, here: true, idleMs: 5_000 });
  ann.go();
  now = date += 31_000;
  house.expire();
  const { id: __, ...away } = await bob.ask(whois);
  assertEquals(away, {
    type: "person",
    ...known,
    here: false,
    seen: new Date(STILL_DATE).toISOString(),
  });
});

Deno.test(
  "idle and last seen are for accounts that share a room, unless hidden",
  none,
  async () => {
    const house = houseOf(keeping({ accounts: ACCOUNTS }));
    const bob = await Device.come(house, "bob");
    const guest = await Device.come(house, "eve");
    const far = await Device.come(house, "anna", { room: "dev" });
    const ann = await Device.come(house, "ann");
    const idle = async (asker: Device): Promise<unknown> => {
      const answer = await asker.ask({ type: "whois", name: "ann" });
      return answer.type === "person" && "idleMs" in answer;
    };
    const all = [bob, guest, far, ann];
    const seen = [];
    for (const asker of all) seen.push(await idle(asker));
    assertEquals(seen, [true, false, false, true]);
    await ann.ask({ type: "settings", hideSeen: true });
    assertEquals([await idle(bob), await idle(ann)], [false, true]);
  },
);

Deno.test(
  "away is told to those in one's rooms who know of it, and with it whois",
  none,
  async () => {
    const house = houseOf(keeping({ accounts: ACCOUNTS }));
    const ann = await Device.come(house, "ann");
    const bob = await Device.come(house, "bob");
    const old = await Device.come(house, "olga", { features: [] });
    const far = await Device.come(house, "anna", { room: "dev" });
    const { id: _, ...answer } = await ann.ask({ type: "away", text: " lunch " });
    assertEquals(answer, { type: "away", name: "ann", text: "lunch" });
    assertEquals(bob.news("away"), [{ type: "away", name: "ann", text: "lunch" }]);
    assertEquals([old.news("away"), far.news("away"), ann.news("away")], [[], [], []]);
    const person = await bob.ask({ type: "whois", name: "ann" });
    assertEquals(person.type === "person" && person.away, "lunch");
    await ann.ask({ type: "away" });
    await ann.ask({ type: "away" });
    assertEquals(bob.news("away"), [{ type: "away", name: "ann" }], "once");
    const long = await ann.ask({ type: "away", text: "x".repeat(201) });
    assertEquals(long.type === "error" && long.code, "bad-field");
  },
);

Deno.test("whois tells of a guest, and that nobody has a name", none, async () => {
  const house = houseOf(keeping({ accounts: ACCOUNTS }));
  const bob = await Device.come(house, "bob");
  await Device.come(house, "eve");
  const { id: _, ...guest } = await bob.ask({ type: "whois", name: "eve" });
  assertEquals(guest, { type: "person", name: "eve", here: true, rooms: ["lobby"], idleMs: 0 });
  const nobody = await bob.ask({ type: "whois", name: "zoe" });
  assertEquals(nobody.type === "error" && nobody.code, "no-such-name");
});

Deno.test("people finds accounts by how their names begin, for accounts", none, async () => {
  const house = houseOf(keeping({ accounts: ACCOUNTS }));
  const guest = await Device.come(house, "eve");
  const bob = await Device.come(house, "bob");
  const anna = await Device.come(house, "anna");
  const people = async (): Promise<unknown> => {
    const { id: _, ...found } = await bob.ask({ type: "people", prefix: "AN" });
    return found;
  };
  const found = await people();
  assertEquals(found, {
    type: "people",
    people: [
      { name: "ann", account: "ann's", here: false },
      { name: "anna", account: "anna's", here: true },
    ],
    more: false,
  });
  // Who is connected may be away all the same.
  await anna.ask({ type: "away", text: "lunch" });
  assertEquals(await people(), {
    type: "people",
    people: [
      { name: "ann", account: "ann's", here: false },
      { name: "anna", account: "anna's", here: true, away: "lunch" },
    ],
    more: false,
  });
  const one = await bob.ask({ type: "people", prefix: "", limit: 1 });
  assertEquals(one.type === "people" && [one.people.length, one.more], [1, true]);
  const refused = await guest.ask({ type: "people", prefix: "a" });
  assertEquals(refused.type === "error" && refused.code, "not-logged-in");
});

Deno.test("settings hold on all devices of an account, and are told to them", none, async () => {
  const house = houseOf(keeping({ accounts: ACCOUNTS }));
  const [phone, laptop] = [await Device.come(house, "ann"), await Device.come(house, "ann")];
  const notify = { lobby: "mentions" } as const;
  const set = { notify, hideSeen: false, blocked: [] };
  const { id: _, ...answer } = await phone.ask({ type: "settings", notify });
  assertEquals(answer, { type: "settings", ...set });
  assertEquals([laptop.news("settings"), phone.news("settings")], [
    [{ type: "settings", ...set }],
    [],
  ]);
  await laptop.ask({ type: "settings", notify: { lobby: "all" }, hideSeen: true });
  const { id: __, ...asked } = await phone.ask({ type: "settings" });
  assertEquals(asked, { type: "settings", notify: {}, hideSeen: true, blocked: [] });
  const refused = await phone.ask({ type: "settings", notify: { dev: "none" } });
  assertEquals(refused.type === "error" && refused.code, "not-in-room");
});
