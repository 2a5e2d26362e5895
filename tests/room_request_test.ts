/** How rooms are set: who may enter them, what they are called, who sets the topic and who speaks. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { House } from "../lib/chat/house.ts";
import { SlowLog } from "./fixtures/late_logs.ts";
import { ACCOUNTS, comes, makeRoomHouse, type Somebody } from "./fixtures/room_house.ts";
import { keeping } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;

/** Ann has opened a room, as `access` says, and bob and a guest would like to know of it. */
async function meeting(
  access: "open" | "unlisted" | "invite" | undefined,
): Promise<{ house: House; ann: Somebody; bob: Somebody; eve: Somebody }> {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  const bob = await comes(house, "bob");
  const eve = await comes(house, "eve");
  await ann.ask({ type: "join", room: "Den", ...(access === undefined ? {} : { access }) });
  return { house, ann, bob, eve };
}

Deno.test("whoever is in a room learns how it is set", none, async () => {
  const { ann, bob } = await meeting(undefined);
  assertEquals(await bob.ask({ type: "room", room: "den" }), {
    ...{ type: "room", room: "Den", access: "open", hosts: ["ann"] },
  });
  const asked = {
    type: "room",
    room: "den",
    title: " A  den ",
    slow: 5,
    topicLocked: true,
  } as const;
  const set = {
    ...{ type: "room", room: "Den", access: "open", title: "A den", topicLocked: true, slow: 5 },
    hosts: ["ann"],
  };
  await bob.ask({ type: "join", room: "den" });
  bob.take("room");
  assertEquals(await ann.ask(asked), set);
  assertEquals(bob.take("room"), [set]);
  assertEquals(await bob.ask({ type: "room", room: "den" }), set);
  await ann.ask({ type: "room", room: "den", title: "", slow: 0, topicLocked: false });
  assertEquals(await bob.ask({ type: "room", room: "den" }), {
    ...{ type: "room", room: "Den", access: "open", hosts: ["ann"] },
  });
});

Deno.test("whoever enters a room learns what it is called for people", none, async () => {
  const { house, ann, eve } = await meeting(undefined);
  await ann.ask({ type: "room", room: "den", title: "A den" });
  assertEquals((await eve.ask({ type: "join", room: "den" })).title, "A den");
  const fay = await comes(house, "fay", { room: "den" });
  assertEquals(fay.take("ready").map(({ title }) => title), ["A den"]);
});

Deno.test("a client of the first version is told nothing of how rooms are set", none, async () => {
  const { house, ann } = await meeting(undefined);
  const old = await comes(house, "old", { features: [], room: "den" });
  await ann.ask({ type: "room", room: "den", title: "A den" });
  assertEquals(old.take("room"), []);
});

Deno.test(
  "only operators of a room set it otherwise, and owners alone remove it",
  none,
  async () => {
    const { house, ann, bob, eve } = await meeting(undefined);
    for (const who of [bob, eve]) {
      await who.ask({ type: "join", room: "den" });
      assertEquals(await who.code({ type: "room", room: "den", title: "x" }), "not-allowed");
      assertEquals(await who.code({ type: "room", room: "den", remove: true }), "not-allowed");
    }
    assertEquals(await ann.code({ type: "room", room: "den", remove: true }), "not-allowed");
    const otto = await comes(house, "otto");
    assertEquals(await otto.code({ type: "room", room: "den", title: "x" }), "room");
    assertEquals(await ann.code({ type: "room", room: "none" }), "no-such-room");
  },
);

Deno.test("what a record can't hold is refused with the value", none, async () => {
  const { ann } = await meeting(undefined);
  const long = await ann.ask({ type: "room", room: "den", title: "x".repeat(81) });
  assertEquals([long.code, /81/.test(long.text)], ["bad-field", true]);
  const slow = await ann.ask({ type: "room", room: "den", slow: 30_000 });
  assertEquals([slow.code, /30000/.test(slow.text)], ["bad-field", true]);
});

Deno.test(
  "whoever can't enter a room by invitation learns nothing but its name",
  none,
  async () => {
    const { ann, bob, eve } = await meeting("invite");
    await ann.ask({ type: "say", room: "den", text: "tea at four" });
    for (const who of [bob, eve]) {
      const refused = await who.ask({ type: "join", room: "DEN" });
      assertEquals(refused.code, "invite-only");
      for (
        const request of [
          { type: "who", room: "den" },
          { type: "history", room: "den" },
          { type: "search", query: "tea", room: "den" },
          { type: "topic", room: "den" },
          { type: "room", room: "den" },
          { type: "say", room: "den", text: "hi" },
        ] as const
      ) {
        assertEquals((await who.ask(request)).code, "no-such-room", request.type);
      }
      const { rooms } = await who.ask({ type: "rooms" });
      assertEquals(rooms.map(({ room }: { room: string }) => room), ["lobby"]);
    }
    const { rooms } = await ann.ask({ type: "rooms" });
    assertEquals(rooms, [
      { room: "Den", members: 1, access: "invite" },
      { room: "lobby", members: 3 },
    ]);
  },
);

