/** What the page counts as unread, when some of that is removed. */

import { assert, assertEquals } from "@std/assert";
import type { Place } from "../lib/web/page/place.js";
import { Store } from "../lib/web/page/store.js";
import type { Event, EventOf, Message } from "../lib/wire/events.ts";

const AT = "2026-11-23T12:00:00.000Z";

function said(seq: number, more: Partial<Message> = {}): Event {
  return { type: "message", room: "dev", seq, from: "bob", at: AT, text: `m${seq}`, ...more };
}

function removed(seq: number, re: number): Event {
  return { type: "removed", room: "dev", seq, re, from: "bob", at: AT };
}

/** A store that has come in, and looks at the lobby. */
function lookingElsewhere(more: Partial<EventOf<"ready">> = {}): { store: Store; dev: Place } {
  const store = new Store();
  const limits = { payload: 65_536 };
  const welcome = { protocol: 1, server: "s", epoch: "e", needs: [], limits } as const;
  store.hello({ type: "welcome", ...welcome }, { name: "ann" });
  const ready = { name: "ann", session: "s1", room: "lobby", seq: 0, direct: 0 };
  store.take({ type: "ready", ...ready, ...more });
  if (store.room("dev") === undefined) {
    store.take({ type: "joined", id: "1", room: "dev", name: "ann", seq: 0 });
  }
  store.activate("room lobby");
  const dev = store.room("dev");
  assert(dev !== undefined);
  return { store, dev };
}

Deno.test("what is removed before somebody has read it is unread no more, nor calls them", () => {
  const { store, dev } = lookingElsewhere();
  for (const event of [said(1), said(2, { text: "ann: hello" }), said(3)]) store.take(event);
  assertEquals([dev.unread, dev.mentions, store.unread], [3, 1, 3]);
  store.take(removed(4, 1));
  assertEquals([dev.unread, dev.mentions], [2, 1]);
  // Told again.
  store.take(removed(5, 1));
  assertEquals([dev.unread, dev.mentions], [2, 1]);
  store.take(removed(6, 2));
  assertEquals([dev.unread, dev.mentions, store.unread], [1, 0, 1]);
  store.take(removed(7, 3));
  assertEquals([dev.unread, store.unread], [0, 0]);
});

Deno.test("the removal of what was read, or never counted, leaves what is unread as it was", () => {
  const { store, dev } = lookingElsewhere();
  store.take({
    type: "settings",
    notify: {},
    hideSeen: false,
    blocked: [{ name: "eve" }],
  });
  store.take(said(1));
  store.activate("room dev");
  store.watch(true);
  store.watch(false);
  store.activate("room lobby");
  store.take(said(2));
  store.take(said(3, { from: "eve" }));
  store.take(said(4, { from: "ann", own: true }));
  // It comes without its text where it was removed while nobody was here.
  store.take(said(5, { text: "" }));
  assertEquals(dev.unread, 1);
  for (const [n, re] of [1, 3, 4, 5].entries()) store.take(removed(6 + n, re));
  assertEquals(dev.unread, 1);
  store.take(removed(10, 2));
  assertEquals(dev.unread, 0);
});

Deno.test("what the server has counted is lowered by what is removed after that, also where it is not here", () => {
  const room = { access: "open" as const, seq: 20, last: 20, read: 10, unread: 8, mentions: 2 };
  const { store, dev } = lookingElsewhere({
    account: "a0",
    rooms: [
      { room: "lobby", ...room, read: 20, unread: 0, mentions: 0 },
      { room: "dev", ...room },
    ],
    chats: [],
  });
  assertEquals([dev.unread, dev.mentions], [8, 2]);
  store.take(removed(21, 15));
  store.take(removed(22, 15));
  assertEquals([dev.unread, dev.mentions], [7, 2]);
  store.take(removed(23, 9));
  assertEquals(dev.unread, 7);
  for (let n = 0; n < 6; n++) store.take(removed(24 + n, 11 + n));
  assertEquals([dev.unread, dev.mentions], [2, 2]);
  store.take(removed(30, 17));
  assertEquals([dev.unread, dev.mentions], [1, 1]);
});

Deno.test("a message to one person alone that is removed calls nobody any more", () => {
  const { store } = lookingElsewhere({ account: "a0", rooms: [], chats: [] });
  const talk = { chat: "c1", with: "bob", from: "bob", to: "ann", at: AT };
  store.take({ type: "direct", ...talk, seq: 1, text: "psst" });
  store.take({ type: "direct", ...talk, seq: 2, text: "psst again" });
  const place = store.placeList.chat("c1");
  assertEquals([place?.unread, place?.mentions], [2, 2]);
  store.take({ type: "removed", chat: "c1", seq: 3, re: 1, from: "bob", at: AT });
  assertEquals([place?.unread, place?.mentions], [1, 1]);
});
