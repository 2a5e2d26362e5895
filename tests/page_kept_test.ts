/** What the page keeps whatever happens: rooms apart from people, what is unsent, and what is missing. */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { delay } from "@std/async/delay";
import fc from "fast-check";
import type { PageConnection } from "../lib/web/page/connection.js";
import { Pager } from "../lib/web/page/pager.js";
import { newPlace, placeKey } from "../lib/web/page/place.js";
import { forgetSession, savedSession, saveSession } from "../lib/web/page/saved.js";
import { Sender } from "../lib/web/page/sender.js";
import { type Saved, Store } from "../lib/web/page/store.js";
import { until } from "./helpers.ts";
import type { Event, Message } from "../lib/wire/events.ts";
import type { Request } from "../lib/wire/requests.ts";

const AT = "2026-11-23T12:00:00.000Z";

function welcome(epoch = "e1"): Extract<Event, { type: "welcome" }> {
  const limits = { payload: 65_536 };
  return { type: "welcome", protocol: 1, server: "s", epoch, needs: [], limits };
}

type Ready = Extract<Event, { type: "ready" }>;

function ready(more: Partial<Ready> = {}): Ready {
  return { type: "ready", name: "ann", session: "s1", room: "lobby", seq: 0, direct: 0, ...more };
}

function joined(more: Partial<Ready> = {}): Store {
  const store = new Store();
  store.hello(welcome(), { name: "ann" });
  store.take(ready(more));
  return store;
}

function said(seq: number, more: Partial<Message> = {}): Message & { type: "message" } {
  return { type: "message", room: "lobby", seq, from: "bob", at: AT, text: `m${seq}`, ...more };
}

Deno.test("a room and a conversation of the same name are two places, whatever the name is", () => {
  const name = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom("@", "@bob", "bob", "direct bob", "room bob", "@@bob"),
  );
  fc.assert(fc.property(name, name, (one, other) => {
    assert(placeKey("room", one) !== placeKey("direct", other));
  }));
  const store = joined();
  store.take({ type: "joined", id: "1", room: "@bob", name: "ann", seq: 0 });
  store.take({ type: "direct", from: "bob", to: "ann", at: AT, text: "private", n: 1 });
  store.take(said(1, { room: "@bob", text: "public" }));
  const texts = store.places.map(({ kind, name, timeline }) => [
    kind,
    name,
    ...timeline.items.map((item) => item.kind === "message" ? item.text : item.kind),
  ]);
  assertEquals(texts, [
    ["room", "lobby"],
    ["room", "@bob", "public"],
    ["direct", "bob", "private"],
  ]);
  // What is written in the one is said there.
  store.post({ type: "direct", id: "a", to: "bob", text: "for bob" }, 0);
  store.post({ type: "say", id: "b", room: "@bob", text: "for all" }, 0);
  assertEquals(store.waiting.map(({ place }) => place), ["direct bob", "room @bob"]);
  const again = new Store();
  again.restore(JSON.parse(JSON.stringify(store.save())));
  assertEquals(again.places.map(({ key }) => key), store.places.map(({ key }) => key));
});

Deno.test("what a page of version 0.1 has kept is taken up", () => {
  forgetSession();
  const post = { type: "direct", id: "a", to: "Bob", text: "psst" };
  sessionStorage.setItem(
    "chatroom.session",
    JSON.stringify({
      name: "ann",
      session: "s1",
      epoch: "e1",
      direct: 3,
      active: "@bob",
      rooms: [{ name: "lobby", seen: 5, unread: 0, mentions: 0 }],
      directs: [{
        name: "Bob",
        unread: 0,
        messages: [{ room: "Bob", seq: 1, from: "Bob", at: AT, text: "hi" }],
      }],
      waiting: [{ place: "@bob", post, at: 0 }],
    }),
  );
  const store = new Store();
  store.restore(savedSession() as Saved);
  assertEquals(store.active?.key, "direct bob");
  assertEquals(store.waiting, [{ place: "direct bob", post, at: 0 }] as typeof store.waiting);
  assertEquals(store.active?.timeline.items.length, 1);
  forgetSession();
});

Deno.test("what is unsent is kept before what was said, and the newest of that", () => {
  const store = joined();
  for (let n = 1; n <= 100; n++) {
    const at = new Date(Date.parse(AT) + n).toISOString();
    store.take({ type: "direct", from: "bob", to: "ann", at, text: "x".repeat(60_000), n });
  }
  store.post({ type: "say", id: "a", room: "lobby", text: "mine" }, 0);
  try {
    assert(saveSession(store.save()));
    const saved = savedSession();
    assertEquals(saved?.waiting.map(({ post }) => "text" in post && post.text), ["mine"]);
    const kept = saved?.directs[0]?.messages ?? [];
    assert(kept.length > 10 && kept.length < 100, `${kept.length} are kept`);
    assertEquals(kept.at(-1)?.at, new Date(Date.parse(AT) + 100).toISOString());
  } finally {
    sessionStorage.clear();
  }
});