Deno.test("a room that is not listed is found by those who know its name", none, async () => {
  const { ann, bob } = await meeting("unlisted");
  const names = async (who: Somebody): Promise<string[]> =>
    (await who.ask({ type: "rooms" })).rooms.map(({ room }: { room: string }) => room);
  assertEquals([await names(ann), await names(bob)], [["Den", "lobby"], ["lobby"]]);
  assertEquals(await bob.code({ type: "join", room: "den" }), "joined");
  assertEquals(await names(bob), ["Den", "lobby"]);
});

Deno.test(
  "a name that looks like that of a room in no list does not give it away",
  none,
  async () => {
    const { bob } = await meeting("unlisted");
    const alike = await bob.ask({ type: "join", room: "d\u0435n" });
    assertEquals(alike.code, "room-taken");
    assertEquals(/den/i.test(alike.text.replaceAll("d\u0435n", "")), false, alike.text);
  },
);

Deno.test("only accounts open rooms that are by invitation, and only new ones", none, async () => {
  const { ann, bob, eve } = await meeting(undefined);
  const guest = await eve.ask({ type: "join", room: "nook", access: "invite" });
  assertEquals(guest.code, "not-logged-in");
  assertEquals(await eve.code({ type: "join", room: "nook", access: "open" }), "joined");
  assertEquals(await bob.code({ type: "join", room: "den", access: "invite" }), "room-taken");
  await ann.ask({ type: "join", room: "cave", access: "invite" });
  assertEquals(await ann.code({ type: "join", room: "cave", access: "invite" }), "joined");
  assertEquals(await bob.code({ type: "join", room: "cave", access: "invite" }), "invite-only");
  const alike = await bob.ask({ type: "join", room: "c\u0430ve" });
  assertEquals(alike.code, "room-taken");
  assertStringIncludes(alike.text, "looks like cave, which is by invitation only");
});

Deno.test("a room by invitation stays taken while nobody is in it", none, async () => {
  const { ann, bob } = await meeting("invite");
  await ann.ask({ type: "leave", room: "den" });
  assertEquals(await bob.code({ type: "join", room: "den" }), "invite-only");
  assertEquals(await ann.code({ type: "join", room: "den" }), "joined");
});

Deno.test(
  "when a room becomes one by invitation, those in it stay and guests go",
  none,
  async () => {
    const { ann, bob, eve } = await meeting(undefined);
    for (const who of [bob, eve]) await who.ask({ type: "join", room: "den" });
    eve.take("left");
    await ann.ask({ type: "room", room: "den", access: "invite" });
    assertEquals(eve.take("left"), [
      { type: "left", room: "Den", name: "eve", reason: "uninvited", by: "ann" },
    ]);
    assertEquals(await eve.code({ type: "history", room: "den" }), "no-such-room");
    assertEquals(await bob.code({ type: "say", room: "den", text: "still here" }), "ack");
    await bob.ask({ type: "leave", room: "den" });
    assertEquals(await bob.code({ type: "join", room: "den" }), "joined");
  },
);

Deno.test("what was said by invitation only is not shown to all by mistake", none, async () => {
  const { ann, bob } = await meeting("invite");
  for (const text of ["one", "two"]) await ann.ask({ type: "say", room: "den", text });
  const refused = await ann.ask({ type: "room", room: "den", access: "open" });
  assertEquals([refused.code, refused.messages], ["would-reveal", 2]);
  assertEquals(await bob.code({ type: "join", room: "den" }), "invite-only");
  const opened = await ann.ask({ type: "room", room: "den", access: "open", reveal: true });
  assertEquals(opened.access, "open");
  assertEquals(await bob.code({ type: "join", room: "den" }), "joined");
});

