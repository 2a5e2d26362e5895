/** Who is invited to a room, and who takes invitations back. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { House } from "../lib/chat/house.ts";
import type { KnownSession } from "../lib/chat/log/fact_log.ts";
import { MemoryLog } from "../lib/chat/log/memory_log.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import { ACCOUNTS, comes, makeRoomHouse, type Somebody } from "./fixtures/room_house.ts";
import { keeping, STILL_LOG } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;

const AT = "2026-01-02T03:04:05.000Z";

/** Ann has opened a room by invitation in which two things were said. */
async function den(): Promise<{ house: House; ann: Somebody; bob: Somebody }> {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  const bob = await comes(house, "bob");
  await ann.ask({ type: "join", room: "Den", access: "invite" });
  for (const text of ["one", "two"]) await ann.ask({ type: "say", room: "den", text });
  return { house, ann, bob };
}

Deno.test(
  "whoever is invited comes in and can read all, as the one who invites is told",
  none,
  async () => {
    const { ann, bob } = await den();
    assertEquals(await ann.ask({ type: "invite", room: "den", name: "BOB" }), {
      ...{ type: "invite", room: "Den", name: "bob", by: "ann", messages: 2 },
    });
    assertEquals(bob.take("invite"), [{ type: "invite", room: "Den", by: "ann" }]);
    assertEquals(await bob.code({ type: "join", room: "den" }), "joined");
    assertEquals((await bob.ask({ type: "history", room: "den" })).messages.length, 2);
    assertEquals((await ann.ask({ type: "invites", room: "den" })).members, [
      { name: "ann", by: "ann", at: AT },
      { name: "bob", by: "ann", at: AT },
    ]);
  },
);

Deno.test("an older client is told of an invitation in a sentence", none, async () => {
  const { house, ann } = await den();
  const carl = await comes(house, "carl", { features: [] });
  await ann.ask({ type: "invite", room: "den", name: "carl" });
  assertEquals(carl.take("notice").map(({ text }) => text), [
    "ann invites you to Den; /join Den goes there.",
  ]);
});

Deno.test("an invitation is for accounts, once, and by operators", none, async () => {
  const { house, ann, bob } = await den();
  await comes(house, "eve");
  const eve = await ann.ask({ type: "invite", room: "den", name: "eve" });
  assertEquals([eve.code, /link/.test(eve.text)], ["no-such-name", true]);
  const both = await ann.ask({ type: "invite", room: "den", name: "bob eve" });
  assertStringIncludes(both.text, "bob eve (names are invited one at a time)");
  assertEquals(await ann.code({ type: "invite", room: "den", name: "bob" }), "invite");
  assertEquals(await ann.code({ type: "invite", room: "den", name: "bob" }), "already-member");
  assertEquals(await bob.code({ type: "invite", room: "den", name: "carl" }), "not-allowed");
  assertEquals(await bob.code({ type: "invites", room: "den" }), "not-allowed");
  assertEquals(await ann.code({ type: "invite", room: "den" }), "bad-field");
  assertEquals(
    await ann.code({ type: "invite", room: "den", name: "bob", link: {} }),
    "bad-field",
  );
});

Deno.test("whoever is not invited can't find out by inviting", none, async () => {
  const { house } = await den();
  const carl = await comes(house, "carl");
  const eve = await comes(house, "eve");
  for (const who of [carl, eve]) {
    for (const type of ["invite", "uninvite"] as const) {
      assertEquals(await who.code({ type, room: "den", name: "bob" }), "no-such-room");
      assertEquals(await who.code({ type, room: "none", name: "bob" }), "no-such-room");
    }
    assertEquals(await who.code({ type: "invites", room: "den" }), "no-such-room");
  }
});

Deno.test("in a room for everybody its people tell others of it", none, async () => {
  const { house, ann, bob } = await den();
  const eve = await comes(house, "eve");
  await ann.ask({ type: "join", room: "hall" });
  assertEquals(await bob.code({ type: "invite", room: "hall", name: "eve" }), "not-in-room");
  assertEquals(await eve.code({ type: "invite", room: "hall", name: "bob" }), "not-allowed");
  assertEquals(await ann.code({ type: "invite", room: "hall", name: "eve" }), "invite");
  assertEquals(eve.take("invite"), [{ type: "invite", room: "hall", by: "ann" }]);
});

