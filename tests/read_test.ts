/** What an account has listed and read is the same on all its devices, and is there after a restart. */

import { assertEquals } from "@std/assert";
import type { Account } from "../lib/chat/people/records.ts";
import type { Event } from "../lib/wire/events.ts";
import { accountOf, Device, houseOf } from "./fixtures/devices.ts";
import { keeping } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;
const ACCOUNTS: readonly Account[] = [accountOf("ann"), accountOf("bob")];

function newHouse(): ReturnType<typeof houseOf> {
  return houseOf(keeping({ accounts: ACCOUNTS }));
}

/** A read mark, shortened. */
function brief(event: Event | undefined): unknown {
  if (event?.type !== "read") return event;
  return `${event.room} ${event.seq}, ${event.unread} unread, ${event.mentions} mentions`;
}

Deno.test("a device that comes in is told of all rooms, with what is unread", none, async () => {
  const house = newHouse();
  const phone = await Device.come(house, "ann");
  await phone.ask({ type: "join", room: "dev" });
  await phone.ask({ type: "topic", room: "dev", text: "tea" });
  const bob = await Device.come(house, "bob");
  await bob.ask({ type: "join", room: "dev" });
  await bob.ask({ type: "say", room: "dev", text: "hello" });
  await bob.ask({ type: "say", room: "dev", text: "ann: look" });
  const laptop = await Device.come(house, "ann");
  const { rooms, missed, settings } = laptop.ready;
  assertEquals(rooms, [
    { room: "lobby", access: "open", seq: 0, last: 0, read: 0, unread: 0, mentions: 0 },
    {
      room: "dev",
      access: "open",
      topic: "tea",
      seq: 2,
      last: 2,
      read: 0,
      unread: 2,
      mentions: 1,
      host: true,
    },
  ]);
  assertEquals([missed, settings], [1, { notify: {}, hideSeen: false, blocked: [] }]);
  await bob.ask({ type: "say", room: "dev", text: "more" });
  assertEquals(laptop.news("message").map(({ text }) => text), ["more"], "it hears all its rooms");
});

Deno.test("the rooms of an account keep their order, whatever is read in them", none, async () => {
  const house = newHouse();
  const guest = await Device.come(house, "newcomer");
  for (const room of ["tea", "dev", "ops"]) await guest.ask({ type: "join", room });
  await guest.ask({ type: "register", password: "a long password" });
  for (const room of ["sea", "air"]) await guest.ask({ type: "join", room });
  const order = ["lobby", "tea", "dev", "ops", "sea", "air"];
  const bob = await Device.come(house, "bob");
  for (const room of ["dev", "lobby"]) {
    if (room !== "lobby") await bob.ask({ type: "join", room });
    await bob.ask({ type: "say", room, text: "hello" });
    await guest.ask({ type: "read", room, seq: 1 });
    const other = await Device.come(house, "newcomer");
    assertEquals(other.ready.rooms?.map(({ room }) => room), order);
  }
});

Deno.test("what is read on one device is read on the others", none, async () => {
  const house = newHouse();
  const [phone, laptop] = [await Device.come(house, "ann"), await Device.come(house, "ann")];
  const bob = await Device.come(house, "bob");
  for (const text of ["one", "@ann two", "three"]) {
    await bob.ask({ type: "say", room: "lobby", text });
  }
  assertEquals(
    brief(await phone.ask({ type: "read", room: "lobby", seq: 1 })),
    "lobby 1, 2 unread, 1 mentions",
  );
  assertEquals(laptop.news("read").map(brief), ["lobby 1, 2 unread, 1 mentions"]);
  assertEquals(
    brief(await laptop.ask({ type: "read", room: "lobby", seq: 99 })),
    "lobby 3, 0 unread, 0 mentions",
  );
  assertEquals(phone.news("read").map(brief), ["lobby 3, 0 unread, 0 mentions"]);
  assertEquals(bob.news("read"), [], "it is nobody else's business");
});

Deno.test(
  "a late mark of another device takes nothing back, unless it means to",
  none,
  async () => {
    const house = newHouse();
    const [phone, laptop] = [await Device.come(house, "ann"), await Device.come(house, "ann")];
    const bob = await Device.come(house, "bob");
    for (const text of ["one", "two", "three"]) await bob.ask({ type: "say", room: "lobby", text });
    await phone.ask({ type: "read", room: "lobby", seq: 3 });
    laptop.news("read");
    assertEquals(
      brief(await laptop.ask({ type: "read", room: "lobby", seq: 2 })),
      "lobby 3, 0 unread, 0 mentions",
    );
    assertEquals(phone.news("read"), []);
    const back = { type: "read", room: "lobby", seq: 1, back: true } as const;
    assertEquals(brief(await laptop.ask(back)), "lobby 1, 2 unread, 0 mentions");
    assertEquals(phone.news("read").map(brief), ["lobby 1, 2 unread, 0 mentions"]);
  },
);

