/** The page with an account: rooms, conversations and what is read are the server's, on all devices. */

import { assert, assertEquals } from "@std/assert";
import { placeKey } from "../lib/web/page/place.js";
import { rowsOf } from "../lib/web/page/rows.js";
import { Store } from "../lib/web/page/store.js";
import type { Event, EventOf } from "../lib/wire/events.ts";

const AT = "2026-11-23T12:00:00.000Z";
const ACCOUNT = "a0a0a0a0a0a0a0a0";
const BOB = "b0b0b0b0b0b0b0b0";

type Rooms = NonNullable<EventOf<"ready">["rooms"]>;
type Chats = NonNullable<EventOf<"ready">["chats"]>;

function welcome(epoch = "e1"): EventOf<"welcome"> {
  const limits = { payload: 65_536 };
  return { type: "welcome", protocol: 1, server: "s", epoch, needs: [], limits };
}

function room(name: string, last: number, more: Partial<Rooms[number]> = {}): Rooms[number] {
  const read = more.read ?? last;
  return {
    room: name,
    access: "open",
    seq: last,
    last,
    read,
    unread: last - read,
    mentions: 0,
    ...more,
  };
}

function talk(chat: string, name: string, more: Partial<Chats[number]> = {}): Chats[number] {
  return { chat, with: name, seq: 4, last: 4, read: 4, unread: 0, at: AT, ...more };
}

function ready(more: Partial<EventOf<"ready">> = {}): EventOf<"ready"> {
  const me = { name: "ann", session: "s1", account: ACCOUNT, role: "member", device: "d1" };
  const lists = { rooms: [], chats: [], invited: [], missed: 0 };
  const settings = { notify: {}, hideSeen: false, blocked: [] };
  return { type: "ready", ...me, room: "", seq: 0, direct: 0, ...lists, settings, ...more };
}

/** Somebody who has come in with an account. */
function arrived(more: Partial<EventOf<"ready">> = {}): Store {
  const store = new Store();
  store.hello(welcome(), { name: "ann" });
  store.take(ready(more));
  return store;
}

function said(seq: number, more: Partial<EventOf<"message">> = {}): Event {
  const message = { room: "dev", seq, from: "bob", by: BOB, at: AT, text: `m${seq}` };
  return { type: "message", ...message, ...more };
}

function direct(seq: number, more: Partial<EventOf<"direct">> = {}): Event {
  const message = { chat: "c1", with: "bob", from: "bob", to: "ann", by: BOB, at: AT };
  return { type: "direct", ...message, seq, text: `d${seq}`, ...more };
}

function counts(store: Store): Array<[string, number, number]> {
  return store.places.map(({ name, unread, mentions }) => [name, unread, mentions]);
}

Deno.test("a device finds its rooms and conversations with what is unread, and asks for nothing else", () => {
  const store = arrived({
    room: "dev",
    rooms: [room("ops", 9), room("dev", 20, { read: 12, mentions: 2, topic: "what we build" })],
    chats: [talk("c2", "eve", { read: 1, unread: 3 }), talk("c1", "bob")],
    missed: 5,
  });
  assertEquals(counts(store), [["ops", 0, 0], ["dev", 8, 2], ["eve", 3, 3], ["bob", 0, 0]]);
  const { active, account } = store;
  assertEquals([active?.name, active?.topic, account.missed], ["dev", "what we build", 5]);
  // Where one comes to is what was read last, and above it the past is asked for.
  assertEquals([active?.reading?.seq, active?.mark], [12, 12]);
  assert(active?.timeline.hasEarlier && active.timeline.atEnd);
  assertEquals(store.hello(welcome(), { name: "x" }), {
    type: "hello",
    name: "ann",
    features: ["people", "life", "ask"],
    session: "s1",
    resume: { epoch: "e1", seq: {}, direct: 0, chats: {} },
  });
});