Deno.test("whoever is uninvited is out at once, and nothing is left to find", none, async () => {
  const { house, ann, bob } = await den();
  await ann.ask({ type: "invite", room: "den", name: "bob" });
  await bob.ask({ type: "join", room: "den" });
  const carl = await comes(house, "carl");
  await ann.ask({ type: "invite", room: "den", name: "carl" });
  assertEquals(await carl.code({ type: "join", room: "den" }), "joined");
  carl.take("room");
  ann.take("left");
  assertEquals(await ann.ask({ type: "uninvite", room: "den", name: "bob" }), {
    ...{ type: "uninvite", room: "Den", name: "bob" },
  });
  const left = { type: "left", room: "Den", name: "bob", reason: "uninvited", by: "ann" };
  assertEquals([ann.take("left"), bob.take("left")], [[left], [left]]);
  // The room is set as it was.
  assertEquals(carl.take("room"), []);
  await ann.ask({ type: "say", room: "den", text: "three" });
  assertEquals(bob.take("message").map(({ text }) => text), []);
  for (const type of ["history", "who", "topic", "room"] as const) {
    assertEquals(await bob.code({ type, room: "den" }), "no-such-room");
  }
  assertEquals(await bob.code({ type: "join", room: "den" }), "invite-only");
  assertEquals(await ann.code({ type: "uninvite", room: "den", name: "bob" }), "no-such-name");
  const back = await comes(house, "bob", { room: "lobby" });
  assertEquals(await back.code({ type: "history", room: "den" }), "no-such-room");
});

Deno.test(
  "nobody takes back the invitation of another operator, and everybody the own",
  none,
  async () => {
    const { house, ann, bob } = await den();
    const carl = await comes(house, "carl");
    for (const name of ["bob", "carl"]) await ann.ask({ type: "invite", room: "den", name });
    await ann.ask({ type: "mod", action: "op", target: "bob", room: "den", only: true });
    for (const who of [bob, carl]) await who.ask({ type: "join", room: "den" });
    assertEquals(await ann.code({ type: "uninvite", room: "den", name: "bob" }), "not-allowed");
    assertEquals(await carl.code({ type: "uninvite", room: "den", name: "bob" }), "not-allowed");
    assertEquals(await carl.code({ type: "uninvite", room: "den", name: "carl" }), "uninvite");
    assertEquals(await carl.code({ type: "who", room: "den" }), "no-such-room");
  },
);

Deno.test("a room has only so many members of record", none, async () => {
  const house = makeRoomHouse({ limits: { roomMembers: 2 } });
  const ann = await comes(house, "ann");
  await ann.ask({ type: "join", room: "den", access: "invite" });
  assertEquals(await ann.code({ type: "invite", room: "den", name: "bob" }), "invite");
  const refused = await ann.ask({ type: "invite", room: "den", name: "carl" });
  assertEquals(refused.code, "too-many-members");
  assertStringIncludes(refused.text, "has 2 members, and may have 2");
});

Deno.test(
  "an invitation is by an account, however that writes its name and whoever has it later",
  none,
  async () => {
    const { house, ann, bob } = await den();
    const carl = await comes(house, "carl");
    await ann.ask({ type: "invite", room: "den", name: "bob" });
    await bob.ask({ type: "join", room: "den" });
    await ann.ask({ type: "invite", room: "den", name: "carl" });
    await ann.ask({ type: "rename", name: "Ann" });
    const names = (await ann.ask({ type: "invites", room: "den" })).members
      .map(({ name, by }: { name: string; by: string }) => `${name} by ${by}`);
    assertEquals(names, ["Ann by Ann", "bob by Ann", "carl by Ann"]);
    // Bob invites somebody to a room of all, writes his name otherwise, and takes that back.
    await bob.ask({ type: "join", room: "hall" });
    const otto = await comes(house, "otto");
    const dora = await comes(house, "dora");
    await dora.ask({ type: "join", room: "hall" });
    await bob.ask({ type: "invite", room: "hall", name: "otto" });
    await house.console({ type: "user", action: "remove", name: "bob" });
    await dora.ask({ type: "register", password: "a long password" });
    assertEquals(otto.take("invite"), [{ type: "invite", room: "hall", by: "bob" }]);
    const proof = "a long password";
    await house.console({ type: "user", action: "add", name: "bob", role: "member", proof });
    const other = await comes(house, "bob", { login: proof });
    await other.ask({ type: "join", room: "hall" });
    assertEquals(await other.code({ type: "uninvite", room: "hall", name: "otto" }), "not-allowed");
    await carl.ask({ type: "join", room: "hall" });
    await carl.ask({ type: "invite", room: "hall", name: "ann" });
    await carl.ask({ type: "rename", name: "Carl" });
    assertEquals(await carl.code({ type: "uninvite", room: "hall", name: "ann" }), "uninvite");
  },
);