Deno.test("who says something has read what was said before", none, async () => {
  const house = newHouse();
  const [phone, laptop] = [await Device.come(house, "ann"), await Device.come(house, "ann")];
  const bob = await Device.come(house, "bob");
  for (const text of ["one", "two"]) await bob.ask({ type: "say", room: "lobby", text });
  await phone.ask({ type: "say", room: "lobby", text: "three" });
  assertEquals(laptop.news("read").map(brief), ["lobby 3, 0 unread, 0 mentions"]);
  await phone.ask({ type: "say", room: "lobby", text: "four" });
  assertEquals(laptop.news("read"), [], "there was nothing else to clear");
});

Deno.test("what is said without having seen what was before leaves that unread", none, async () => {
  const house = newHouse();
  const [phone, laptop] = [await Device.come(house, "ann"), await Device.come(house, "ann")];
  const bob = await Device.come(house, "bob");
  await bob.ask({ type: "say", room: "lobby", text: "ann: look" });
  await phone.ask({ type: "say", room: "lobby", text: "waited", unseen: true });
  const { rooms, missed } = (await Device.come(house, "ann")).ready;
  assertEquals([rooms?.map(({ read, unread }) => [read, unread]), missed], [[[0, 1]], 1]);
  assertEquals(laptop.news("read"), []);
  await laptop.ask({ type: "read", room: "lobby", seq: 2 });
  phone.news("read");
  for (const text of ["again", "and again"]) {
    await phone.ask({ type: "say", room: "lobby", text, unseen: true });
  }
  const { rooms: [lobby] = [] } = (await Device.come(house, "ann")).ready;
  assertEquals([lobby?.read, lobby?.unread], [4, 0], "nobody else has said anything before it");
  const to = { type: "direct", to: "ann" } as const;
  const { chat = "" } = (await bob.ask({ ...to, text: "psst" })) as { chat?: string };
  await phone.ask({ type: "direct", chat, text: "waited", unseen: true });
  const [talk] = (await Device.come(house, "ann")).ready.chats ?? [];
  assertEquals([talk?.read, talk?.unread], [0, 1]);
});

Deno.test("what a script says in somebody's name is not unread for them", none, async () => {
  const house = newHouse();
  const ann = await Device.come(house, "ann");
  const script = await Device.come(house, "ann", { visitor: true });
  const bob = await Device.come(house, "bob");
  const unread = async (): Promise<unknown> => {
    const { rooms, missed } = (await Device.come(house, "ann")).ready;
    return [rooms?.map(({ read, unread }) => [read, unread]), missed];
  };
  await script.ask({ type: "say", room: "lobby", text: "@ann built" });
  assertEquals(await unread(), [[[1, 0]], 0]);
  await bob.ask({ type: "say", room: "lobby", text: "@ann thanks" });
  await script.ask({ type: "say", room: "lobby", text: "built again" });
  assertEquals(await unread(), [[[1, 1]], 1], "the person has not read what bob said");
  assertEquals(ann.news("read"), []);
});

Deno.test("only what is listed can be marked", none, async () => {
  const house = newHouse();
  const ann = await Device.come(house, "ann");
  const guest = await Device.come(house, "eve");
  const codes = [];
  for (
    const [device, place] of [
      [ann, { room: "dev" }],
      [guest, { room: "lobby" }],
      [ann, { chat: "x" }],
      [ann, {}],
      [ann, { room: "lobby", chat: "x" }],
    ] as const
  ) {
    const answer = await device.ask({ type: "read", seq: 1, ...place });
    codes.push(answer.type === "error" && answer.code);
  }
  assertEquals(codes, ["not-in-room", "not-in-room", "no-such-chat", "bad-field", "bad-field"]);
});

Deno.test("a room that is left leaves the list, one that was lost does not", none, async () => {
  const house = newHouse();
  const ann = await Device.come(house, "ann");
  await ann.ask({ type: "join", room: "dev" });
  await ann.ask({ type: "join", room: "ops" });
  await ann.ask({ type: "leave", room: "dev" });
  ann.go();
  const back = await Device.come(house, "ann");
  assertEquals(back.ready.rooms?.map(({ room }) => room), ["lobby", "ops"]);
  assertEquals(house.roomsOf(back).sort(), ["lobby", "ops"]);
});

