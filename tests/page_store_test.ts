/** What the page knows: rooms, unread counts, messages that wait, and a window on each history. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Store } from "../lib/web/page/store.js";
import { rowsOf } from "../lib/web/page/rows.js";
import { MAX_ITEMS, Timeline } from "../lib/web/page/timeline.js";
import type { Event, Message } from "../lib/wire/events.ts";

const AT = "2026-11-23T12:00:00.000Z";

function message(seq: number, more: Partial<Message> = {}): Message {
  return { room: "lobby", seq, from: "bob", at: AT, text: `m${seq}`, ...more };
}

function said(seq: number, more: Partial<Message> = {}): Event {
  return { type: "message", ...message(seq, more) };
}

function welcome(epoch: string): Extract<Event, { type: "welcome" }> {
  const limits = { payload: 65_536 };
  return { type: "welcome", protocol: 1, server: "s", epoch, needs: [], limits };
}

function ready(seq: number, more: Partial<Extract<Event, { type: "ready" }>> = {}): Event {
  return { type: "ready", name: "ann", session: "s1", room: "lobby", seq, direct: 0, ...more };
}

/** A store that has joined the lobby. */
function joined(seq = 0): Store {
  const store = new Store();
  store.hello(welcome("e1"), { name: "ann" });
  store.take(ready(seq));
  return store;
}

function texts(store: Store, room = "lobby"): string[] {
  const place = store.room(room);
  assert(place !== undefined);
  return rowsOf(place, store.waiting, store.me)
    .map((row) => row.kind === "said" ? row.text : row.kind);
}

Deno.test("a message is taken once, however often it comes", () => {
  const store = joined();
  for (const seq of [1, 2, 2, 1, 3]) store.take(said(seq));
  assertEquals(texts(store), ["day", "unread", "m1", "m2", "m3"]);
  assertEquals(store.active?.unread, 3);
});

Deno.test("who goes on and on is named every twenty messages, and at the one that was looked for", () => {
  const store = joined();
  for (let seq = 1; seq <= 25; seq++) store.take(said(seq));
  const place = store.room("lobby");
  assert(place !== undefined);
  const heads = (): number[] =>
    rowsOf(place, [], "ann").flatMap((row) => row.kind === "said" && row.head ? [row.seq] : []);
  assertEquals(heads(), [1, 20]);
  place.sought = 14;
  assertEquals(heads(), [1, 14, 20]);
});

Deno.test("a row of ours looks the same while it waits and when it has arrived", () => {
  const store = joined();
  for (let seq = 1; seq <= 17; seq++) store.take(said(seq, { from: "ann", own: true }));
  const place = store.room("lobby");
  assert(place !== undefined);
  const at = Date.parse(AT);
  const ids = ["a", "b", "c", "d", "e"];
  for (const id of ids) store.post({ type: "say", room: "lobby", text: id, id }, at, false);
  const look = (): unknown[] =>
    rowsOf(place, store.waiting, "ann").flatMap((row) =>
      row.kind === "said" ? [[row.text, row.head]] : []
    );
  const waiting = look();
  assertEquals(waiting.slice(-5).map((row) => (row as unknown[])[1]), [
    false,
    false,
    true,
    false,
    false,
  ]);
  for (const [n, id] of ids.entries()) {
    store.take({ type: "ack", id, room: "lobby", seq: 18 + n, at: AT });
    assertEquals(look(), waiting);
  }
});

Deno.test("what is not looked at is unread, and who is named is counted apart", () => {
  const store = joined();
  store.take({ type: "joined", id: "1", room: "dev", name: "ann", seq: 4 });
  store.watch(true);
  store.take(said(1));
  store.take(said(5, { room: "dev" }));
  store.take(said(6, { room: "dev", text: "ann: hello" }));
  store.take(said(7, { room: "dev", from: "ann" }));
  const dev = store.room("dev");
  assertEquals([store.active?.unread, dev?.unread, dev?.mentions], [0, 2, 1]);
  store.activate("room dev");
  store.watch(true);
  assertEquals(dev?.unread, 0);
  assertEquals(texts(store, "dev"), ["day", "unread", "m5", "ann: hello", "m7"]);
  store.activate("room lobby");
  assertEquals(texts(store, "dev").includes("unread"), false);
});