Deno.test("a connection that comes back names what is here, and counts nothing twice", () => {
  const store = arrived({ rooms: [room("dev", 3), room("ops", 3)], chats: [talk("c1", "bob")] });
  store.watch(false);
  store.take(said(4));
  store.take(direct(5, { n: 1 }));
  const { resume } = store.hello(welcome(), { name: "ann" });
  assertEquals(resume, { epoch: "e1", seq: { dev: 4 }, direct: 1, chats: { c1: 5 } });
  const rooms = [
    room("dev", 6, { seq: 4, read: 3, unread: 3 }),
    room("ops", 8, { read: 3, unread: 5 }),
  ];
  store.take(
    ready({ rooms, chats: [talk("c1", "bob", { seq: 5, last: 6, read: 4, unread: 2 })] }),
  );
  const heard = [said(5), said(6), direct(6, { n: 2 })].flatMap((event) => store.take(event));
  assertEquals(counts(store), [["dev", 3, 0], ["ops", 5, 0], ["bob", 2, 2]]);
  assertEquals(heard.length, 3, "they are news all the same");
  store.take(said(7));
  assertEquals(store.room("dev")?.unread, 4);
  // What is not here is not brought: history does that.
  assertEquals(store.room("ops")?.timeline.floor, 8);
});

Deno.test("a room that was left on another device is gone here, and one that was entered is there", () => {
  const store = arrived({ rooms: [room("dev", 3), room("ops", 3)] });
  store.take({ type: "left", room: "dev", name: "ann" });
  store.take({ type: "joined", room: "new", name: "ann", seq: 7, last: 7 });
  assertEquals(counts(store).map(([name]) => name), ["ops", "new"]);
  assertEquals(store.active?.name, "ops", "nobody is led away");
  store.hello(welcome(), { name: "ann" });
  store.take(ready({ rooms: [room("new", 7), room("late", 1)] }));
  assertEquals(counts(store).map(([name]) => name), ["new", "late"]);
});

Deno.test("what another device says is ours, and what it reads is read", () => {
  const store = arrived({ rooms: [room("lobby", 0), room("dev", 3)] });
  store.watch(true);
  for (const seq of [4, 5]) store.take(said(seq));
  assertEquals(counts(store), [["lobby", 0, 0], ["dev", 2, 0]]);
  store.take({ type: "read", room: "dev", seq: 4, unread: 1, mentions: 0 });
  assertEquals([store.room("dev")?.unread, store.room("dev")?.mark], [1, 4]);
  const heard = store.take(said(6, { from: "Ann", by: ACCOUNT, own: true }));
  // Whether whoever said it has read the rest the server tells: a script has not.
  assertEquals([heard, store.room("dev")?.unread], [[], 1]);
  store.take({ type: "read", room: "dev", seq: 6, unread: 0, mentions: 0 });
  assertEquals(store.room("dev")?.unread, 0);
  // Whoever had the name before is somebody else.
  store.take(said(7, { from: "ann", by: "c0c0c0c0c0c0c0c0" }));
  assertEquals(store.room("dev")?.unread, 1);
  const items = store.room("dev")?.timeline.items ?? [];
  assertEquals(items.map((item) => item.kind === "message" && item.own), [
    false,
    false,
    true,
    false,
  ]);
});

Deno.test("a place that somebody looks at stays read, whatever an older mark says", () => {
  const store = arrived({ rooms: [room("dev", 3)] });
  store.watch(true);
  store.take(said(4));
  store.take({ type: "read", room: "dev", seq: 3, unread: 1, mentions: 0 });
  assertEquals([store.active?.unread, store.active?.read], [0, 3]);
});

Deno.test("a conversation is with a person, whatever name that goes by", () => {
  const store = arrived({ chats: [talk("c1", "bob")] });
  store.take(direct(5));
  store.take(direct(5));
  store.take(direct(6, { from: "ann", by: ACCOUNT, own: true }));
  const [bob] = store.places;
  assertEquals(bob?.timeline.items.map(({ seq }) => seq), [5, 6]);
  // A guest has another name now.
  store.take(direct(7, { with: "rob", from: "rob" }));
  assertEquals([bob?.name, bob?.seen, store.converse("rob") === bob], ["rob", 7, true]);
  // Somebody else comes under the name that is free.
  store.take(direct(1, { chat: "c2" }));
  assertEquals(store.places.map(({ name, chat }) => [name, chat]), [["rob", "c1"], ["bob", "c2"]]);
  assertEquals(new Set(store.places.map(({ key }) => key)).size, 2);
  // And under the name of somebody who is gone.
  store.take(direct(1, { chat: "c3" }));
  assertEquals(store.places.map(({ chat, gone }) => [chat, gone]), [
    ["c1", false],
    ["c2", true],
    ["c3", false],
  ]);
  assertEquals(store.converse("bob").chat, "c3");
});

