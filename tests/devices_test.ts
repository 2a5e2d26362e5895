/** A person with several devices: one for others, whichever of them comes, speaks and goes. */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { House } from "../lib/chat/house.ts";
import type { HouseOptions } from "../lib/chat/house_options.ts";
import type { Account } from "../lib/chat/people/records.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import { CLASSIC_TRAITS, type Hello } from "../lib/chat/sessions/peer.ts";
import type { Event } from "../lib/wire/events.ts";
import type { Request } from "../lib/wire/requests.ts";
import { comeNow, HousePeer } from "./fixtures/house_peer.ts";
import { PLAIN_PASSWORDS } from "./fixtures/people_house.ts";
import { keeping, still, STILL_DATE } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;

const account = (name: string): Account => ({
  ...{ id: `${name}'s`, name, key: name, role: "member", proof: `of ${name}`, createdAt: 0 },
});

/** A house with a clock, in which ann and olga have accounts, and bob is a guest who listens. */
class World {
  readonly house: House;
  readonly bob: HousePeer;
  now = 0;
  #asked = 0;

  constructor(options: Partial<HouseOptions> = {}) {
    this.house = new House({
      ...still(),
      factLog: keeping({ accounts: [account("ann"), { ...account("olga"), role: "owner" }] }),
      passwords: PLAIN_PASSWORDS,
      now: () => this.now,
      ...options,
    });
    this.bob = comeNow(this.house, { name: "bob", password: "one" });
  }

  /** A device of ann's comes in. */
  async ann(hello: Partial<Hello> = {}, traits?: typeof CLASSIC_TRAITS): Promise<HousePeer> {
    const peer = new HousePeer(traits === undefined ? {} : { traits });
    peer.onClose = ({ reason }) => this.house.gone(peer, reason === "quit", reason);
    const shown = hello.session === undefined ? { login: "of ann" } : {};
    await this.house.come(peer, { name: "ann", features: ["people"], ...shown, ...hello });
    return peer;
  }

  /** What a peer was told since the last call, in short; bob unless told. */
  told(peer: HousePeer = this.bob): string[] {
    return peer.told.splice(0).map(brief);
  }

  async ask(peer: HousePeer, request: Request): Promise<Event | undefined> {
    const asked = `asked ${++this.#asked}`;
    await this.house.request(peer, { ...request, id: asked });
    return peer.told.find(({ id }) => id === asked);
  }

  pass(ms: number): void {
    this.now += ms;
    this.house.expire();
  }

  get persons(): number {
    return this.house.state.persons.size;
  }
}

function brief(event: Event): string {
  switch (event.type) {
    case "message":
      return `${event.own ? "own " : ""}${event.from}: ${event.text}`;
    case "joined":
      return `${event.own ? "own " : ""}${event.name} in ${event.room}`;
    case "left":
      return `${event.own ? "own " : ""}${event.name} out ${event.room}`;
    case "renamed":
      return `${event.from} is ${event.to}`;
    case "bye":
      return `bye ${event.reason}`;
    default:
      return event.type;
  }
}

Deno.test(
  "two devices of an account are one member for others, and neither ends the other",
  none,
  async () => {
    const world = new World();
    const phone = await world.ann();
    const desk = await world.ann();
    assertEquals(world.told(), ["ready", "ann in lobby"]);
    const who = await world.ask(world.bob, { type: "who", room: "lobby" });
    assertEquals(who?.type === "members" && [who.members, who.total], [["ann", "bob"], 2]);
    world.told();
    world.house.gone(phone, true);
    assertEquals(world.told(), []);
    world.house.gone(desk, true);
    world.pass(29_999);
    assertEquals(world.told(), []);
    world.pass(1);
    assertEquals(world.told(), ["ann out lobby"]);
  },
);

Deno.test(
  "a quit of the last device is told at once, that of another not at all",
  none,
  async () => {
    const world = new World();
    const phone = await world.ann();
    const desk = await world.ann();
    world.told();
    await world.ask(phone, { type: "quit" });
    assertEquals(world.told(), []);
    await world.ask(desk, { type: "quit" });
    assertEquals(world.told(), ["ann out lobby"]);
  },
);

Deno.test(
  "what one device says the others get as their own, and it gets the ack",
  none,
  async () => {
    const world = new World();
    const phone = await world.ann();
    const desk = await world.ann();
    const old = await world.ann({ features: [] });
    const classic = await world.ann({ features: [] }, CLASSIC_TRAITS);
    for (const peer of [phone, desk, old, classic, world.bob]) world.told(peer);
    await world.ask(phone, { type: "say", room: "lobby", text: "hello" });
    assertEquals(world.told(phone), ["ack"]);
    assertEquals(world.told(desk), ["own ann: hello"]);
    for (const peer of [old, classic, world.bob]) assertEquals(world.told(peer), ["ann: hello"]);
  },
);