Deno.test("a message waits until its ack, and stands where the ack says", () => {
  const store = joined();
  store.post({ type: "say", id: "a", room: "lobby", text: "mine" }, 0);
  store.take(said(1));
  assertEquals(texts(store).at(-1), "mine");
  assertEquals(store.unsent.map(({ id }) => id), ["a"]);
  store.take({ type: "ack", id: "a", room: "lobby", seq: 2, at: AT });
  store.take(said(3));
  store.take({ type: "ack", id: "a", room: "lobby", seq: 2, at: AT });
  assertEquals(texts(store).filter((t) => /^m/.test(t)), ["m1", "mine", "m3"]);
  assertEquals(store.unsent, []);
});

Deno.test("a message that is refused waits no more, and can be taken back", () => {
  const store = joined();
  store.post({ type: "direct", id: "a", to: "nobody", text: "psst" }, 0);
  store.take({ type: "error", id: "a", code: "no-such-name", text: "Nobody is called so" });
  assertEquals([store.unsent, store.waiting[0]?.failed], [[], "Nobody is called so"]);
  const post = store.outgoing.withdraw("a")?.post;
  assertEquals(post?.type === "direct" && post.text, "psst");
  assertEquals(store.waiting, []);
});

Deno.test("what is saved goes on where it was: rooms, seqs, counts and what waits", () => {
  const store = joined(4);
  store.take({ type: "joined", id: "1", room: "dev", name: "ann", seq: 0 });
  store.take(said(5));
  store.take({ type: "direct", from: "bob", to: "ann", at: AT, text: "psst", n: 1 });
  store.post({ type: "say", id: "a", room: "dev", text: "mine" }, 0);
  const again = new Store();
  again.restore(JSON.parse(JSON.stringify(store.save())));
  assertEquals(again.hello(welcome("e1"), { name: "x", room: "y" }), {
    type: "hello",
    name: "ann",
    features: ["people", "life", "ask"],
    session: "s1",
    resume: { epoch: "e1", seq: { lobby: 5, dev: 0 }, direct: 1 },
  });
  assertEquals(again.save(), store.save());
  assertEquals(again.places.map(({ unread }) => unread), [1, 0, 1]);
  assertEquals(texts(again, "dev"), ["day", "mine"]);
  // Ours, from before the reload, whose text nobody knows any more.
  assertEquals(
    again.take({ type: "ack", id: "old", room: "lobby", seq: 6, at: AT })
      .map((effect) => effect.kind === "owed" ? effect.seq : effect.kind),
    [6],
  );
});

Deno.test("another epoch begins its numbers anew, below what was said before", () => {
  const store = joined();
  for (const seq of [1, 2]) store.take(said(seq));
  store.hello(welcome("e2"), { name: "ann" });
  store.take(ready(0, { session: "s2" }));
  store.take({ type: "gap", room: "lobby", from: 3, to: null });
  store.take(said(1, { text: "new" }));
  assertEquals(texts(store).filter((text) => text !== "unread"), [
    "day",
    "m1",
    "m2",
    "told",
    "new",
  ]);
  assertEquals(store.active?.timeline.hasEarlier, false);
});

Deno.test("a room that has lost its last messages goes on with what is said there", () => {
  const store = joined();
  for (const seq of [1, 2, 3]) store.take(said(seq));
  store.hello(welcome("e1"), { name: "ann" });
  store.take(ready(1, { session: "s1" }));
  store.take({ type: "gap", room: "lobby", from: 4, to: null });
  store.take(said(1));
  store.take(said(2, { text: "new" }));
  assertEquals(texts(store).slice(-2), ["m1", "new"]);
});

