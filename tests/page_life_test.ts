/** What becomes of messages on the page: what comes, what waits to be done, and what can be done. */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { doneWords } from "../lib/web/page/life/done_words.js";
import { knownBy } from "../lib/web/page/life/row_words.js";
import { takePins } from "../lib/web/page/life/take_pins.js";
import { rowsOf, signOf } from "../lib/web/page/rows.js";
import type { Store } from "../lib/web/page/store.js";
import type { Event, EventOf, Message } from "../lib/wire/events.ts";
import { about, AT, joined, LATER, refused, rows, said } from "./fixtures/page_life.ts";

Deno.test("what was done about a message is in its row, and is not news", () => {
  const store = joined(said(1), said(2, { re: 1, quote: { from: "bob", text: "m1" } }));
  store.watch(true);
  store.watch(false);
  const heard = [
    store.take({ type: "revised", ...about, seq: 3, re: 1, text: "new" }),
    store.take({ type: "reacted", ...about, seq: 4, re: 2, key: "👍" }),
    store.take({ type: "reacted", ...about, seq: 5, re: 2, key: "👍", own: true }),
    store.take({ type: "pinned", ...about, seq: 6, re: 1 }),
    // Told again, and of a message that is not here.
    store.take({ type: "reacted", ...about, seq: 5, re: 2, key: "👍", own: true }),
    store.take({ type: "revised", ...about, seq: 7, re: 90, text: "elsewhere" }),
  ];
  // Whoever listens is told of what is done about what is here, once.
  const done = heard.flat().map((effect) =>
    effect.kind === "done" ? [effect.entry.type, effect.said.text] : effect.kind
  );
  assertEquals(done, [["revised", "m1"], ["reacted", "m2"], ["reacted", "m2"], ["pinned", "new"]]);
  const [first, second] = rows(store);
  assertEquals([first?.text, first?.edited, first?.pinned], ["new", LATER, true]);
  assertEquals(second?.quote, { from: "bob", text: "new" });
  assertEquals(second?.reactions, [{ key: "👍", count: 2, mine: true }]);
  assertEquals([store.active?.unread, store.active?.seen], [0, 7]);
  assertEquals(store.active?.timeline.atEnd, true);
});

Deno.test("what is done about messages is told in a sentence, where it concerns somebody", () => {
  const words = (events: readonly object[], own = false): string => {
    const store = joined(said(1, { text: "lunch?\nat noon", ...(own ? { own } : {}) }));
    const done = events.flatMap((event) => store.take({ ...about, re: 1, ...event } as Event))
      .flatMap((effect) => effect.kind === "done" ? [effect] : []);
    return doneWords(done, () => "12:00");
  };
  assertEquals(words([{ type: "revised", seq: 3, text: "dinner?" }]), "bob edited: dinner?");
  assertEquals(words([{ type: "revised", seq: 3, text: "x", own: true }]), "Edited.");
  assertEquals(words([{ type: "removed", seq: 3 }]), "bob removed their message of 12:00");
  assertEquals(
    words([{ type: "removed", seq: 3, from: "eve" }]),
    "eve removed the message of bob of 12:00",
  );
  assertEquals(words([{ type: "removed", seq: 3 }], true), "bob removed your message of 12:00");
  assertEquals(words([{ type: "removed", seq: 3, own: true }]), "Removed.");
  assertEquals(words([{ type: "pinned", seq: 3, from: "eve" }]), "eve pinned, bob: lunch?");
  assertEquals(words([{ type: "pinned", seq: 3, own: true, off: true }]), "Unpinned.");
  // How others react to what others have said is told to nobody.
  const react = { type: "reacted", seq: 3, key: "👍" };
  assertEquals(words([react]), "");
  assertEquals(words([react], true), "bob reacted with thumbs up to: lunch?");
  assertEquals(words([{ ...react, off: true }], true), "");
  const crowd = ["bob", "eve", "dan"].map((from, n) => ({ ...react, from, seq: 3 + n }));
  assertEquals(words(crowd, true), "3 people reacted to: lunch?");
  assertEquals(words([{ ...react, own: true }]), "Reacted with thumbs up.");
  assertEquals(words([{ ...react, own: true, off: true }]), "Took thumbs up back.");
  assertEquals(knownBy({ from: "bob", text: "x".repeat(50) }), `bob: ${"x".repeat(40)}…`);
});