Deno.test(
  "what is said while a host opens a room is not shown to all by mistake",
  none,
  async () => {
    const log = keeping({ accounts: ACCOUNTS }, new SlowLog());
    const house = makeRoomHouse({}, log);
    const ann = await comes(house, "ann");
    const bob = await comes(house, "bob");
    await ann.ask({ type: "join", room: "den", access: "invite" });
    await ann.ask({ type: "invite", room: "den", name: "bob" });
    await bob.ask({ type: "join", room: "den" });
    const say = { type: "say", room: "den", text: "between us" } as const;
    const open = { type: "room", room: "den", access: "open" } as const;
    // On its way to the disk when the messages are counted.
    bob.ask(say);
    const early = ann.ask(open);
    for (const store of log.late.splice(0)) store();
    assertEquals([(await early).code, (await early).messages], ["would-reveal", 1]);
    await ann.ask({ type: "join", room: "nook", access: "invite" });
    // Said after they were counted.
    const late = ann.ask({ ...open, room: "nook" });
    ann.ask({ ...say, room: "nook" });
    assertEquals([(await late).code, (await late).messages], ["would-reveal", 1]);
    for (const store of log.late.splice(0)) store();
    assertEquals(house.state.rooms.access("nook"), "invite");
  },
);

Deno.test("a room in which nothing was said opens without a question", none, async () => {
  const { ann } = await meeting("invite");
  assertEquals(await ann.code({ type: "room", room: "den", access: "unlisted" }), "room");
});

Deno.test("everybody starts in the lobby, which stays open", none, async () => {
  const house = makeRoomHouse();
  const olga = await comes(house, "olga");
  for (const asked of [{ access: "invite" }, { remove: true }] as const) {
    const refused = await olga.ask({ type: "room", room: "lobby", ...asked });
    assertEquals(refused.code, "not-allowed");
  }
  assertEquals(await olga.code({ type: "room", room: "lobby", title: "Hall" }), "room");
});

Deno.test("a topic says who set it and when, and a lock keeps it for operators", none, async () => {
  const { ann, bob } = await meeting(undefined);
  await bob.ask({ type: "join", room: "den" });
  const at = "2026-01-02T03:04:05.000Z";
  const topic = { type: "topic", room: "Den", text: "tea", from: "bob", at };
  assertEquals(await bob.ask({ type: "topic", room: "den", text: "tea" }), topic);
  assertEquals(await ann.ask({ type: "topic", room: "den" }), topic);
  await ann.ask({ type: "room", room: "den", topicLocked: true });
  assertEquals(await bob.code({ type: "topic", room: "den", text: "cake" }), "not-allowed");
  assertEquals(await ann.code({ type: "topic", room: "den", text: "cake" }), "topic");
});

Deno.test("in a quiet room only hosts speak", none, async () => {
  const { ann, bob } = await meeting(undefined);
  await bob.ask({ type: "join", room: "den" });
  await ann.ask({ type: "room", room: "den", quiet: true });
  assertEquals(await bob.code({ type: "say", room: "den", text: "hi" }), "not-allowed");
  assertEquals(await ann.code({ type: "say", room: "den", text: "hi" }), "ack");
});

Deno.test("in a slow room one waits between two messages, and operators do not", none, async () => {
  let now = 0;
  const house = makeRoomHouse({ now: () => now });
  const ann = await comes(house, "ann", { room: "den" });
  const bob = await comes(house, "bob", { room: "den" });
  await ann.ask({ type: "room", room: "den", slow: 10 });
  const say = { type: "say", room: "den", text: "hi" } as const;
  assertEquals(await bob.code(say), "ack");
  now = 4_000;
  const refused = await bob.ask(say);
  assertEquals([refused.code, refused.retryAfterMs], ["try-later", 6_000]);
  assertEquals([await ann.code(say), await ann.code(say)], ["ack", "ack"]);
  now = 10_000;
  assertEquals(await bob.code(say), "ack");
});

Deno.test("a room is handed over, and whoever gave it is its operator no more", none, async () => {
  const { ann, bob } = await meeting("invite");
  const refused = await ann.ask({ type: "room", room: "den", host: "nobody" });
  assertEquals(refused.code, "no-such-name");
  assertEquals((await ann.ask({ type: "room", room: "den", host: "Bob" })).hosts, ["bob"]);
  assertEquals(await ann.code({ type: "room", room: "den", title: "x" }), "not-allowed");
  assertEquals(await bob.code({ type: "join", room: "den" }), "joined");
  assertEquals(await bob.code({ type: "room", room: "den", title: "x" }), "room");
});

Deno.test("a room that is removed is gone for all, with what was said in it", none, async () => {
  const { house, ann, bob } = await meeting(undefined);
  const olga = await comes(house, "olga");
  await bob.ask({ type: "join", room: "den" });
  await ann.ask({ type: "say", room: "den", text: "tea" });
  bob.take("left");
  bob.take("room");
  assertEquals((await olga.ask({ type: "room", room: "den", remove: true })).removed, true);
  assertEquals(bob.take("left"), [
    { type: "left", room: "Den", name: "bob", reason: "removed", by: "olga" },
  ]);
  assertEquals(bob.take("room").map(({ removed }) => removed), [true]);
  assertEquals(await bob.code({ type: "history", room: "den" }), "no-such-room");
  assertEquals(await bob.code({ type: "join", room: "den" }), "joined");
  assertEquals((await bob.ask({ type: "history", room: "den" })).messages, []);
  assertEquals(await ann.code({ type: "room", room: "den", title: "x" }), "not-allowed");
});