Deno.test("of more devices than there may be the one that came first is ended", none, async () => {
  const world = new World({ limits: { devices: 2 } });
  const [first, second] = [await world.ann(), await world.ann()];
  const visitor = await world.ann({ visitor: true });
  world.told();
  const third = await world.ann();
  assertEquals(world.told(first).at(-1), "bye replaced");
  assertEquals(world.told(), []);
  for (const peer of [second, third, visitor]) {
    assertEquals(world.told(peer).includes("bye replaced"), false);
  }
});

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
  "a guest who logs in where the account is already has only left for others",
  none,
  async () => {
    const world = new World();
    await world.ann();
    const gil = comeNow(world.house, { name: "gil", features: ["people"] });
    await world.ask(gil, { type: "join", room: "dev" });
    await world.ask(world.bob, { type: "join", room: "dev" });
    world.told();
    await world.ask(gil, { type: "login", name: "ann", password: "of ann" });
    assertEquals(world.told().sort(), ["gil is ann", "gil out lobby"]);
    const [lobby, dev] = ["lobby", "dev"].map((room) => world.house.state.registry.room(room));
    assertEquals([lobby?.announced, dev?.announced, lobby?.members.size], [2, 2, 3]);
  },
);

Deno.test(
  "a session of the first version that leaves the account's name comes as a guest",
  none,
  async () => {
    const world = new World();
    await world.ann();
    const old = await world.ann({ features: [] });
    world.told();
    await world.ask(old, { type: "rename", name: "gil" });
    assertEquals(world.told(), ["gil in lobby"]);
    assertEquals(world.house.names("lobby"), ["bob", "ann", "gil"]);
  },
);

Deno.test("a kick, a ban and a mute mean all devices of a person", none, async () => {
  const world = new World();
  const olga = new HousePeer();
  await world.house.come(olga, { name: "olga", login: "of olga" });
  const devices = [await world.ann(), await world.ann({ features: [] })];
  for (const peer of devices) world.told(peer);
  await world.ask(olga, { type: "mod", action: "mute", target: "ann" });
  for (const peer of devices) assertEquals(world.told(peer), ["notice"]);
  await world.ask(olga, { type: "mod", action: "kick", target: "ann", room: "lobby", only: true });
  for (const peer of devices) assertEquals(world.told(peer), ["ann out lobby", "notice"]);
  world.told();
  await world.ask(olga, { type: "mod", action: "ban", target: "ann" });
  for (const peer of devices) assertEquals(world.told(peer), ["bye banned"]);
  assertEquals(world.persons, 1);
});

Deno.test(
  "the name of a person that is given back stays with its devices, as one guest",
  none,
  async () => {
    const world = new World();
    const phone = await world.ann();
    await world.ann();
    world.told();
    await world.ask(phone, { type: "unregister" });
    assertEquals([world.persons, world.told(), world.house.names("lobby")], [0, [], [
      "bob",
      "ann",
    ]]);
    await world.ask(phone, { type: "rename", name: "anna" });
    assertEquals(world.told(), ["ann is anna"]);
    assertEquals(world.house.names("lobby"), ["bob", "anna"]);
  },
);

Deno.test("nothing of a person is left when its last session is forgotten", none, async () => {
  const world = new World({ limits: { sessionMs: 60_000 } });
  for (let count = 0; count < 20; count++) world.house.gone(await world.ann(), false);
  const classic = await world.ann({}, CLASSIC_TRAITS);
  assertEquals(world.persons, 1);
  world.house.gone(classic, true);
  world.pass(60_000);
  assertEquals([world.persons, world.house.present], [0, 1]);
});

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