Deno.test("of a message that was removed nothing is left, in what quotes it neither", () => {
  const store = joined(said(1), said(2, { re: 1, quote: { from: "bob", text: "m1" } }));
  store.take({ type: "removed", ...about, seq: 3, re: 1, reason: "wrong room" });
  const [first, second] = rows(store);
  assertEquals([first?.text, first?.removed], ["", { by: "bob", at: LATER, reason: "wrong room" }]);
  assertEquals([second?.re, second?.quote], [1, undefined]);
  // One that was removed while nobody was here comes without its text, and rings for nobody.
  assertEquals(store.take(said(4, { text: "" })), []);
});

Deno.test("what seqs hold nothing any more goes from the rows", () => {
  const store = joined(said(1), said(2), said(3));
  store.take({ type: "emptied", room: "lobby", from: 1, to: 2 });
  assertEquals(rows(store).map(({ text }) => text), ["m3"]);
});

Deno.test("what waits to be done shows at once, and is what the ack makes of it", () => {
  const store = joined(said(1, { from: "ann", own: true }), said(2));
  const log = { room: "lobby" };
  store.post({ type: "react", ...log, re: 2, key: "👍", id: "a" }, 0);
  store.post({ type: "revise", ...log, re: 1, text: "new", id: "b" }, 0);
  const [first, second] = rows(store);
  assertEquals([first?.text, first?.id], ["new", "b"]);
  assertEquals(second?.reactions, [{ key: "👍", count: 1, mine: true }]);
  assertEquals(store.unsent.map(({ id }) => id), ["a", "b"]);
  store.take({ type: "ack", id: "a", ...log, seq: 3, at: LATER });
  store.take({ type: "ack", id: "b", ...log, seq: 4, at: LATER });
  const [then, other] = rows(store);
  assertEquals([then?.text, then?.id, then?.edited], ["new", undefined, LATER]);
  assertEquals(other?.reactions, second?.reactions);
  // The server says of what changes nothing where that was done: it counts once.
  store.post({ type: "react", ...log, re: 2, key: "👍", id: "c" }, 0);
  assertEquals(rows(store)[1]?.reactions, second?.reactions);
  store.take({ type: "ack", id: "c", ...log, seq: 3, at: LATER });
  assertEquals(rows(store)[1]?.reactions, second?.reactions);
  store.post({ type: "react", ...log, re: 2, key: "👍", off: true, id: "d" }, 0);
  assertEquals(rows(store)[1]?.reactions ?? [], []);
});

Deno.test("a guest is told why its reaction counts for nothing, and somebody with an account is not", () => {
  const told = (account?: string): string[] => {
    const store = joined(said(1));
    store.account.id = account ?? "";
    const log = { room: "lobby" };
    store.post({ type: "react", ...log, re: 1, key: "🎉", id: "a" }, 0);
    store.take({ type: "ack", id: "a", ...log, seq: 2, at: LATER });
    store.take({ type: "reacted", ...about, seq: 3, re: 1, key: "👍" });
    store.post({ type: "react", ...log, re: 1, key: "👍", id: "b" }, 0);
    store.take({ type: "ack", id: "b", ...log, seq: 3, at: LATER });
    store.post({ type: "react", ...log, re: 1, key: "x", off: true, id: "c" }, 0);
    store.take({ type: "ack", id: "c", ...log, seq: 1, at: AT });
    return (store.active?.timeline.items ?? []).flatMap((item) =>
      item.kind === "notice" ? [item.text] : []
    );
  };
  assertEquals(told(), [
    "👍 was given to message 1 already: guests from one address share their reactions; " +
    "/register reserves your name, and then you have your own.",
  ]);
  assertEquals(told("a1"), []);
});

Deno.test("an edit that is refused stays to be taken back, and anything else is as it was", () => {
  const store = joined(said(1, { from: "ann", own: true }));
  const log = { room: "lobby", re: 1 };
  store.post({ type: "revise", ...log, text: "new", id: "a" }, 0);
  store.post({ type: "remove", ...log, id: "b" }, 0);
  assertEquals(rows(store)[0]?.text, "");
  store.take(refused("b"));
  store.take(refused("a"));
  const [row] = rows(store);
  assertEquals([row?.text, row?.id, row?.failed], ["new", "a", "That is too long ago"]);
  const notices = store.active?.timeline.items.filter(({ kind }) => kind === "notice");
  assertEquals(notices?.length, 1);
  assertEquals(store.outgoing.withdraw("a")?.post.type, "revise");
  assertEquals(rows(store)[0]?.text, "m1");
});