Deno.test("the list has empty rooms of which something is kept", none, async () => {
  const { ann, bob } = await meeting(undefined);
  await ann.ask({ type: "say", room: "den", text: "tea" });
  await ann.ask({ type: "leave", room: "den" });
  assertEquals((await bob.ask({ type: "rooms" })).rooms, [
    { room: "Den", members: 0 },
    { room: "lobby", members: 3 },
  ]);
  assertEquals((await bob.ask({ type: "who", room: "den" })).total, 0);
});

Deno.test("an account founds only so many rooms that not everybody may enter", none, async () => {
  const house = makeRoomHouse({ limits: { foundedRooms: 1 } });
  const ann = await comes(house, "ann");
  assertEquals(await ann.code({ type: "join", room: "den", access: "invite" }), "joined");
  const refused = await ann.ask({ type: "join", room: "cave", access: "unlisted" });
  assertEquals([refused.code, /founded 1 rooms/.test(refused.text)], ["room-limit", true]);
  assertEquals(await ann.code({ type: "join", room: "cave" }), "joined");
});

Deno.test(
  "a server operator who is not invited sees nothing of a room, and does what can be done blindly",
  none,
  async () => {
    const { house, ann, eve } = await meeting("invite");
    const otto = await comes(house, "otto");
    const mod = { type: "mod", target: "ann", room: "den", only: true } as const;
    assertEquals(await otto.code({ ...mod, action: "kick" }), "no-such-name");
    assertEquals(await otto.code({ ...mod, action: "deop" }), "not-allowed");
    await ann.ask({ type: "mod", action: "ban", target: "eve", room: "den", only: true });
    assertEquals(await otto.code({ ...mod, action: "unban", target: "eve" }), "no-such-ban");
    assertEquals((await otto.ask({ type: "bans" })).bans, []);
    assertEquals((await otto.ask({ type: "audit" })).entries, []);
    assertEquals(await eve.code({ type: "who", room: "den" }), "no-such-room");
    assertEquals((await ann.ask({ type: "bans", room: "den" })).bans.length, 1);
    // What it has done itself it sees, and can undo, as in a room that is not there.
    assertEquals(await otto.code({ ...mod, action: "mute", target: "zoe" }), "mod");
    assertEquals((await otto.ask({ type: "bans" })).bans.length, 1);
    assertEquals((await otto.ask({ type: "audit" })).entries.length, 1);
    assertEquals(await otto.code({ ...mod, action: "unmute", target: "zoe" }), "mod");
  },
);

Deno.test(
  "what was done in a room that is removed stays hidden, also from another of its name",
  none,
  async () => {
    const { house, ann } = await meeting("invite");
    const [olga, otto] = [await comes(house, "olga"), await comes(house, "otto")];
    await ann.ask({ type: "room", room: "den", title: "the merger" });
    await ann.ask({ type: "invite", room: "den", name: "olga" });
    await ann.ask({ type: "mod", action: "ban", target: "eve", room: "den", only: true });
    assertEquals((await olga.ask({ type: "room", room: "den", remove: true })).removed, true);
    const learns = async (): Promise<unknown[]> => [
      (await otto.ask({ type: "audit" })).entries.map(({ action }: { action: string }) => action),
      (await otto.ask({ type: "bans" })).bans,
    ];
    assertEquals(await learns(), [["room remove"], []]);
    await otto.ask({ type: "join", room: "den" });
    await otto.ask({ type: "say", room: "den", text: "new" });
    assertEquals(await learns(), [["room remove"], []]);
  },
);

Deno.test("rooms by invitation count as new rooms of an hour", none, async () => {
  const house = makeRoomHouse({ limits: { newRoomsPerHour: 2 } });
  const ann = await comes(house, "ann");
  for (const room of ["den", "cave"]) {
    assertEquals(await ann.code({ type: "join", room, access: "invite" }), "joined");
  }
  for (const access of ["invite", undefined] as const) {
    const asked = access === undefined ? {} : { access };
    const refused = await ann.ask({ type: "join", room: "nook", ...asked });
    assertEquals([refused.code, /2 new rooms within an hour/.test(refused.text)], [
      ...["room-limit", true],
    ]);
  }
});