Deno.test(
  "a device whose account goes while it is cut off is kept as long as a guest",
  none,
  async () => {
    const world = new World();
    const ann = await world.ann();
    world.house.gone(ann, false);
    await world.house.console({ type: "user", action: "remove", name: "ann" });
    const known = (): string[] => [...world.house.state.registry.sessions].map(({ name }) => name);
    assertEquals(known(), ["bob", "ann"]);
    world.pass(8 * 86_400_000);
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

Deno.test(
  "what one device enters and leaves the others enter and leave, and hear from then on",
  none,
  async () => {
    const world = new World();
    const [phone, desk] = [await world.ann(), await world.ann()];
    const old = await world.ann({ features: [] });
    await world.ask(world.bob, { type: "join", room: "dev" });
    await world.ask(world.bob, { type: "say", room: "dev", text: "before" });
    for (const peer of [phone, desk, old, world.bob]) world.told(peer);
    await world.ask(phone, { type: "join", room: "dev", scrollback: 0 });
    assertEquals(world.told(phone), ["ann in dev"]);
    const [joined] = desk.told;
    assertEquals(joined, {
      ...{ type: "joined", room: "dev", name: "ann", own: true, seq: 1, last: 1, read: 1 },
    });
    assertEquals([world.told(desk), world.told(old)], [["own ann in dev"], []]);
    await world.ask(world.bob, { type: "say", room: "dev", text: "after" });
    assertEquals([world.told(desk), world.told(phone), world.told(old)], [
      ...[["bob: after"], ["bob: after"], []],
    ]);
    assertEquals(world.told(), ["ann in dev", "ack"]);
    await world.ask(old, { type: "join", room: "dev" });
    world.told(old);
    await world.ask(desk, { type: "leave", room: "dev" });
    assertEquals([world.told(desk), world.told(phone), world.told(old)], [
      ...[["ann out dev"], ["own ann out dev"], ["ann out dev"]],
    ]);
    assertEquals(world.told(), ["ann out dev"]);
    const tablet = await world.ann();
    assertEquals(world.house.roomsOf(tablet), ["lobby"]);
  },
);

Deno.test(
  "a login brings a guest's rooms to the account, and the account's to its device",
  none,
  async () => {
    const world = new World();
    const desk = await world.ann({ room: "dev" });
    const gil = comeNow(world.house, { name: "gil", features: ["people"], room: "tea" });
    world.told(desk);
    await world.ask(gil, { type: "login", name: "ann", password: "of ann" });
    assertEquals(world.told(desk).filter((each) => each.includes(" in ")), ["own ann in tea"]);
    assertEquals(world.told(gil).filter((each) => each.includes(" in ")), ["own ann in dev"]);
    for (const peer of [desk, gil]) assertEquals(world.house.roomsOf(peer).sort(), ["dev", "tea"]);
  },
);

Deno.test("a device follows into no room from which it is banned where it is", none, async () => {
  const world = new World();
  const olga = new HousePeer();
  await world.house.come(olga, { name: "olga", login: "of olga", room: "dev" });
  const [phone, desk] = [await world.ann(), await world.ann()];
  await world.ask(olga, { type: "mod", action: "ban", target: "ann", room: "dev", only: true });
  await assertRejects(() => world.ask(phone, { type: "join", room: "dev" }), Refusal, "banned");
  assertEquals([phone, desk].map((peer) => world.house.roomsOf(peer)), [["lobby"], ["lobby"]]);
});

Deno.test(
  "a rename on a device of an account changes how its name is written, on all of them",
  none,
  async () => {
    const world = new World();
    const [phone, desk] = [await world.ann(), await world.ann()];
    for (const peer of [phone, desk, world.bob]) world.told(peer);
    await world.ask(phone, { type: "rename", name: "Ann" });
    for (const peer of [phone, desk, world.bob]) assertEquals(world.told(peer), ["ann is Ann"]);
    assertEquals([phone.name, desk.name], ["Ann", "Ann"]);
    const tablet = await world.ann({ name: "ANN" });
    assertEquals([tablet.name, world.told(tablet).includes("notice")], ["Ann", false]);
    await assertRejects(
      async () => await world.ask(phone, { type: "rename", name: "anna" }),
      Refusal,
      "only how it is written: anna is another one",
    );
    assertEquals(world.house.names("lobby"), ["bob", "Ann"]);
  },
);

Deno.test("what another device said meanwhile is one's own to who catches up", none, async () => {
  const world = new World();
  const [phone, desk] = [await world.ann(), await world.ann()];
  const { session } = phone;
  const resume = { epoch: world.house.index.epoch, seq: { lobby: 0 } };
  world.house.gone(phone, false);
  await world.ask(desk, { type: "say", room: "lobby", text: "mine" });
  await world.ask(world.bob, { type: "say", room: "lobby", text: "his" });
  const again = await world.ann({ session, resume });
  assertEquals(world.told(again).filter((each) => each.includes(": ")), [
    "own ann: mine",
    "bob: his",
  ]);
  world.house.gone(again, false);
  const old = await world.ann({ session, resume, features: [] });
  assertEquals(world.told(old).filter((each) => each.includes(": ")), ["ann: mine", "bob: his"]);
});
