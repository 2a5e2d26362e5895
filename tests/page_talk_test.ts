/** How the page shows talk: who comes and goes, colours of neighbours, and what is done. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { actionIn } from "../lib/web/page/mail.js";
import {
  isNothing,
  type Presence,
  presenceOf,
  withoutPassing,
  withPresence,
} from "../lib/web/page/presence.js";
import { type PresenceMode, rowsOf } from "../lib/web/page/rows.js";
import { Store } from "../lib/web/page/store.js";
import type { Event } from "../lib/wire/events.ts";

/** A store in the lobby, with what happened there. */
function lobby(...events: Array<Partial<Event> & { type: Event["type"] }>): Store {
  const store = new Store();
  const limits = { payload: 65_536 };
  const welcome = { type: "welcome", protocol: 1, server: "s", epoch: "e", needs: [], limits };
  store.hello(welcome as Extract<Event, { type: "welcome" }>, { name: "ann" });
  store.take({ type: "ready", name: "ann", session: "s", room: "lobby", seq: 0, direct: 0 });
  store.watch(true);
  for (const event of events) store.take({ room: "lobby", ...event } as Event);
  return store;
}

function said(seq: number, minute: number, from = "bob"): Partial<Event> & { type: "message" } {
  const at = new Date(Date.UTC(2026, 10, 23, 12, minute)).toISOString();
  return { type: "message", seq, from, at, text: `m${seq}` };
}

function came(name: string): Partial<Event> & { type: "joined" } {
  return { type: "joined", name };
}

function went(name: string): Partial<Event> & { type: "left" } {
  return { type: "left", name };
}

function rows(store: Store, mode?: PresenceMode): string[] {
  const place = store.active;
  assert(place !== undefined);
  return rowsOf(place, [], "ann", mode).flatMap((row) => {
    if (row.kind === "said") return [`${row.head ? "head " : ""}${row.text}`];
    if (row.kind !== "told" || row.item.kind !== "presence") return [];
    return [`+${row.item.joined} -${row.item.left}`];
  });
}

Deno.test("who comes and goes is told at its time, among what is said", () => {
  const events = [said(1, 0), came("eve"), said(2, 1), went("tom"), said(3, 2), said(4, 30)];
  const store = lobby(...events);
  const told = ["head m1", "+eve -", "head m2", "+ -tom", "head m3", "head m4"];
  assertEquals(rows(store), told);
  assertEquals(rows(store, "each"), told);
  assertEquals(rows(store, "none"), ["head m1", "m2", "m3", "head m4"]);
});

Deno.test("who only looks in, or is back at once, is not told of", () => {
  assertEquals(rows(lobby(said(1, 0), came("eve"), went("eve"))), ["head m1"]);
  assertEquals(rows(lobby(said(1, 0), went("bob"), came("bob"))), ["head m1"]);
  const apart = lobby(said(1, 0), came("eve"), said(2, 1), went("eve"), came("tom"));
  assertEquals(rows(apart), ["head m1", "m2", "+tom -"]);
  assertEquals(rows(apart, "each"), ["head m1", "+eve -", "head m2", "+tom -eve"]);
  // After a pause it is told that somebody left who came before it.
  const later = lobby(said(1, 0), came("eve"), said(2, 1), said(3, 30), went("eve"), said(4, 31));
  assertEquals(rows(later), ["head m1", "+eve -", "head m2", "head m3", "+ -eve", "head m4"]);
});

Deno.test("of who came and went while others talk, those are told who were there before or stayed", () => {
  const names = ["ann", "bob", "eve"];
  const step = fc.record({ name: fc.constantFrom(...names), ends: fc.boolean() });
  fc.assert(fc.property(fc.subarray(names), fc.array(step, { maxLength: 20 }), (first, steps) => {
    const here = new Set(first);
    const run: Presence[] = [];
    for (const { name, ends } of steps) {
      const told = presenceOf(here.has(name) ? "left" : "joined", name);
      if (!here.delete(name)) here.add(name);
      if (ends || run.length === 0) run.push(told);
      else run.push(withPresence(run.pop(), told));
    }
    const rows = withoutPassing(run);
    const came = rows.flatMap(({ joined }) => joined);
    const left = rows.flatMap((row) => row.left);
    assertEquals(came.sort(), [...here].filter((name) => !first.includes(name)).sort());
    assertEquals(left.sort(), first.filter((name) => !here.has(name)).sort());
  }));
});

Deno.test("the day stands above what was told before anything was said", () => {
  const place = lobby(came("ben"), said(1, 0), said(2, 60 * 24)).active;
  assert(place !== undefined);
  assertEquals(rowsOf(place, [], "ann").map(({ kind }) => kind), [
    ...["day", "told", "said", "day", "said"],
  ]);
});

Deno.test("however many come, each of them is counted", () => {
  const count = (n: number): Presence => {
    let told: Presence | undefined;
    for (let i = 0; i < n; i++) told = withPresence(told, presenceOf("joined", `guest ${i}`));
    return told as Presence;
  };
  for (const n of [1, 51, 999, 1_000, 1_001, 2_500]) {
    const { joined, joinedMore } = count(n);
    assertEquals(joined.length + joinedMore, n);
  }
  assert(isNothing(withPresence(presenceOf("joined", "a"), presenceOf("left", "a"))));
});

Deno.test("what somebody does in a conversation is one line that says so", () => {
  assertEquals(actionIn({ text: "* waves" }), { text: "waves", action: true });
  for (const text of ["*waves", "* milk\n* eggs", "*", "* ", "waves"]) {
    assertEquals(actionIn({ text }), { text });
  }
  const store = lobby();
  store.take({
    type: "direct",
    from: "bob",
    to: "ann",
    at: "2026-11-23T12:00:00Z",
    text: "* waves",
    n: 1,
  });
  store.post({ type: "direct", id: "a", to: "bob", text: "* bows" }, 0);
  store.take({ type: "ack", id: "a", at: "2026-11-23T12:00:01Z" });
  const again = new Store();
  again.restore(JSON.parse(JSON.stringify(store.save())));
  for (const { places } of [store, again]) {
    const items = places.at(-1)?.timeline.items ?? [];
    assertEquals(items.map((item) => item.kind === "message" && [item.action, item.text]), [
      [true, "waves"],
      [true, "bows"],
    ]);
  }
});

Deno.test("visitors are known apart from the people of a room", () => {
  const store = lobby();
  store.take({ type: "members", room: "lobby", members: ["ann"], total: 1, visitors: ["deploy"] });
  assertEquals([store.active?.members, store.active?.visitors], [["ann"], ["deploy"]]);
  store.take({ type: "members", room: "lobby", members: ["ann"], total: 1 });
  assertEquals(store.active?.visitors, []);
});
