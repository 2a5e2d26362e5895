/** Devices that stay signed in, and what signs them out. */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Refusal } from "../lib/chat/refusal.ts";
import type { Request } from "../lib/wire/requests.ts";
import { comeNow, HousePeer } from "./fixtures/house_peer.ts";
import { STILL_DATE } from "./fixtures/still.ts";
import { World } from "./fixtures/world.ts";

const none = { permissions: "none" } as const;

Deno.test(
  "another password signs out all devices but the one that has given it",
  none,
  async () => {
    const world = new World();
    const [phone, desk] = [await world.ann(), await world.ann()];
    const { session } = phone;
    world.told();
    const answer = await world.ask(desk, { type: "passwd", password: "something new" });
    assertEquals(answer?.type, "account");
    assertEquals([world.told(phone).at(-1), world.told()], ["bye signed-out", []]);
    const again = comeNow(world.house, { name: "guest", session });
    const [ready] = again.told;
    assertEquals(ready?.type === "ready" && ready.lost, true);
    assertEquals(
      (await world.ask(desk, { type: "passwd", password: "something newer" }))?.type,
      "account",
    );
  },
);

Deno.test(
  "a device stays signed in after a goodbye, and its session stands for the password",
  none,
  async () => {
    const world = new World();
    const phone = await world.ann({ label: "phone" });
    const { session } = phone;
    await world.ask(phone, { type: "quit" });
    assertEquals([world.persons, world.told().at(-1)], [0, "ann out lobby"]);
    world.pass(8 * 86_400_000);
    const again = await world.ann({ session });
    const ready = again.told.find((event) => event.type === "ready");
    assertEquals(ready?.type === "ready" && [ready.name, ready.account, ready.lost], [
      ...["ann", "ann's", undefined],
    ]);
    assertEquals(again.session, session);
  },
);

Deno.test("a session of the first version is over when it says quit", none, async () => {
  const world = new World();
  const old = await world.ann({ features: [] });
  const { session } = old;
  await world.ask(old, { type: "quit" });
  world.pass(1);
  await assertRejects(() => world.ann({ session, features: [] }), Refusal, "is reserved");
});

Deno.test(
  "a person sees its devices, and signs out one, the others and this one",
  none,
  async () => {
    const world = new World();
    const [phone, desk, tablet] = [
      await world.ann({ label: "phone" }),
      await world.ann({ label: "desk" }),
      await world.ann({ label: "tab\nlet " }),
    ];
    const { session: ofTablet } = tablet;
    world.house.gone(tablet, false);
    world.pass(30_000);
    const listed = async (peer: HousePeer, request: Request): Promise<string[]> => {
      const answer = await world.ask(peer, request);
      if (answer?.type !== "devices") throw new Error(`${answer?.type} is no list of devices`);
      return answer.devices.map(({ label, here, this: own }) =>
        `${label}${here ? " here" : ""}${own ? " this" : ""}`
      ).sort();
    };
    assertEquals(await listed(desk, { type: "devices" }), [
      "desk here this",
      "phone here",
      "tab let",
    ]);
    const all = desk.told.splice(0).findLast((event) => event.type === "devices");
    const away = all?.devices.find(({ here }) => !here)?.device ?? "";
    assertEquals(await listed(desk, { type: "logout", device: away }), [
      "desk here this",
      "phone here",
    ]);
    const refused = world.ask(desk, { type: "logout", device: "other" });
    await assertRejects(() => refused, Refusal, "not signed in on a device other");
    await assertRejects(() => world.ann({ session: ofTablet }), Refusal, "is reserved");
    desk.told.splice(0);
    assertEquals(await listed(desk, { type: "logout", others: true }), ["desk here this"]);
    assertEquals(world.told(phone).at(-1), "bye signed-out");
    await world.ask(desk, { type: "logout" });
    assertEquals([world.told(desk).at(-1), world.persons], ["bye signed-out", 0]);
    await assertRejects(
      async () => await world.ask(world.bob, { type: "devices" }),
      Refusal,
      "You have not reserved your name",
    );
  },
);

Deno.test("the last device that is signed out was here until then", none, async () => {
  const world = new World();
  const seen = (): number => world.house.state.lists.settings("ann's").seen;
  const [phone, desk] = [await world.ann({ label: "phone" }), await world.ann({ label: "desk" })];
  await world.ask(desk, { type: "logout", others: true });
  assertEquals([world.told(phone).at(-1), seen()], ["bye signed-out", 0]);
  await world.ask(desk, { type: "logout" });
  assertEquals(seen(), STILL_DATE);
});

Deno.test("a device that is waited for was not here later than one that is signed out", async () => {
  const world = new World();
  const seen = (): number => world.house.state.lists.settings("ann's").seen;
  const [phone, desk] = [await world.ann({ label: "phone" }), await world.ann({ label: "desk" })];
  world.house.gone(phone, false);
  await world.ask(desk, { type: "logout" });
  assertEquals(seen(), STILL_DATE);
});