Deno.test("names come and go, and a person has the same conversation under each spelling", () => {
  const store = joined();
  store.take({ type: "members", room: "lobby", members: ["ann", "bob"], total: 2 });
  store.take({ type: "joined", room: "lobby", name: "eve" });
  store.take({ type: "left", room: "lobby", name: "bob" });
  store.take({ type: "renamed", from: "eve", to: "Eva" });
  assertEquals([store.active?.members, store.active?.total], [["ann", "Eva"], 2]);
  assertEquals(store.converse("Eva"), store.converse("EVA"));
  store.take({ type: "left", room: "LOBBY", name: "ann", reason: "room-limit" });
  assertEquals(store.places.map(({ kind }) => kind), ["direct"]);
});

Deno.test("rows are grouped by speaker, and apart by day, by time and by what is done", () => {
  const store = joined();
  store.watch(true);
  const times = ["2026-11-22T12:00:00Z", "2026-11-22T12:01:00Z", "2026-11-22T12:09:00Z", AT];
  times.forEach((at, n) => store.take(said(n + 1, { at })));
  store.take(said(5, { action: true }));
  store.take(said(6));
  const rows = rowsOf(store.active as NonNullable<typeof store.active>, [], "ann");
  assertEquals(
    rows.map((row) => row.kind === "said" ? `${row.seq}${row.head ? " head" : ""}` : row.kind),
    ["day", "1 head", "2", "3 head", "day", "4 head", "5 head", "6 head"],
  );
});

/** A room of so many messages, as `history` pages it. */
class Room {
  end: number;

  constructor(end: number) {
    this.end = end;
  }

  page(before = this.end + 1, limit = 100): { messages: Message[]; more: boolean } {
    const to = Math.min(before - 1, this.end);
    const from = Math.max(1, to - limit + 1);
    const messages = Array.from(
      { length: Math.max(0, to - from + 1) },
      (_, n) => message(from + n),
    );
    return { messages, more: from > 1 };
  }
}

type Step = "earlier" | "later" | "end" | "say" | "say unseen" | "note";

function take(step: Step, timeline: Timeline, room: Room): void {
  const own = (): boolean => false;
  switch (step) {
    case "earlier": {
      if (!timeline.hasEarlier) return;
      return timeline.addEarlier(room.page(timeline.floor + 1), own);
    }
    case "later":
      if (timeline.atEnd) return;
      return timeline.addLater(room.page(timeline.top + 101), own);
    case "end": {
      if (timeline.atEnd) return;
      return timeline.moveTo(room.page(), own);
    }
    case "note":
      return timeline.note("a note");
    default:
      timeline.add(message(++room.end), { own: false, follows: step === "say" });
  }
}

Deno.test("a window on a history has no holes, is bounded, and reaches both ends", () => {
  const step = fc.constantFrom<Step>("earlier", "later", "end", "say", "say unseen", "note");
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const room = new Room(1_000);
    const timeline = new Timeline(room.end);
    for (const each of steps) {
      take(each, timeline, room);
      const { items, floor, top, end } = timeline;
      assert(items.length <= MAX_ITEMS);
      const seqs = items.flatMap((item) => item.kind === "message" ? [item.seq] : []);
      assertEquals(seqs, Array.from({ length: top - floor }, (_, n) => floor + 1 + n));
      assertEquals(end, room.end);
    }
    for (let n = 0; n < 30; n++) take("earlier", timeline, room);
    assertEquals([timeline.floor, timeline.hasEarlier], [0, false]);
    for (let n = 0; n < 30; n++) take("later", timeline, room);
    assertEquals([timeline.top, timeline.atEnd], [room.end, true]);
  }));
});

Deno.test("a timeline tells the beginning of a room from where its keeping begins", () => {
  const own = (): boolean => false;
  const timeline = new Timeline(9);
  timeline.addEarlier({ messages: [message(8), message(9)], more: false }, own);
  assertEquals([timeline.hasEarlier, timeline.hasFirst], [false, false]);
  const whole = new Timeline(2);
  whole.addEarlier({ messages: [message(1), message(2)], more: false }, own);
  assertEquals([whole.hasEarlier, whole.hasFirst], [false, true]);
});