Deno.test("of two conversations with people of one name only the later can be written in", () => {
  const store = arrived({ chats: [talk("c2", "bob"), talk("c1", "bob")] });
  const gone = (): unknown => store.places.map(({ chat, gone }) => [chat, gone]);
  assertEquals(gone(), [["c2", false], ["c1", true]]);
  assertEquals(store.converse("bob").chat, "c2");
  // One that comes with the older ones takes the name from nobody.
  store.take({ type: "chats", chats: [talk("c0", "bob")], more: false });
  assertEquals(gone(), [["c2", false], ["c1", true], ["c0", true]]);
});

Deno.test("what is written to a guest who is away is not promised to be found", () => {
  const store = arrived();
  const { key } = store.converse("bob");
  store.activate(key);
  store.post({ type: "direct", id: "1", to: "bob", text: "to bob" }, 0);
  store.take({ type: "ack", id: "1", chat: "c1", seq: 41, at: AT, away: true, guest: true });
  assertEquals(
    store.converse("bob").timeline.items.map((item) => item.kind === "notice" ? item.text : ""),
    ["", "bob is not here, and finds it only if the same guest comes back."],
  );
});

Deno.test("what is written to somebody who is away waits, which is told once", () => {
  const store = arrived();
  const { key } = store.converse("bob");
  store.activate(key);
  for (const id of ["1", "2"]) {
    store.post({ type: "direct", id, to: "bob", text: `to bob ${id}` }, 0);
    const seq = 40 + Number(id);
    store.take({ type: "ack", id, chat: "c1", seq, at: AT, away: true });
  }
  const { timeline, chat } = store.converse("bob");
  assertEquals([chat, timeline.floor], ["c1", 40], "what was written before can be asked for");
  const told = timeline.items.map((item) => item.kind === "notice" ? item.text : item.seq);
  assertEquals(told, [41, "bob is not here, and will find it.", 42]);
});

Deno.test("what blocked people say is folded until somebody looks, and is no news", () => {
  const settings = { notify: {}, hideSeen: false, blocked: [{ name: "bob", account: BOB }] };
  const store = arrived({ rooms: [room("dev", 0)], settings });
  store.watch(false);
  const heard = [1, 2].flatMap((seq) => store.take(said(seq, { text: "@ann look" })));
  store.take(said(3, { from: "bob", by: "d0d0d0d0d0d0d0d0", text: "another bob" }));
  store.take(said(4));
  assertEquals([heard, counts(store)], [[], [["dev", 1, 0]]]);
  const rows = (): string[] =>
    rowsOf(
      store.active as NonNullable<typeof store.active>,
      [],
      "ann",
      "folded",
      store.account.isBlocked,
    )
      .map((row) => row.kind === "folded" ? `${row.keys.length} folded` : row.kind);
  assertEquals(rows(), ["2 folded", "day", "unread", "said", "1 folded"]);
  const place = store.active;
  const [first] = place?.timeline.items ?? [];
  if (place !== undefined) place.unfolded = new Set([first?.key ?? ""]);
  assertEquals(rows().slice(0, 3), ["day", "said", "1 folded"]);
  store.take({ type: "settings", notify: {}, hideSeen: false, blocked: [] });
  assertEquals(rows().filter((row) => row === "said").length, 4);
});

Deno.test("what counts as unread in a room is the account's choice", () => {
  const notify = { dev: "mentions", OPS: "none" } as const;
  const settings = { notify, hideSeen: false, blocked: [] };
  const store = arrived({ rooms: [room("lobby", 0), room("dev", 0), room("ops", 0)], settings });
  store.watch(false);
  for (const name of ["lobby", "dev", "ops"]) {
    store.take(said(1, { room: name }));
    store.take(said(2, { room: name, text: "ann: look" }));
  }
  assertEquals(store.places.map((place) => store.account.newsIn(place)), [2, 1, 0]);
  assertEquals(store.unread, 3);
});

Deno.test("a conversation that was closed here stays closed until there is something new", () => {
  const store = arrived({ chats: [talk("c1", "bob"), talk("c2", "eve")] });
  store.forget(store.converse("bob").key);
  const again = new Store();
  again.restore(JSON.parse(JSON.stringify(store.save())));
  for (const each of [store, again]) {
    each.hello(welcome(), { name: "ann" });
    each.take(ready({ chats: [talk("c1", "bob"), talk("c2", "eve")] }));
    assertEquals(each.places.map(({ name }) => name), ["eve"]);
  }
  store.take(direct(5));
  assertEquals(store.converse("bob").unread, 1);
});