Deno.test("what a server without the session may have done is told of, and what was written is kept", () => {
  const store = joined(said(1, { from: "ann", own: true }));
  const log = { room: "lobby", re: 1 };
  store.post({ type: "revise", ...log, text: "new", id: "a" }, 0);
  store.post({ type: "remove", ...log, id: "b" }, 0);
  const again = { name: "ann", session: "s2", room: "lobby", seq: 1, direct: 0 } as const;
  store.take({ type: "ready", ...again, lost: true });
  assertEquals(store.waiting.map(({ post, asks }) => [post.type, asks]), [["revise", true]]);
  const [notice] = store.active?.timeline.items.filter(({ kind }) => kind === "notice") ?? [];
  assert(notice?.kind === "notice" && notice.text.includes("as removing one"), notice?.key);
});

Deno.test("an answer has what it answers, before and after it is acked", () => {
  const store = joined(said(1));
  store.post({ type: "say", room: "lobby", text: "yes", re: 1, id: "a" }, 0);
  const quote = { from: "bob", text: "m1" };
  assertEquals(rows(store).at(-1)?.quote, quote);
  store.take({ type: "ack", id: "a", room: "lobby", seq: 2, at: AT });
  const row = rows(store).at(-1);
  assertEquals([row?.seq, row?.re, row?.quote], [2, 1, quote]);
});

Deno.test("what counts as unread from a message on stays so until one comes back to the room", () => {
  const store = joined(said(1), said(2), said(3));
  const place = store.active;
  assert(place !== undefined);
  place.read = 3;
  store.watch(true);
  assertEquals(place.unread, 0);
  store.take({ type: "read", room: "lobby", seq: 1, unread: 2, mentions: 0 });
  store.watch(true);
  const lines = rowsOf(place, [], "ann").map((row) => row.kind === "said" ? row.text : row.kind);
  assertEquals(lines, ["day", "m1", "unread", "m2", "m3"]);
  assertEquals(place.unread, 2);
  store.take({ type: "joined", room: "dev", name: "ann", seq: 0, last: 0 });
  for (const room of ["dev", "lobby"]) store.activate(store.room(room)?.key ?? place.key);
  store.watch(true);
  assertEquals(place.unread, 0);
});

Deno.test("what counts as unread from one's own message on begins there", () => {
  const own = { from: "ann", own: true } as const;
  const lines = (...messages: Parameters<Store["take"]>[0][]): string[] => {
    const store = joined(...messages);
    const place = store.active;
    assert(place !== undefined);
    place.read = 4;
    store.watch(true);
    store.take({ type: "read", room: "lobby", seq: 1, unread: 1, mentions: 0 });
    assertEquals(place.unread, 1);
    return rowsOf(place, [], "ann").map((row) => row.kind === "said" ? row.text : row.kind);
  };
  // The server counts what others said behind it, or, where that is nothing, one's own.
  const before = ["day", "m1", "unread", "m2"];
  assertEquals(lines(said(1), said(2, own), said(3)), [...before, "m3"]);
  assertEquals(lines(said(1), said(2, own)), before);
});

Deno.test("what is done about messages is no news where something counts as unread again", () => {
  const store = joined(said(1), said(2), said(3));
  const place = store.active;
  assert(place !== undefined);
  place.read = 3;
  store.watch(true);
  store.take({ type: "read", room: "lobby", seq: 1, unread: 2, mentions: 0 });
  store.take({ type: "reacted", ...about, seq: 4, re: 1, key: "👍" });
  store.take({ type: "emptied", room: "lobby", from: 5, to: 5 });
  store.watch(true);
  assertEquals([place.unread, place.held], [2, 5]);
  store.take(said(6));
  store.watch(true);
  assertEquals(place.unread, 0);
});

/** The server begins a new history, in which others have the numbers. */
function beginAnew(store: Store, more: Partial<EventOf<"ready">> = {}): void {
  const limits = { payload: 65_536 };
  const welcome = { protocol: 1, server: "s", epoch: "e2", needs: [], limits } as const;
  store.hello({ type: "welcome", ...welcome }, { name: "ann" });
  const ready = { name: "ann", session: "s2", room: "lobby", seq: 0, direct: 0 } as const;
  store.take({ type: "ready", ...ready, ...more });
  for (const seq of [1, 2]) store.take(said(seq, { from: "eve", text: `e${seq}` }));
}