Deno.test("in no room a connection goes on where it was, too: no direct message is lost", () => {
  const store = joined();
  store.take({ type: "direct", from: "bob", to: "ann", at: AT, text: "psst", n: 4 });
  store.take({ type: "left", room: "lobby", name: "ann" });
  assertEquals(store.hello(welcome(), { name: "ann", room: "dev" }), {
    type: "hello",
    name: "ann",
    features: ["people", "life", "ask"],
    room: "dev",
    session: "s1",
    resume: { epoch: "e1", seq: {}, direct: 4 },
  });
});

Deno.test("what a server may have from a session that it lost is asked about, and not sent", () => {
  for (const [more, asks] of [[{ session: "s2", lost: true }, true], [{}, false]] as const) {
    const store = joined();
    store.post({ type: "say", id: "a", room: "lobby", text: "mine" }, 0);
    store.hello(welcome(), { name: "ann" });
    store.take(ready(more));
    assertEquals([store.unsent.length, store.waiting[0]?.asks ?? false], [asks ? 0 : 1, asks]);
  }
  // A server that does not say so, and has what was said.
  const store = joined();
  store.post({ type: "say", id: "a", room: "lobby", text: "mine" }, 0);
  store.hello(welcome(), { name: "ann" });
  store.take(ready({ session: "s2" }));
  assertStringIncludes(store.waiting[0]?.failed ?? "", "may have arrived or not");
});

Deno.test("what a room had before we came is its past, and what comes after it is news", () => {
  const store = joined({ seq: 3, last: 5 });
  const heard = [4, 5, 6].flatMap((seq) => store.take(said(seq, { text: "@ann look" })));
  assertEquals(heard.map((effect) => effect.kind === "heard" && effect.addressed), [true]);
  assertEquals([store.active?.unread, store.active?.mentions], [1, 1]);
  store.take({ type: "joined", id: "1", room: "dev", name: "ann", seq: 0, last: 50 });
  for (let seq = 1; seq <= 50; seq++) store.take(said(seq, { room: "dev", text: "@ann" }));
  const dev = store.room("dev");
  assertEquals([dev?.unread, dev?.mentions, dev?.timeline.items.length], [0, 0, 50]);
  // Nor after a reload; a server that begins anew has no past.
  const again = new Store();
  again.restore(JSON.parse(JSON.stringify(store.save())));
  assertEquals(again.room("dev")?.past, 50);
  again.hello(welcome("e2"), { name: "ann" });
  again.take(ready({ room: "dev", seq: 0 }));
  assertEquals(again.take(said(1, { room: "dev" })).length, 1);
});

Deno.test("a topic and a title are known from the first moment, and after a reload", () => {
  const store = joined();
  const about = { topic: "what we build", title: "Our house" };
  store.take({ type: "joined", id: "1", room: "dev", name: "ann", seq: 0, ...about });
  const again = new Store();
  again.restore(JSON.parse(JSON.stringify(store.save())));
  for (const room of [store.room("dev"), again.room("dev")]) {
    assertEquals([room?.topic, room?.title], [about.topic, about.title]);
  }
  const guest = new Store();
  guest.hello(welcome(), { name: "ann" });
  guest.take(ready({ room: "lobby", seq: 0, ...about }));
  assertEquals(guest.room("lobby")?.title, "Our house");
});

/** A server's history of one room, from `first` to `end`, in pages of `most` at most. */
function serving(
  first: number,
  end: number,
  most = 100,
): { pager: Pager; asked: Request[] } {
  const asked: Request[] = [];
  const ask = async (request: Request): Promise<Event> => {
    asked.push(request);
    // An answer takes its time, in which other things happen.
    await delay(0);
    if (request.type !== "history") throw new Error(request.type);
    const { before = end + 1, limit = 50 } = request;
    const to = Math.min(before - 1, end);
    const from = Math.max(first, to - Math.min(limit, most) + 1);
    const messages = Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => said(from + n));
    return { type: "page", room: "lobby", messages, more: from > first };
  };
  const pager = new Pager({
    ask,
    isOnline: () => true,
    isOwn: () => false,
    complain: (text: string) => {
      throw new Error(text);
    },
    changed: () => {},
  });
  return { pager, asked };
}