Deno.test(
  "a device whose account goes while it is cut off is signed out",
  none,
  async () => {
    const world = new World();
    const ann = await world.ann();
    world.house.gone(ann, false);
    await world.house.console({ type: "user", action: "remove", name: "ann" });
    const known = (): string[] => [...world.house.state.registry.sessions].map(({ name }) => name);
    assertEquals(known(), ["bob"]);
  },
);

Deno.test("who is signed out while it comes in needs the password again", none, async () => {
  const recalled = Promise.withResolvers<void>();
  const world = new World();
  const [phone, desk] = [await world.ann(), await world.ann()];
  const { session } = phone;
  world.house.gone(phone, false);
  world.pass(30_000);
  const { index } = world.house;
  const { recall } = index;
  index.recall = async (hash) => {
    const known = recall.call(index, hash);
    await recalled.promise;
    return known;
  };
  const comes = world.ann({ session });
  await world.ask(desk, { type: "logout", others: true });
  recalled.resolve();
  await assertRejects(() => comes, Refusal, "is reserved");
});

Deno.test("a session that comes beside another one is the same person's", none, async () => {
  const world = new World();
  const phone = await world.ann();
  const { session } = phone;
  const beside = await world.ann({ session, beside: true });
  assertEquals([beside.name, beside.session === session], ["ann", false]);
  const gil = comeNow(world.house, { name: "gil" });
  world.told();
  const tab = comeNow(world.house, { name: "another", session: gil.session, beside: true });
  const [ready] = tab.told;
  assertEquals(ready?.type === "ready" && [ready.name, ready.lost], ["gil", undefined]);
  assertEquals(gil.told.some(({ type }) => type === "bye"), false);
  await world.ask(tab, { type: "rename", name: "gill" });
  assertEquals([world.told(), gil.name], [["gil is gill"], "gill"]);
  world.house.gone(gil, true);
  assertEquals(world.told(), []);
  world.house.gone(tab, true);
  assertEquals(world.told(), ["gill out lobby"]);
  const lost = comeNow(world.house, { name: "gil", session: "none", beside: true });
  assertEquals(lost.told[0]?.type === "ready" && lost.told[0].lost, true);
});

Deno.test(
  "a device of an account need not show the server's password, a guest's session does",
  none,
  async () => {
    let right = "one";
    const world = new World({ opens: (password) => password === right });
    const phone = await world.ann({ password: "one" });
    const gil = comeNow(world.house, { name: "gil", password: "one" });
    const { session } = phone;
    world.house.gone(phone, false);
    world.pass(30_000);
    right = "two";
    assertEquals((await world.ann({ session })).name, "ann");
    await assertRejects(
      () => world.ann({ session, password: "one" }),
      Refusal,
      "not this server's",
    );
    await assertRejects(() => world.ann({ session: "unknown" }), Refusal, "A password is needed");
    assertThrows(
      () => comeNow(world.house, { name: "gil", session: gil.session }),
      Refusal,
      "A password is needed",
    );
  },
);

for (const [what, features] of [["", undefined], [" of the first version", []]] as const) {
  Deno.test(
    `a name that is given back and reserved anew is none of those who were signed in${what}`,
    none,
    async () => {
      const world = new World();
      const hello = features === undefined ? {} : { features };
      const [mine, here, idle] = [
        await world.ann(),
        await world.ann(hello),
        await world.ann(hello),
      ];
      const sessions = [here.session, idle.session];
      world.house.gone(idle, false);
      world.told();
      assertEquals((await world.ask(mine, { type: "unregister" }))?.type, "account");
      assertEquals(world.told(here).at(-1), "bye signed-out");
      const anew = await world.ask(mine, { type: "register", password: "another password" });
      assertEquals(anew?.type, "account");
      for (const session of sessions) {
        const error = await assertRejects(async () => {
          await world.house.come(new HousePeer(), { name: "ann", session });
        }, Refusal);
        assertEquals(error.code, "name-reserved");
      }
      const devices = await world.ask(mine, { type: "devices" });
      assertEquals(devices?.type === "devices" && devices.devices.length, 1);
    },
  );
}

Deno.test("who was signed in to a name that is removed is nobody of that name", none, async () => {
  const world = new World();
  const [here, idle] = [await world.ann(), await world.ann()];
  const { session } = idle;
  world.house.gone(idle, false);
  world.told();
  await world.house.console({ type: "user", action: "remove", name: "ann" });
  assertEquals(world.told(here).at(-1), "bye signed-out");
  const proof = "password of ann";
  await world.house.console({ type: "user", action: "add", name: "ann", proof });
  await assertRejects(async () => {
    await world.house.come(new HousePeer(), { name: "ann", session });
  }, Refusal);
});
