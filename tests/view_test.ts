/** What a door may read of the house for one of its clients, and that it is no more than that client may know. */

import { assert, assertEquals } from "@std/assert";
import { type SessionView, viewOf } from "../lib/chat/answers/view.ts";
import { HIDDEN, makeTwin, OUTSIDERS } from "./fixtures/outsider_walk.ts";
import { comes, makeRoomHouse, type Somebody } from "./fixtures/room_house.ts";

const none = { permissions: "none" } as const;

function view({ house, peer }: Somebody): SessionView {
  const seen = house.read(peer, viewOf);
  assert(seen !== undefined, "it is not in");
  return seen;
}

Deno.test("a view tells rooms, their members and who they are", none, async () => {
  let now = 0;
  const house = makeRoomHouse({ now: () => now });
  const ann = await comes(house, "ann", { room: "dev" });
  const olga = await comes(house, "olga", { room: "dev" });
  const eve = await comes(house, "eve", { room: "dev" });
  await comes(house, "tail", { room: "dev", visitor: true });
  await ann.ask({ type: "topic", room: "dev", text: "tests" });
  await ann.ask({ type: "room", room: "dev", topicLocked: true, slow: 5, title: "Developers" });
  await eve.ask({ type: "away", text: "lunch" });
  await ann.ask({ type: "say", room: "dev", text: "hi" });
  now += 2_000;
  const seen = view(ann);
  const [room] = seen.rooms();
  assert(room !== undefined);
  const { name, isIn, topic, topicSet, access, quiet, topicLocked, slow, title, last } = room;
  assertEquals(
    { name, isIn, topic, topicSet, access, quiet, topicLocked, slow, title, last },
    {
      ...{ name: "dev", isIn: true, topic: "tests", access: "open", quiet: false, last: 1 },
      ...{ topicLocked: true, slow: 5, title: "Developers" },
      topicSet: { by: "ann", at: Date.UTC(2026, 0, 2, 3, 4, 5) },
    },
  );
  assertEquals([room.announced, room.tellsPresence, room.mayList], [3, true, true]);
  const members = room.members().map(({ name, roomRole, role, away, here }) => [
    ...[name, roomRole, role, away, here],
  ]);
  assertEquals(members, [
    ["ann", "host", "member", "", true],
    ["olga", "owner", "owner", "", true],
    ["eve", "member", "member", "lunch", true],
  ]);
  assertEquals(room.members(2).length, 2);
  assertEquals(room.member("EVE")?.who, view(eve).self.who);
  assertEquals([room.member("tail"), seen.person("tail")], [undefined, undefined]);
  assertEquals(seen.self.account, { id: "id of ann", name: "ann" });
  assertEquals(seen.self.peers, [ann.peer]);
  assertEquals([seen.self.idleMs, seen.person("olga")?.idleMs], [2_000, 2_000]);
  // A guest learns nothing of that, as by whois.
  assertEquals(view(eve).person("olga")?.idleMs, undefined);
  assertEquals(view(olga).person("eve")?.away, "lunch");
  assertEquals([...seen.everybody()].map(({ name }) => name), ["ann", "olga", "eve"]);
  assertEquals(seen.shared("eve").map(({ name }) => name), ["dev"]);
  assertEquals(seen.shared("nobody"), []);
});

Deno.test(
  "people with several devices are one, here or not, and hide when they were",
  none,
  async () => {
    const house = makeRoomHouse();
    const [phone, desk] = [await comes(house, "ann"), await comes(house, "ann")];
    const bob = await comes(house, "bob");
    const seen = view(bob);
    assertEquals([...seen.everybody()].map(({ name }) => name), ["ann", "bob"]);
    assertEquals(seen.room("lobby")?.members().map(({ name }) => name), ["ann", "bob"]);
    assertEquals(seen.person("ann")?.peers, [phone.peer, desk.peer]);
    assertEquals(seen.person("ann")?.idleMs, 0);
    await phone.ask({ type: "settings", hideSeen: true });
    assertEquals(view(bob).person("ann")?.idleMs, undefined);
    assertEquals([seen.account("ann")?.here, seen.account("carl")?.here], [true, false]);
    assertEquals(seen.account("carl")?.name, "carl");
    assertEquals([seen.person("carl"), seen.account("eve")], [undefined, undefined]);
    await desk.ask({ type: "quit" });
    assertEquals(view(bob).person("ann")?.peers, [phone.peer]);
    await phone.ask({ type: "quit" });
    assertEquals(view(bob).person("ann"), undefined);
    assertEquals(house.read(phone.peer, viewOf), undefined, "who has gone reads nothing");
  },
);