Deno.test("an account that is given back is no member any more", none, async () => {
  const { house, ann, bob } = await den();
  await ann.ask({ type: "invite", room: "den", name: "bob" });
  await bob.ask({ type: "join", room: "den" });
  await bob.ask({ type: "unregister" });
  await ann.ask({ type: "say", room: "den", text: "three" });
  assertEquals([bob.take("left").length, bob.take("message").length], [1, 0]);
  assertEquals(await bob.code({ type: "history", room: "den" }), "no-such-room");
  assertEquals(house.state.rooms.members("den").map(({ account }) => account), ["id of ann"]);
});

Deno.test("nobody invites more than so many in an hour", none, async () => {
  let now = 0;
  const house = makeRoomHouse({ limits: { invitationsPerHour: 2 }, now: () => now });
  const ann = await comes(house, "ann");
  await ann.ask({ type: "join", room: "den", access: "invite" });
  for (const name of ["bob", "carl"]) {
    assertEquals(await ann.code({ type: "invite", room: "den", name }), "invite");
  }
  assertEquals(await ann.code({ type: "invite", room: "den", link: {} }), "try-later");
  now = 1_800_000;
  assertEquals(await ann.code({ type: "invite", room: "den", link: {} }), "invite");
});

Deno.test(
  "an invitation that is refused does not count, but where it tells what could not be seen",
  none,
  async () => {
    const house = makeRoomHouse({ limits: { invitationsPerHour: 2 } });
    const ann = await comes(house, "ann");
    await ann.ask({ type: "join", room: "den", access: "invite" });
    const codes = async (who: Somebody, name: string): Promise<string> => {
      const all = new Set<string>();
      for (let n = 0; n < 130; n++) all.add(await who.code({ type: "invite", room: "den", name }));
      return [...all].join();
    };
    assertEquals(await ann.code({ type: "invite", room: "den", name: "bob" }), "invite");
    assertEquals(await codes(ann, "bob"), "already-member");
    assertEquals(await codes(ann, "nobody"), "no-such-name");
    assertEquals(await ann.code({ type: "invite", room: "den", name: "carl" }), "invite");
    assertEquals(await codes(ann, "bob"), "try-later");
    // Carl sees that Ann is there; that Bob has the room listed, who is away, he would find out by asking.
    const [bob, carl] = [await comes(house, "bob"), await comes(house, "carl")];
    await ann.ask({ type: "room", room: "den", access: "open" });
    for (const each of [bob, carl]) await each.ask({ type: "join", room: "den" });
    house.gone(bob.peer, true);
    assertEquals(await codes(carl, "ann"), "already-member");
    assertEquals(await codes(carl, "bob"), "already-member,try-later");
  },
);

Deno.test(
  "whoever is uninvited is out with all devices, each of which is told once",
  none,
  async () => {
    const { house, ann, bob } = await den();
    const phone = await comes(house, "bob");
    await ann.ask({ type: "invite", room: "den", name: "bob" });
    assertEquals([bob.take("invite").length, phone.take("invite").length], [1, 1]);
    await bob.ask({ type: "join", room: "den" });
    assertEquals(phone.take("joined").map(({ room, own }) => [room, own]), [["Den", true]]);
    ann.take("left");
    await ann.ask({ type: "uninvite", room: "den", name: "bob" });
    for (const device of [bob, phone]) {
      assertEquals(device.take("left").map(({ reason, by }) => [reason, by]), [[
        "uninvited",
        "ann",
      ]]);
    }
    assertEquals(ann.take("left").length, 1);
    await ann.ask({ type: "say", room: "den", text: "three" });
    assertEquals([bob.take("message"), phone.take("message")], [[], []]);
  },
);

Deno.test(
  "whoever has not come yet is told when an invitation is taken back, or the room is gone",
  none,
  async () => {
    const { house, ann, bob } = await den();
    for (const name of ["bob", "carl"]) await ann.ask({ type: "invite", room: "den", name });
    const phone = await comes(house, "bob");
    const old = await comes(house, "bob", { features: [] });
    const carl = await comes(house, "carl");
    await carl.ask({ type: "join", room: "den" });
    await ann.ask({ type: "uninvite", room: "den", name: "bob" });
    for (const device of [bob, phone]) {
      assertEquals(device.take("uninvite"), [{ type: "uninvite", room: "Den" }]);
    }
    assertEquals([old.take("uninvite"), carl.take("uninvite")], [[], []]);
    await ann.ask({ type: "invite", room: "den", name: "bob" });
    const olga = await comes(house, "olga");
    await house.console({ type: "room", room: "den", remove: true });
    assertEquals(bob.take("uninvite"), [{ type: "uninvite", room: "Den" }]);
    assertEquals([olga.take("uninvite"), carl.take("uninvite")], [[], []]);
    assertEquals(carl.take("left").map(({ reason }) => reason), ["removed"]);
  },
);

