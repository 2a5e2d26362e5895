/** Coming in is one call: what is looked at, in which order, and what becomes of those who go meanwhile. */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { House } from "../lib/chat/house.ts";
import type { HouseOptions } from "../lib/chat/house_options.ts";
import type { Account, Sanction } from "../lib/chat/people/records.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import { CLASSIC_TRAITS, EVENT_TRAITS, type Hello } from "../lib/chat/sessions/peer.ts";
import { comeIn, comeNow, HousePeer } from "./fixtures/house_peer.ts";
import { SlowLog } from "./fixtures/late_logs.ts";
import { PLAIN_PASSWORDS } from "./fixtures/people_house.ts";
import { keeping, still, stillLog } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;

const ANN: Account = {
  id: "ann's",
  name: "ann",
  key: "ann",
  role: "member",
  proof: "right",
  createdAt: 0,
};

const BANNED: Sanction = {
  ...{ kind: "ban", room: "", subject: "name", key: "eve", target: "eve" },
  ...{ by: "ann", at: 0, until: 0, reason: "" },
};

function makeHouse(options: Partial<HouseOptions> = {}): House {
  return new House({
    ...still(),
    factLog: keeping({ accounts: [ANN], sanctions: [BANNED] }),
    passwords: PLAIN_PASSWORDS,
    ...options,
  });
}

/** The code of what somebody is refused with, or `ready`. */
async function codeOf(house: House, hello: Hello): Promise<string> {
  try {
    await comeIn(house, hello);
    return "ready";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.code;
  }
}

Deno.test(
  "what is wrong with a hello is told in one order, and changes nothing",
  none,
  async () => {
    let now = 0;
    const house = makeHouse({ opens: (password) => password === "sesame", now: () => now });
    const password = "sesame";
    comeNow(house, { name: "bob", password });
    const bad = { room: "not a room" };
    for (
      const [hello, code] of [
        [{ name: "eve", login: "x", ...bad }, "password-needed"],
        [{ name: "eve", login: "x", password, ...bad }, "banned"],
        [{ name: "ann", login: "x", password, ...bad }, "bad-login"],
        [{ name: "ann", password, ...bad }, "name-reserved"],
        [{ name: "bob", password, ...bad }, "name-taken"],
        [{ name: "carl", password, ...bad }, "bad-room"],
        [{ name: "carl", password: "guess", room: "den" }, "bad-password"],
      ] as const
    ) {
      // A wrong password makes its address wait.
      now += 60_000;
      assertEquals(await codeOf(house, hello), code);
      assertEquals([house.present, house.openRooms, house.names("lobby")], [1, 1, ["bob"]]);
    }
  },
);

Deno.test("who goes while its password is looked at does not come in", none, async () => {
  const looking = Promise.withResolvers<boolean>();
  const house = makeHouse({
    passwords: { ...PLAIN_PASSWORDS, matches: () => looking.promise },
  });
  const guest = comeNow(house, { name: "bob" });
  const peer = new HousePeer();
  const comes = house.come(peer, { name: "ann", login: "right" });
  house.gone(peer, true);
  looking.resolve(true);
  await comes;
  assertEquals([peer.told, peer.name, house.present], [[], "", 1]);
  assertEquals(guest.told.map(({ type }) => type), ["ready"]);
  // What it asks for afterwards is nothing that anybody waits for.
  assertThrows(() => house.request(peer, { type: "rooms" }), Refusal, "Say hello before rooms");
});

Deno.test("who goes while its session is looked for does not come in", none, async () => {
  const looking = Promise.withResolvers<boolean>();
  const factLog = Object.assign(stillLog(), { recall: () => looking.promise });
  const house = makeHouse({ factLog });
  const [gone, stays] = [new HousePeer(), new HousePeer()];
  const both = [
    house.come(gone, { name: "bob", session: "secret" }),
    house.come(stays, { name: "carl", session: "another" }),
  ];
  assertThrows(() => house.come(stays, { name: "carl" }), Refusal, "said hello already");
  house.gone(gone, false);
  looking.resolve(true);
  await Promise.all(both);
  assertEquals([gone.told, house.names("lobby")], [[], ["carl"]]);
  assertEquals(stays.session, "another");
});

