/** How many rooms one address or account may open, hold and leave behind, and how rooms go again. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { House } from "../lib/chat/house.ts";
import type { HouseLimits } from "../lib/chat/house_limits.ts";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import type { Account } from "../lib/chat/people/records.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { append, changesIn, hash, say, seqOf, topic } from "./fixtures/facts.ts";
import { comeIn, type HousePeer } from "./fixtures/house_peer.ts";
import { PLAIN_PASSWORDS } from "./fixtures/people_house.ts";
import { keeping, still, stillLog } from "./fixtures/still.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { until } from "./helpers.ts";

const none = { permissions: "none" } as const;

/** Somebody comes in, who has shown the password of the account. */
async function come(
  house: House,
  name: string,
  address: string,
  account?: Account,
): Promise<HousePeer> {
  return await comeIn(house, { name, ...(account && { login: account.proof }) }, { address });
}

/** Joins rooms until one is refused; how many it were, and why not more. */
function open(house: House, peer: HousePeer, prefix: string, most = 100): [number, string] {
  for (let i = 0; i < most; i++) {
    try {
      house.request(peer, { type: "join", room: `${prefix}${i}` });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      assertEquals(error.code, "room-limit");
      return [i, error.message];
    }
  }
  return [most, ""];
}

function houseOf(limits: Partial<HouseLimits>, now: () => number = () => 0): House {
  return new House({ ...still(), factLog: stillLog(), limits, now });
}

Deno.test(
  "one address holds its share of the open rooms, and others can open theirs",
  none,
  async () => {
    const house = houseOf({ rooms: 10, roomsPerAddress: 5 });
    const ann = await come(house, "ann", "192.0.2.1");
    const eve = await come(house, "eve", "192.0.2.1");
    assertEquals(open(house, ann, "a")[0], 5);
    assertStringIncludes(open(house, eve, "e")[1], "your address has 5 rooms open");
    // Those that are open already may be entered.
    house.request(eve, { type: "join", room: "a0" });
    const bob = await come(house, "bob", "192.0.2.2");
    assertEquals(open(house, bob, "b")[0], 4);
    // A room that is left by all is nobody's any more.
    house.request(ann, { type: "leave", room: "a1" });
    assertEquals(open(house, eve, "e")[0], 1);
  },
);

Deno.test(
  "new rooms are counted by the hour, those that have been there before are not",
  none,
  async () => {
    let now = 0;
    const house = houseOf({ newRoomsPerHour: 10 }, () => now);
    const ann = await come(house, "ann", "192.0.2.1");
    const each = (i: number): void => {
      house.request(ann, { type: "join", room: `r${i}` });
      house.request(ann, { type: "say", room: `r${i}`, text: "once" });
      house.request(ann, { type: "leave", room: `r${i}` });
    };
    for (let i = 0; i < 10; i++) each(i);
    assertStringIncludes(open(house, ann, "more")[1], "has opened 10 new rooms within an hour");
    for (let i = 0; i < 10; i++) each(i);
    now += 360_001;
    house.expire();
    assertEquals(open(house, ann, "more")[0], 1);
    await house.settled();
  },
);

Deno.test(
  "a room counts for the account that opens it, and owners open as many as there are",
  none,
  async () => {
    const account = (name: string, role: Account["role"]): Account => ({
      name,
      id: `${name}'s`,
      key: name,
      role,
      proof: name,
      createdAt: 0,
    });
    const [ann, olga] = [account("ann", "member"), account("olga", "owner")];
    const house = new House({
      ...still(),
      factLog: keeping({ accounts: [ann, olga] }),
      passwords: PLAIN_PASSWORDS,
      limits: { roomsPerAddress: 3 },
    });
    const guest = await come(house, "guest", "192.0.2.1");
    const member = await come(house, "ann", "192.0.2.1", ann);
    const owner = await come(house, "olga", "192.0.2.1", olga);
    assertEquals(open(house, guest, "g")[0], 3);
    assertEquals(open(house, member, "m"), [
      3,
      "m3 can't be opened: your account has 3 rooms open, which is the limit; leave some first",
    ]);
    assertEquals(open(house, owner, "o", 20)[0], 20);
  },
);

Deno.test("who opened a kept room is counted across restarts, and no address is stored", async () => {
  await using dir = await makeDir();
  const opener = "address 192.0.2.77";
  {
    await using history = await LocalLog.open({ dir: dir.path, durability: "normal" });
    for (const room of ["a", "b", "c"]) await append(history, { ...say(room, "x"), opener });
    await append(history, { ...say("a", "y"), opener: "address 192.0.2.9" });
    await append(history, { ...say("d", "x"), opener: "account ann" });
    assertEquals([history.index.keptBy(opener), history.index.keptBy("account ann")], [3, 1]);
  }
  await using history = await LocalLog.open({ dir: dir.path, durability: "normal" });
  assertEquals([history.index.keptBy(opener), history.index.keptBy("address 192.0.2.9")], [3, 0]);
  const house = new House({
    ...still(),
    factLog: history,
    hashOf: hash,
    limits: { keptRoomsPerAddress: 3 },
    now: () => 0,
  });
  const ann = await come(house, "ann", "192.0.2.77");
  assertStringIncludes(open(house, ann, "more")[1], "has opened 3 rooms that are kept");
  house.request(ann, { type: "join", room: "a" });
  const bob = await come(house, "bob", "192.0.2.78");
  assertEquals(open(house, bob, "more", 5)[0], 5);
  const bytes = await Deno.readFile(`${dir.path}/chatroom.db`);
  assert(!new TextDecoder("latin1").decode(bytes).includes("192.0.2.77"));
});