Deno.test(
  "a client of the first version, which names fewer rooms, leaves none of them",
  none,
  async () => {
    const house = newHouse();
    const ann = await Device.come(house, "ann", { features: [] });
    await ann.ask({ type: "join", room: "dev" });
    ann.go(false);
    const resume = { epoch: house.index.epoch, seq: { lobby: 0 } };
    const old = await Device.come(house, "ann", { session: ann.session, resume, features: [] });
    assertEquals([old.ready.rooms, house.roomsOf(old)], [undefined, ["lobby"]]);
    old.go();
    const laptop = await Device.come(house, "ann");
    assertEquals(laptop.ready.rooms?.map(({ room }) => room), ["lobby", "dev"]);
  },
);

Deno.test("marks are kept some seconds later, and when a device leaves", none, async () => {
  let now = 0;
  const log = keeping({ accounts: ACCOUNTS });
  const house = houseOf(log, { now: () => now });
  const put: unknown[] = [];
  const before = log.put.bind(log);
  log.put = (fact, ticket) => {
    if (fact.kind === "list" && !fact.changes.some(({ type }) => type === "device")) {
      put.push(fact.changes.map((change) => change.type === "listed" && change.listed.read));
    }
    return before(fact, ticket);
  };
  const ann = await Device.come(house, "ann");
  const bob = await Device.come(house, "bob");
  assertEquals(put.splice(0), [[0], [0]], "what is listed is kept at once");
  now = 10_000;
  house.expire();
  for (const text of ["one", "two", "three"]) await bob.ask({ type: "say", room: "lobby", text });
  await ann.ask({ type: "read", room: "lobby", seq: 1 });
  await ann.ask({ type: "read", room: "lobby", seq: 2 });
  assertEquals(put, []);
  now += 5_000;
  house.expire();
  assertEquals(put.splice(0), [[3, 2]]);
  await ann.ask({ type: "read", room: "lobby", seq: 3 });
  ann.go();
  assertEquals(put.splice(0).flat().filter((read) => read !== false), [3]);
});

Deno.test(
  "an account has as many rooms listed as a session may be in, by whatever devices",
  none,
  async () => {
    const house = houseOf(keeping({ accounts: ACCOUNTS }), { limits: { roomsPerSession: 2 } });
    const old = { features: [] };
    const one = await Device.come(house, "ann", old);
    await one.ask({ type: "join", room: "dev" });
    one.go();
    const two = await Device.come(house, "ann", old);
    assertEquals(house.roomsOf(two), ["lobby"]);
    const refused = await two.ask({ type: "join", room: "ops" });
    assertEquals(refused.type === "error" && refused.code, "too-many-rooms");
    assertEquals((await two.ask({ type: "join", room: "dev" })).type, "joined");
  },
);

Deno.test(
  "what was left on one device is not listed again when another one comes back",
  none,
  async () => {
    for (const features of [["people"], []]) {
      const house = newHouse();
      const phone = await Device.come(house, "ann", { features });
      await phone.ask({ type: "join", room: "dev" });
      phone.go(false);
      const laptop = await Device.come(house, "ann");
      await laptop.ask({ type: "leave", room: "dev" });
      const resume = { epoch: house.index.epoch, seq: { dev: 0, lobby: 0 } };
      const back = await Device.come(house, "ann", { session: phone.session, resume, features });
      const rooms = features.length === 0 ? ["dev", "lobby"] : ["lobby"];
      assertEquals(house.roomsOf(back).sort(), rooms, "the first version goes where it was");
      assertEquals(back.news("left").map(({ room }) => room), features.length === 0 ? [] : ["dev"]);
      const bare = await Device.come(house, "ann");
      assertEquals(bare.ready.rooms?.map(({ room }) => room), ["lobby"]);
    }
  },
);

Deno.test(
  "of an account that has nothing listed, all rooms that a client was in are",
  none,
  async () => {
    const house = newHouse();
    const resume = { epoch: house.index.epoch, seq: { dev: 0, ops: 0, Ops: 0 } };
    const ann = await Device.come(house, "ann", { resume });
    assertEquals(ann.ready.rooms?.length, 2, "of two spellings there is one room");
    assertEquals(house.roomsOf(ann).sort(), ["dev", "ops"]);
    const bare = await Device.come(house, "ann");
    assertEquals(bare.ready.rooms?.map(({ room }) => room), ["dev", "ops"]);
  },
);

Deno.test("a guest who registers or logs in has the rooms listed that it is in", none, async () => {
  const house = newHouse();
  const guest = await Device.come(house, "guest");
  await guest.ask({ type: "join", room: "dev" });
  await guest.ask({ type: "login", name: "ann", password: "password of ann" });
  const other = await Device.come(house, "zoe");
  await other.ask({ type: "join", room: "ops" });
  await other.ask({ type: "register", password: "a long password" });
  const { lists } = house.state;
  const names = (account: string): string[] =>
    [...lists.of(account).values()].map(({ name }) => name);
  const { id = "" } = house.state.people.account("zoe") ?? {};
  assertEquals([names("ann's"), names(id)], [["lobby", "dev"], ["lobby", "ops"]]);
});