Deno.test("a conversation that was closed here opens by name as what it was", () => {
  const store = arrived({ chats: [talk("c1", "bob"), talk("c2", "eve", { gone: true })] });
  for (const chat of ["c1", "c2"]) store.forget(store.placeList.chat(chat)?.key ?? "room none");
  const again = new Store();
  again.restore(JSON.parse(JSON.stringify(store.save())));
  for (const each of [store, again]) {
    const { chat, timeline, seen, unread } = each.converse("BOB");
    assertEquals([chat, timeline.end, timeline.hasEarlier, seen, unread], ["c1", 4, true, 4, 0]);
    assertEquals(each.converse("bob").chat, "c1");
    // Who has the name of somebody who is gone is somebody else.
    assertEquals(each.converse("eve").chat, "");
  }
});

Deno.test("an invitation that is taken back is listed no longer", () => {
  const invited = ["den", "ops"].map((room) => ({ room, by: "bob", at: AT }));
  const store = arrived({ invited });
  store.take({ type: "uninvite", room: "Den" });
  assertEquals(store.account.invited.map(({ room }) => room), ["ops"]);
  // That of somebody else, which one has taken back oneself.
  store.take({ type: "uninvite", id: "1", room: "ops", name: "eve" });
  assertEquals(store.account.invited.length, 1);
});

Deno.test("earlier conversations that are asked for take no place from those that are here", () => {
  const names = (from: number, count: number): Chats => {
    return Array.from({ length: count }, (_, n) => talk(`c${from + n}`, `n${from + n}`));
  };
  const store = arrived({ chats: names(0, 100), moreChats: true });
  store.activate(store.converse("n0").key);
  store.take({ type: "chats", id: "1", chats: names(100, 100), more: false });
  assertEquals(store.places.length, 200);
  assertEquals(store.active?.name, "n0");
  // Nor does one that begins now push out the latest, or the one that is looked at.
  store.take(direct(1, { chat: "new", with: "new", from: "new" }));
  assertEquals(store.active?.name, "n0");
  const again = new Store();
  again.restore(JSON.parse(JSON.stringify(store.save())));
  again.hello(welcome(), { name: "ann" });
  again.take(ready({ chats: names(0, 100) }));
  assertEquals(names(0, 100).filter(({ chat }) => again.placeList.chat(chat) === undefined), []);
});

Deno.test("what comes later is not missed, once what was missed has been read", () => {
  const store = arrived({
    rooms: [room("dev", 0)],
    chats: [talk("c1", "bob", { read: 2, unread: 2 })],
    missed: 2,
  });
  const { account } = store;
  store.watch(false);
  assertEquals(account.missedIn(store.places), 2);
  store.take({ type: "read", chat: "c1", seq: 4, unread: 0, mentions: 0 });
  assertEquals(account.missedIn(store.places), 0);
  store.take(direct(5));
  assertEquals(account.missedIn(store.places), 0);
});

Deno.test("a guest who is blocked is nobody with an account, whatever its name", () => {
  const settings = { notify: {}, hideSeen: false, blocked: [{ name: "bob" }] };
  const { account } = arrived({ settings });
  assertEquals(account.isBlocked({ from: "bob" }), true);
  assertEquals(account.isBlocked({ from: "bob", by: BOB }), false);
});

Deno.test("whoever is put out of the room that is shown is in none, and was not invited to it again", () => {
  for (
    const [event, stays] of [
      [{ type: "left", room: "den", name: "ann", reason: "uninvited" }, false],
      [{ type: "room", room: "den", access: "invite", hosts: [], removed: true }, false],
      [{ type: "left", room: "ops", name: "ann", reason: "kicked" }, true],
    ] as const
  ) {
    const store = arrived({ invited: [{ room: "Den", by: "eve", at: AT }] });
    store.take({ type: "joined", id: "1", room: "Den", name: "ann", seq: 0 });
    store.activate(placeKey("room", "den"));
    store.take(event);
    // What is being written must not be said elsewhere.
    assertEquals(store.active?.name, stays ? "Den" : undefined);
    if (!stays) assertEquals(store.told.stray, "You are not in Den any more.");
    assertEquals(store.account.invited, []);
  }
});