Deno.test(
  "a device that comes in later is told of the invitation, unless who invites is blocked",
  none,
  async () => {
    const { house, ann, bob } = await den();
    const carl = await comes(house, "carl");
    await carl.ask({ type: "block", name: "ann" });
    for (const name of ["bob", "carl"]) await ann.ask({ type: "invite", room: "den", name });
    assertEquals([bob.take("invite").length, carl.take("invite").length], [1, 0]);
    const invited = { room: "Den", by: "ann", at: AT };
    for (const [name, expected] of [["bob", [invited]], ["carl", []]] as const) {
      const [ready] = (await comes(house, name)).take("ready");
      assertEquals(ready.invited, expected);
    }
    await bob.ask({ type: "join", room: "den" });
    const [ready] = (await comes(house, "bob")).take("ready");
    assertEquals([ready.invited, ready.rooms.at(-1)?.access], [[], "invite"]);
    // Nobody has invited who opened the room themselves.
    await ann.ask({ type: "leave", room: "den" });
    const [left] = (await comes(house, "ann")).take("ready");
    assertEquals([left.invited, left.rooms.map(({ room }: { room: string }) => room)], [[], [
      "lobby",
    ]]);
  },
);

Deno.test(
  "a guest who comes with many sessions does not fill a room that others are asked to",
  none,
  async () => {
    const house = makeRoomHouse({ limits: { roomMembers: 9, invitationsPerHour: 3 } });
    const ann = await comes(house, "ann");
    await ann.ask({ type: "join", room: "den", access: "invite" });
    const { token: invite } = await ann.ask({ type: "invite", room: "den", link: {} });
    const guest = await comes(house, "guest", { invite });
    const { session } = guest.peer;
    for (let count = 0; count < 2; count++) {
      house.gone((await comes(house, "guest", { session, beside: true })).peer, true);
    }
    const refused = await assertRejects(
      () => comes(house, "guest", { session, beside: true }),
      Refusal,
    );
    assertEquals(refused.code, "try-later");
    await comes(house, "eve", { invite }, { address: "192.0.2.2" });
  },
);

Deno.test(
  "a guest who has not come back since a restart is listed, and can be uninvited",
  none,
  async () => {
    const before = makeRoomHouse({}, keeping({ accounts: ACCOUNTS }, new KnowingLog(STILL_LOG)));
    const host = await comes(before, "ann");
    await host.ask({ type: "join", room: "den", access: "invite" });
    const { token: invite } = await host.ask({ type: "invite", room: "den", link: {} });
    const { session } = (await comes(before, "Gus", { invite })).peer;
    const hosts = before.state.people.hostsOf(() => true);
    const people = { accounts: ACCOUNTS, hosts, ...before.state.rooms.all };
    const house = makeRoomHouse({}, keeping(people, new KnowingLog(STILL_LOG)));
    const ann = await comes(house, "ann");
    assertEquals((await ann.ask({ type: "invites", room: "den" })).members, [
      { name: "ann", by: "ann", at: AT },
      { name: "Gus", by: "ann", at: AT },
    ]);
    assertEquals(await ann.code({ type: "uninvite", room: "den", name: "gus" }), "uninvite");
    const gus = await comes(house, "Gus", { session });
    assertEquals(await gus.code({ type: "join", room: "den" }), "invite-only");
  },
);

/** A log that knows every session from before. */
class KnowingLog extends MemoryLog {
  override recall(): KnownSession {
    return { label: "", since: 0 };
  }
}

Deno.test(
  "a guest is uninvited with its sessions that are not back since a restart",
  none,
  async () => {
    const log = new KnowingLog(STILL_LOG);
    const before = makeRoomHouse({}, keeping({ accounts: ACCOUNTS }, log));
    const host = await comes(before, "ann");
    await host.ask({ type: "join", room: "den", access: "invite" });
    const { token: invite } = await host.ask({ type: "invite", room: "den", link: {} });
    const { session } = (await comes(before, "guest", { invite })).peer;
    const { session: beside } = (await comes(before, "guest", { session, beside: true })).peer;
    const hosts = before.state.people.hostsOf(() => true);
    const people = { accounts: ACCOUNTS, hosts, ...before.state.rooms.all };
    const house = makeRoomHouse({}, keeping(people, new KnowingLog(STILL_LOG)));
    const ann = await comes(house, "ann");
    await comes(house, "guest", { session });
    assertEquals(await ann.code({ type: "uninvite", room: "den", name: "guest" }), "uninvite");
    const other = await comes(house, "guest", { session: beside });
    assertEquals(await other.code({ type: "join", room: "den" }), "invite-only");
    assertEquals(house.state.rooms.members("den").map(({ account }) => account), ["id of ann"]);
  },
);