Deno.test(
  "a kick and a ban take a room from the list, also of somebody who is away",
  none,
  async () => {
    const house = houseOf(keeping({ accounts: [...ACCOUNTS, accountOf("olga", "owner")] }));
    const olga = await Device.come(house, "olga");
    await olga.ask({ type: "join", room: "dev" });
    const [ann, bob] = [await Device.come(house, "ann"), await Device.come(house, "bob")];
    for (const each of [ann, bob]) await each.ask({ type: "join", room: "dev" });
    bob.go();
    const mod = { type: "mod", room: "dev", only: true } as const;
    await olga.ask({ ...mod, action: "kick", target: "ann" });
    await olga.ask({ ...mod, action: "ban", target: "bob" });
    for (const name of ["ann", "bob"]) {
      const device = await Device.come(house, name);
      assertEquals(device.ready.rooms?.map(({ room }) => room), ["lobby"], name);
    }
  },
);

Deno.test("a script that visits, and a classic client, change no list", none, async () => {
  const house = newHouse();
  const script = await Device.come(house, "ann", { visitor: true, room: "dev" });
  assertEquals([script.ready.rooms, house.state.lists.all.listed], [undefined, []]);
});

Deno.test("many marks at once are kept in several facts", none, () => {
  const many = Array.from({ length: 600 }, (_, i) => accountOf(`n${i}`));
  const at = 0;
  const listed = many.map(({ id: account }) => {
    return { account, log: "room lobby", name: "lobby", read: 9, at } as const;
  });
  const log = keeping({ accounts: [...many, ...ACCOUNTS], listed });
  const sizes: number[] = [];
  const before = log.put.bind(log);
  log.put = (fact, ticket) => {
    if (fact.kind === "list") sizes.push(fact.changes.length);
    return before(fact, ticket);
  };
  // In this house nothing was said yet, so nobody can have read up to 9.
  const house = houseOf(log);
  house.expire();
  assertEquals(sizes, [500, 100]);
  house.expire();
  assertEquals(sizes.length, 2, "they are kept");
});

Deno.test(
  "a device that comes back without a word hears the rooms that it still has",
  none,
  async () => {
    const house = newHouse();
    const phone = await Device.come(house, "ann");
    await phone.ask({ type: "join", room: "dev" });
    const bob = await Device.come(house, "bob");
    await bob.ask({ type: "join", room: "dev" });
    phone.go(false);
    const back = await Device.come(house, "ann", { session: phone.session });
    for (const room of ["lobby", "dev"]) await bob.ask({ type: "say", room, text: room });
    assertEquals(back.news("message").map(({ text }) => text), ["lobby", "dev"]);
  },
);

Deno.test(
  "what is not kept yet is when the server stops, also of somebody who is away",
  none,
  async () => {
    const log = keeping({ accounts: [...ACCOUNTS, accountOf("olga", "owner")] });
    let now = 0;
    const house = houseOf(log, { now: () => now });
    const olga = await Device.come(house, "olga", { room: "dev" });
    const ann = await Device.come(house, "ann", { room: "dev" });
    ann.go();
    now = 31_000;
    house.expire();
    await olga.ask({ type: "mod", action: "ban", target: "ann", room: "dev", only: true });
    const kept: unknown[] = [];
    const before = log.put.bind(log);
    log.put = (fact, ticket) => {
      if (fact.kind === "list") {
        kept.push(...fact.changes.filter(({ type }) => type === "unlisted"));
      }
      return before(fact, ticket);
    };
    house.close();
    const left = { type: "unlisted", account: "ann's", log: "room dev" } as const;
    assertEquals(kept, [left]);
  },
);

Deno.test("a conversation is kept as listed before the first message of it", none, async () => {
  const log = keeping({ accounts: ACCOUNTS });
  const house = houseOf(log);
  const bob = await Device.come(house, "bob");
  const put: unknown[] = [];
  const before = log.put.bind(log);
  log.put = (fact, ticket) => {
    if (fact.kind !== "list") put.push(fact.kind);
    else for (const each of fact.changes) if (each.type === "listed") put.push(each.listed.account);
    return before(fact, ticket);
  };
  await bob.ask({ type: "direct", to: "ann", text: "hello" });
  assertEquals(put, ["people", "bob's", "ann's", "direct"]);
});