Deno.test("a ban that comes while a password is looked at holds", none, async () => {
  const looking = Promise.withResolvers<boolean>();
  const factLog = keeping({ accounts: [ANN] });
  const house = makeHouse({
    factLog,
    passwords: { ...PLAIN_PASSWORDS, matches: () => looking.promise },
  });
  const comes = comeIn(house, { name: "ann", login: "right" });
  const ban = { ...BANNED, key: "ann", target: "ann" };
  factLog.put({ kind: "people", changes: [{ type: "sanction", sanction: ban }] });
  looking.resolve(true);
  await assertRejects(() => comes, Refusal, "You are banned");
  assertEquals(house.present, 0);
});

Deno.test("a wrong password takes nothing from who goes by the name", none, async () => {
  const house = makeHouse();
  const ann = await comeIn(house, { name: "ann", login: "right" });
  assertEquals(await codeOf(house, { name: "ann", login: "wrong" }), "bad-login");
  assertEquals([ann.told.map(({ type }) => type), house.present], [["ready"], 1]);
});

Deno.test(
  "who is in is told ready, then what it missed, and hears the room when it is in",
  none,
  async () => {
    const house = makeHouse({ limits: { scrollback: 10 } });
    const bob = comeNow(house, { name: "bob" });
    house.request(bob, { type: "say", room: "lobby", text: "before" });
    const carl = new HousePeer();
    const comes = house.come(carl, { name: "carl", id: "1" });
    house.request(bob, { type: "say", room: "lobby", text: "meanwhile" });
    await comes;
    house.request(bob, { type: "say", room: "lobby", text: "after" });
    const told = carl.told.map((event) => event.type === "message" ? event.text : event.type);
    assertEquals(told, ["ready", "before", "meanwhile", "after"]);
    assertEquals([carl.told[0]?.id, carl.name], ["1", "carl"]);
  },
);

const MUTED: Sanction = { ...BANNED, kind: "mute", key: "ann", target: "ann", by: "olga" };

Deno.test("a mute one keeps its room when it comes from elsewhere", none, async () => {
  const factLog = keeping({ accounts: [ANN] });
  const house = makeHouse({ factLog });
  await comeIn(house, { name: "ann", login: "right", room: "den" });
  factLog.put({ kind: "people", changes: [{ type: "sanction", sanction: MUTED }] });
  const elsewhere = await comeIn(house, { name: "ann", login: "right", room: "den" });
  assertEquals([house.names("den"), house.roomsOf(elsewhere)], [["ann"], ["den"]]);
});

Deno.test("a bug while somebody comes in leaves nobody behind", none, async () => {
  const factLog = keeping({ accounts: [ANN] });
  const house = makeHouse({ factLog });
  const guest = comeNow(house, { name: "bob" });
  const broken = new HousePeer();
  broken.named = () => {
    throw new TypeError("a bug");
  };
  await assertRejects(
    async () => await house.come(broken, { name: "ann", login: "right", room: "den" }),
    TypeError,
  );
  assertEquals([house.present, house.openRooms, broken.name], [1, 1, ""]);
  const ann = await comeIn(house, { name: "ann", login: "right", room: "den" });
  assertEquals([house.names("den"), ann.name, guest.name], [["ann"], "ann", "bob"]);
});

Deno.test("who has not come in is answered to a ping, and may say hello once", none, () => {
  const house = makeHouse();
  const peer = new HousePeer();
  house.request(peer, { type: "ping", id: "p" });
  assertEquals(peer.told, [{ type: "pong", id: "p" }]);
  house.come(peer, { name: "bob" });
  assertThrows(() => house.come(peer, { name: "bob" }), Refusal, "said hello already");
  house.gone(peer, true);
  peer.told.splice(0);
  house.request(peer, { type: "rooms" });
  assertEquals(peer.told, []);
});