for (const more of [{}, { lost: true }] as const) {
  Deno.test(`what waits is about no message of a new history, ${JSON.stringify(more)}`, () => {
    const store = joined(said(1, { from: "ann", own: true }), said(2));
    const log = { room: "lobby" };
    assert(store.active !== undefined);
    store.active.pins = [{ seq: 1, from: "ann", text: "m1" }];
    store.post({ type: "revise", ...log, re: 1, text: "my new text", id: "a" }, 0);
    store.post({ type: "remove", ...log, re: 2, id: "b" }, 0);
    store.post({ type: "say", ...log, re: 2, text: "answer", id: "c" }, 0);
    beginAnew(store, more);
    const now = rows(store).slice(-3);
    assertEquals(now.map(({ from, text, re }) => [from, text, re]), [
      ["eve", "e1", undefined],
      ["eve", "e2", undefined],
      ["ann", "answer", undefined],
    ]);
    // What somebody wrote is there, and what was not done is told.
    assertEquals([store.unsent, now[2]?.failed !== undefined], [[], true]);
    const told = store.active.timeline.items.flatMap((item) =>
      item.kind === "notice" && item.tone === "error" ? [item.text] : []
    );
    assertEquals(told.map((text) => text.replace(/^.*: /, "")), [
      "my new text",
      "there is no message 2 to remove",
    ]);
    assertEquals(store.active.pins, undefined);
  });
}

Deno.test("pins that are known change with what comes, and what is late is not taken for them", () => {
  const store = joined(said(1), said(2));
  const place = store.active;
  assert(place !== undefined);
  const texts = (): string[] | undefined => place.pins?.map(({ text }) => text);
  const page = { type: "page", room: "lobby", more: false } as const;
  const pinned: Message = { room: "lobby", seq: 1, from: "bob", at: AT, text: "m1" };
  takePins(place, { ...page, messages: [pinned], upTo: 2 });
  store.take({ type: "reacted", ...about, seq: 3, re: 1, key: "👍" });
  assertEquals(texts(), ["m1"]);
  store.take({ type: "revised", ...about, seq: 4, re: 1, text: "new" });
  store.take({ type: "pinned", ...about, seq: 5, re: 2 });
  assertEquals(texts(), ["new", "m2"]);
  store.take({ type: "pinned", ...about, seq: 6, re: 1, off: true });
  store.take({ type: "removed", ...about, seq: 7, re: 2 });
  assertEquals(texts(), []);
  // One that is not here has to be asked for.
  store.take({ type: "pinned", ...about, seq: 8, re: 90 });
  takePins(place, { ...page, messages: [pinned], upTo: 7 });
  assertEquals(texts(), undefined);
  takePins(place, { ...page, messages: [pinned], upTo: 8 });
  assertEquals(texts(), ["m1"]);
});

Deno.test("what somebody else has said stays as it is where one asks for an edit of it", () => {
  const store = joined(said(1));
  store.post({ type: "revise", room: "lobby", re: 1, text: "nope", id: "a" }, 0);
  assertEquals(rows(store).map(({ text, id }) => [text, id]), [["m1", undefined]]);
  store.take(refused("a"));
  assertEquals(rows(store).map(({ text, id }) => [text, id]), [["m1", undefined]]);
  const notice = store.active?.timeline.items.find(({ kind }) => kind === "notice");
  assertEquals(
    notice?.kind === "notice" && notice.text,
    "That is too long ago (message 1; you wrote: nope)",
  );
  assertEquals(store.waiting, []);
});

Deno.test("of an edit that is refused people are told, though its message is not here", () => {
  const store = joined(said(5));
  store.post({ type: "revise", room: "lobby", re: 2, text: "new", id: "a" }, 0);
  store.take(refused("a"));
  const notice = store.active?.timeline.items.find(({ kind }) => kind === "notice");
  assertEquals(
    notice?.kind === "notice" && notice.text,
    "That is too long ago (message 2; you wrote: new)",
  );
  assertEquals(store.waiting, []);
});

Deno.test("an answer to what is not here is brought with what it answers", () => {
  const store = joined(said(5));
  store.post({ type: "say", room: "lobby", re: 2, text: "yes", id: "a" }, 0);
  assertEquals(rows(store).at(-1)?.re, undefined);
  const effects = store.take({ type: "ack", id: "a", room: "lobby", seq: 6, at: AT });
  assertEquals(effects.map((effect) => effect.kind === "owed" && effect.seq), [6]);
  assertEquals(store.waiting, []);
});

Deno.test("a row is made anew for each edit, also for two at one time", () => {
  const store = joined(said(1));
  const signs = ["a", "b"].map((text, n) => {
    store.take({ type: "revised", ...about, seq: 2 + n, re: 1, text });
    return rows(store).map(signOf);
  });
  assertNotEquals(signs[0], signs[1]);
});