/** What stands in a timeline: numbers, and gaps as `from-to`. */
function shown(place: ReturnType<typeof newPlace>): Array<number | string> {
  return place.timeline.items.map((item) =>
    item.kind === "gap" ? `${item.from}-${item.to}` : item.seq
  );
}

Deno.test("what retention took away while the end was out of sight is told of", async () => {
  for (const [first, most] of [[1_750, 100], [1_750, 7], [1_990, 100], [1_001, 3]] as const) {
    const place = newPlace("room", "lobby", 900);
    for (let seq = 901; seq <= 1_000; seq++) {
      place.timeline.add(said(seq), { own: false, follows: true });
    }
    place.timeline.moveTo({ messages: [said(990)], more: true }, () => false);
    place.timeline.add(said(2_000), { own: false, follows: false });
    const { pager, asked } = serving(first, 2_000, most);
    for (let n = 0; n < 400 && !place.timeline.atEnd; n++) await pager.later(place);
    const all = shown(place);
    const kept = Array.from({ length: 2_001 - first }, (_, n) => first + n).slice(-300);
    assertEquals(all.slice(-kept.length), kept, `from ${first}`);
    if (first > 1_700) assertEquals(all.slice(0, 2), [990, `991-${first - 1}`]);
    assert(asked.length < 1_300, `${asked.length} requests`);
  }
  // All of it is gone.
  const place = newPlace("room", "lobby", 0);
  place.timeline.moveTo({ messages: [said(1)], more: false }, () => false);
  place.timeline.tellGap(500, 600);
  await serving(700, 600).pager.later(place);
  assertEquals([shown(place), place.timeline.atEnd], [[1, "2-600"], true]);
});

Deno.test("all of ours that another tab has sent is brought, however much and while pages come", async () => {
  const store = joined({ seq: 10 });
  const { pager, asked } = serving(1, 400);
  const place = store.active;
  assert(place !== undefined);
  void pager.earlier(place);
  for (let seq = 11; seq <= 300; seq++) {
    if (seq % 50 === 0) await delay(0);
    const event: Event = seq % 3 === 0
      ? said(seq)
      : { type: "ack", id: `other ${seq}`, room: "lobby", seq, at: AT };
    for (const effect of store.take(event)) {
      if (effect.kind === "owed") pager.owe(effect.place, effect.seq);
    }
  }
  await until("All of it", () => place.timeline.items.length === 300);
  assertEquals(shown(place), Array.from({ length: 300 }, (_, n) => n + 1));
  assert(asked.length < 12, `${asked.length} requests`);
});

Deno.test("what may have arrived and is too large now is not lost by sending it again", () => {
  const store = joined();
  store.post({ type: "say", room: "lobby", text: "long", id: "1" }, 0);
  store.outgoing.hold("It may be there.");
  let most = 0;
  const posted: Request[] = [];
  const connection = {
    nextId: () => "2",
    excess: ({ text }: { text: string }) => text.length > most ? "It is too long." : undefined,
    post: (post: Request) => void posted.push(post),
  };
  const sender = new Sender(store, connection as unknown as PageConnection);
  assertThrows(() => sender.resend("1"), Error, "It is too long.");
  assertEquals(store.waiting.map(({ post, asks }) => ["text" in post && post.text, asks]), [[
    "long",
    true,
  ]]);
  most = 4;
  sender.resend("1");
  assertEquals(store.waiting.map(({ post, asks }) => [post.id, asks]), [["2", undefined]]);
  assertEquals(posted, [{ type: "say", room: "lobby", text: "long", id: "2" }]);
  forgetSession();
});

Deno.test("a tab that took a session up counts nothing anew when it is loaded again", () => {
  const nothing = {
    epoch: "",
    direct: 0,
    waiting: [],
    active: "" as const,
    rooms: [],
    directs: [],
  };
  const store = new Store();
  store.restore({ name: "ann", session: "s1", account: "a0", ...nothing });
  assertEquals(store.hello(welcome(), { name: "ann" }).resume, undefined);
  const talk = { chat: "c1", with: "bob", seq: 24, last: 24, read: 22, unread: 2, at: AT };
  const more = { account: "a0", room: "", direct: 24, rooms: [], chats: [talk] };
  store.take(ready(more));
  const again = new Store();
  again.restore(JSON.parse(JSON.stringify(store.save())));
  const { resume } = again.hello(welcome(), { name: "ann" });
  assertEquals(resume, { epoch: "e1", seq: {}, direct: 24, chats: {} });
  again.take(ready(more));
  assertEquals(again.places.map(({ unread }) => unread), [2]);
});