Deno.test("a client that can be in one room moves when it joins another", none, () => {
  const house = makeHouse({ limits: { roomsPerSession: 1 } });
  const bob = comeNow(house, { name: "bob", room: "dev" });
  const one = comeNow(house, { name: "one", room: "dev" }, {
    traits: { ...EVENT_TRAITS, manyRooms: false },
  });
  bob.told.splice(0);
  house.request(one, { type: "join", room: "tea", id: "1" });
  assertEquals([house.roomsOf(one), house.names("dev")], [["tea"], ["bob"]]);
  assertEquals(bob.told, [{ type: "left", room: "dev", name: "one" }]);
  assertThrows(() => house.request(one, { type: "join", room: "two words" }), Refusal);
  assertEquals(house.roomsOf(one), ["tea"]);
});

Deno.test("each trait says one thing of a client", none, async () => {
  const house = makeHouse({ limits: { scrollback: 10, nameMs: 1_000 } });
  const bob = comeNow(house, { name: "bob" });
  house.request(bob, { type: "say", room: "lobby", text: "before" });
  const come = (traits: Partial<typeof EVENT_TRAITS>, name: string): Promise<HousePeer> =>
    comeIn(house, { name }, { traits: { ...EVENT_TRAITS, ...traits } });
  assertEquals((await come({ numbered: true }, "bob")).name, "bob-2");
  await assertRejects(() => come({}, "bob"), Refusal, "is in use here");
  const heard = async (scrollback: boolean): Promise<boolean> =>
    (await come({ scrollback }, `heard ${scrollback}`)).told.some(({ type }) => type === "message");
  assertEquals([await heard(true), await heard(false)], [true, false]);
  const [kept, lost] = [await come({}, "kept"), await come({ resumes: false }, "lost")];
  assertEquals([kept.session === "", lost.session === ""], [false, true]);
  for (const peer of [kept, lost]) house.gone(peer, false, "idle");
  assertEquals([house.names("lobby").includes("kept"), house.names("lobby").includes("lost")], [
    true,
    false,
  ]);
});

Deno.test("who leaves waits for what it has said itself, and for nobody else's", none, async () => {
  const factLog = new SlowLog();
  factLog.settled = () => {
    throw new Error("It waits for everybody");
  };
  const house = makeHouse({ factLog });
  const [talker, listener] = [comeNow(house, { name: "bob" }), comeNow(house, { name: "carl" })];
  house.request(talker, { type: "say", room: "lobby", text: "wait" });
  assertEquals([house.idle(talker) === undefined, house.idle(listener)], [false, undefined]);
  const leaves = house.request(talker, { type: "quit" });
  assertEquals(house.request(listener, { type: "quit" }), undefined);
  assertEquals(listener.told.at(-1)?.type, "bye");
  assertEquals(talker.told.at(-1)?.type, "joined");
  for (const store of factLog.late) store();
  await leaves;
  assertEquals(talker.told.slice(-2).map(({ type }) => type), ["ack", "bye"]);
});

Deno.test("a bug while a message is told keeps nobody from leaving", none, () => {
  const untold: string[] = [];
  const onUntold: HouseOptions["onUntold"] = (error, { fact }) =>
    void untold.push(`${(error as Error).message} in ${fact.kind}`);
  const house = makeHouse({ onUntold });
  const bob = comeNow(house, { name: "bob" });
  bob.deliver = () => {
    throw new TypeError("a bug");
  };
  house.request(bob, { type: "say", room: "lobby", text: "hello" });
  assertEquals([house.idle(bob), untold], [undefined, ["a bug in say"]]);
  // It comes back, and learns what has become of it.
  assertEquals(bob.told.at(-1), {
    type: "bye",
    reason: "internal",
    text: "The server failed on your last request; it is not your fault.",
  });
});

Deno.test("without ids an answer waits for what was said before", none, async () => {
  const factLog = new SlowLog();
  const house = makeHouse({ factLog });
  const classic = comeNow(house, { name: "old" }, { traits: CLASSIC_TRAITS });
  const event = comeNow(house, { name: "new" });
  const asked = [classic, event].map((peer) => {
    house.request(peer, { type: "say", room: "lobby", text: "first" });
    peer.told.splice(0);
    return house.request(peer, { type: "rooms" });
  });
  const types = ({ told }: HousePeer): string[] => told.map(({ type }) => type);
  const before = [types(classic), types(event)];
  for (const store of factLog.late) store();
  await Promise.all(asked);
  assertEquals([before, types(classic)], [[[], ["rooms"]], ["ack", "message", "rooms"]]);
});