Deno.test("a room of which nothing is kept goes, and a new one begins after its numbers", async () => {
  await using dir = await makeDir();
  const opener = "address 192.0.2.1";
  const isOpen = (log: string): boolean => log === roomLog("open");
  {
    await using history = await LocalLog.open({ dir: dir.path, durability: "normal" });
    for (let i = 0; i < 5; i++) await append(history, { ...say("dev", `t${i}`), opener });
    await append(history, { ...say("open", "x"), opener });
    await append(history, { ...say("titled", "x"), opener });
    history.put(topic("titled", "tea"));
    await append(history, say("lobby", "x"));
  }
  {
    // What is old goes at the start.
    await using history = await LocalLog.open({ dir: dir.path, keepMs: 1 });
    await until("the messages to go", () => history.index.size.messages === 0);
    history.removeEmpty(isOpen);
    const has = (room: string): boolean => history.index.has(roomLog(room));
    assertEquals(["dev", "open", "titled", "lobby"].map(has), [false, true, true, true]);
    assertEquals(history.index.keptBy(opener), 2);
    // Whoever comes at once is told the number after which the next message comes.
    assertEquals(history.index.last(roomLog("dev")), 5);
    assertEquals(await seqOf(history, say("dev", "anew")), 6);
    assertEquals(await seqOf(history, say("fresh", "first")), 6);
  }
  await using history = await LocalLog.open({ dir: dir.path, keepMs: 1 });
  await until("the messages to go", () => history.index.size.messages === 0);
  history.removeEmpty(isOpen);
  assertEquals(["dev", "fresh"].map((room) => history.index.has(roomLog(room))), [false, false]);
  assertEquals(await seqOf(history, say("other", "x")), 7);
});

Deno.test("a server keeps no more rooms than it is told, and one that goes makes place", async () => {
  await using dir = await makeDir();
  const options = { dir: dir.path, durability: "normal", maxRooms: 2 } as const;
  {
    await using history = await LocalLog.open(options);
    await append(history, say("a", "x"));
    history.put(topic("b", "tea"));
    const third = await seqOf(history, say("c", "x"));
    assertEquals(third, "room-limit");
    history.put(topic("b", ""));
    await history.settled();
    history.removeEmpty(() => false);
    assertEquals(await seqOf(history, say("c", "x")), 1);
  }
});

Deno.test("operators of a room that is gone are none any more", none, async () => {
  let now = 0;
  const account: Account = {
    id: "ann's",
    name: "ann",
    key: "ann",
    role: "member",
    proof: "p",
    createdAt: 0,
  };
  const factLog = keeping({ accounts: [account] });
  const saved = changesIn(factLog);
  const hosts = (type: string): string[] =>
    saved.flatMap((change) => change.type === type && "host" in change ? change.host.room : []);
  const house = new House({
    ...still(),
    factLog,
    passwords: PLAIN_PASSWORDS,
    now: () => now,
  });
  const ann = await come(house, "ann", "192.0.2.1", account);
  house.request(ann, { type: "join", room: "dev" });
  house.request(ann, { type: "join", room: "ops" });
  await until("the roles", () => hosts("host").length === 2);
  house.request(ann, { type: "leave", room: "dev" });
  now += 60_001;
  house.expire();
  await until("the end of one", () => hosts("unhost").length > 0);
  assertEquals(hosts("unhost"), ["dev"]);
});

Deno.test("the lobby always has a place, and a room that can't be kept is refused when it is opened", async () => {
  await using dir = await makeDir();
  await using factLog = await LocalLog.open({ dir: dir.path, durability: "normal", maxRooms: 3 });
  const house = new House({ ...still(), factLog, hashOf: hash });
  const ann = await come(house, "ann", "192.0.2.1");
  const bob = await come(house, "bob", "192.0.2.2");
  // Nothing is said in the third yet, and it has its place nevertheless.
  assertEquals(open(house, ann, "a", 2)[0], 2);
  for (const room of ["a0", "a1"]) await house.request(ann, { type: "say", room, text: "kept" });
  await house.settled();
  assertEquals(open(house, bob, "b")[0], 1);
  assertStringIncludes(open(house, bob, "c")[1], "keeps as many rooms as it can");
  for (const room of ["b0", "lobby"]) {
    const id = `in ${room}`;
    await house.request(bob, { type: "say", room, text: "kept", id });
    await house.settled();
    assert(bob.told.some((event) => event.type === "ack" && event.id === id), room);
  }
  // Those that are kept can be closed and opened again.
  await house.request(ann, { type: "leave", room: "a0" });
  await house.request(bob, { type: "join", room: "a0" });
  assertEquals(house.openRooms, 4);
});

Deno.test("new rooms keep nobody out of those that have been there before", async () => {
  const house = houseOf({ rooms: 6, roomsPerAddress: 3 });
  const ann = await come(house, "ann", "192.0.2.1");
  house.request(ann, { type: "join", room: "old" });
  house.request(ann, { type: "say", room: "old", text: "once" });
  await house.settled();
  house.request(ann, { type: "leave", room: "old" });
  const [eve, mallory] = [
    await come(house, "eve", "192.0.2.2"),
    await come(house, "mal", "192.0.2.3"),
  ];
  assertEquals([open(house, eve, "e")[0], open(house, mallory, "m")[0]], [3, 2]);
  assertStringIncludes(open(house, ann, "a")[1], "has 6 rooms, which is its limit");
  house.request(ann, { type: "join", room: "old" });
  assertEquals(house.openRooms, 7);
  // It counts: there are no more new ones for it when others are closed.
  house.request(eve, { type: "leave", room: "e0" });
  assertStringIncludes(open(house, ann, "a")[1], "has 6 rooms, which is its limit");
});