Deno.test("a view tells one's own conversations, and no others", none, async () => {
  const house = makeRoomHouse();
  const [ann, bob] = [await comes(house, "ann"), await comes(house, "bob")];
  const { chat } = await ann.ask({ type: "direct", to: "bob", text: "psst" });
  assertEquals(
    view(ann).chats().map(({ newsAt, ...each }) => ({ ...each, isNew: newsAt > 0 })),
    [{ chat, with: "bob", last: 1, isNew: true }],
  );
  assertEquals([view(ann).partner(chat), view(bob).partner(chat)], ["bob", "ann"]);
  const eve = view(await comes(house, "eve"));
  assertEquals([eve.chats(), eve.partner(chat), eve.partner("x")], [[], undefined, undefined]);
  assertEquals(view(ann).device, ann.take("ready")[0].device);
});

Deno.test("rooms that are no longer open are told of, too", none, async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  await ann.ask({ type: "join", room: "dev" });
  await ann.ask({ type: "topic", room: "dev", text: "tests" });
  await ann.ask({ type: "leave", room: "dev" });
  const seen = view(await comes(house, "eve"));
  const { topic, announced, isIn, mayList } = seen.room("Dev") ?? {};
  assertEquals([topic, announced, isIn, mayList], ["tests", 0, false, true]);
  assertEquals([seen.room("Dev")?.members(), seen.room("none")], [[], undefined]);
});

Deno.test("who is banned from a room sees nobody in it", none, async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann", { room: "dev" });
  const eve = await comes(house, "eve");
  assertEquals(view(eve).room("dev")?.members().length, 1);
  await ann.ask({ type: "mod", action: "ban", target: "eve", room: "dev", only: true });
  assertEquals(view(eve).room("dev")?.members(), []);
  assertEquals(view(eve).room("dev")?.member("ann"), undefined);
});

Deno.test("unlisted rooms are in the list of those alone who belong there", none, async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  await ann.ask({ type: "join", room: "attic", access: "unlisted" });
  const eve = await comes(house, "eve");
  assertEquals([view(ann).room("attic")?.mayList, view(eve).room("attic")?.mayList], [true, false]);
});

/** All that a view tells, as plain data. */
function whole(seen: SessionView): unknown {
  const rooms = ["lobby", "hall", HIDDEN, "DEN", "none"].map((name) => {
    const room = seen.room(name);
    return room && { ...room, members: room.members(), member: room.member("ann") };
  });
  const names = ["ann", "bob", "eve", "carl", "gus", "den", "nobody"];
  const people = names.map((name) => ({
    ...{ person: seen.person(name), account: seen.account(name) },
    shared: seen.shared(name).map(({ name }) => name),
  }));
  const plain = { ...seen, rooms: seen.rooms().map(({ name }) => name), room: rooms, people };
  const told = JSON.stringify(
    { ...plain, all: [...seen.everybody()] },
    (key, value) => key === "peers" ? value.length : key === "device" ? "…" : value,
  );
  return JSON.parse(told);
}

for (const who of OUTSIDERS) {
  Deno.test(`no view tells ${who} of a room by invitation`, none, async () => {
    const [hiding, plain] = [await makeTwin(true, who), await makeTwin(false, who)];
    const [told, without] = [whole(view(hiding)), whole(view(plain))];
    // The one who has never been there is somebody else in each house.
    const compared = (text: unknown): string =>
      JSON.stringify(text).replace(/guest [^"]+/g, "guest");
    assertEquals(compared(told), compared(without));
    assert(!JSON.stringify(told).toLowerCase().includes("marmalade"));
  });
}
