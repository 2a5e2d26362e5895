/** What waits to be sent on the page, or was refused: what becomes of it, and what can be done about it. */

import { assert, assertEquals } from "@std/assert";
import { actionsOn } from "../lib/web/page/life/row_actions.js";
import { PendingPosts } from "../lib/web/page/pending.js";
import { newPlace } from "../lib/web/page/place.js";
import { readingMs } from "../lib/web/page/reading_time.js";
import { rowsOf, type SaidRow, signOf } from "../lib/web/page/rows.js";
import { Store } from "../lib/web/page/store.js";
import type { Event, EventOf } from "../lib/wire/events.ts";

const AT = "2026-11-23T12:00:00.000Z";
const LOBBY = { room: "lobby" } as const;

/** A store that has joined the lobby, where ann and bob have said something. */
function joined(): Store {
  const store = new Store();
  const limits = { payload: 65_536 };
  const welcome = { protocol: 1, server: "s", epoch: "e", needs: [], limits } as const;
  store.hello({ type: "welcome", ...welcome }, { name: "ann" });
  store.take({ type: "ready", name: "ann", session: "s1", room: "lobby", seq: 0, direct: 0 });
  for (const [seq, from] of [[1, "ann"], [2, "bob"]] as const) {
    const own = from === "ann" ? { own: true } as const : {};
    store.take({ type: "message", ...LOBBY, seq, from, at: AT, text: `m${seq}`, ...own });
  }
  return store;
}

function rows(store: Store): SaidRow[] {
  const place = store.active;
  assert(place !== undefined);
  return rowsOf(place, store.waiting, store.me).flatMap((row) => row.kind === "said" ? [row] : []);
}

function notThere(id: string): Event {
  return { type: "error", id, code: "no-such-message", text: "There is no message 2 in lobby" };
}

/** What can be done about the last row. */
function actions(store: Store): string {
  const row = rows(store).at(-1);
  assert(row !== undefined);
  const guest = { id: "", role: "", name: "ann" };
  return actionsOn(row, newPlace("room", "lobby", 0), guest, false).map(({ label }) => label)
    .join(", ");
}

Deno.test("what waits can be edited, copied and discarded, until it is on its way", () => {
  const store = joined();
  const said = { type: "say", ...LOBBY, text: "soon", id: "a" } as const;
  store.post(said, 0, false);
  assertEquals(actions(store), "Edit, Copy text, Discard");
  const before = rows(store).map(signOf);
  store.outgoing.transmitted();
  assertEquals(actions(store), "Copy text");
  assert(`${rows(store).map(signOf)}` !== `${before}`, "the row would show what can't be done");
  store.take({ type: "error", id: "a", code: "quiet", text: "The room is quiet" });
  assertEquals(actions(store), "Send again, Edit, Copy text, Discard");
});

Deno.test("of an edit and a removal that wait it is said what taking them back means", () => {
  const store = joined();
  store.take({ type: "message", ...LOBBY, seq: 3, from: "ann", at: AT, text: "m3", own: true });
  store.post({ type: "revise", ...LOBBY, re: 3, text: "new", id: "a" }, 0, false);
  assertEquals(actions(store), "Edit, Copy text, Take back the edit");
  store.outgoing.withdraw("a");
  store.post({ type: "remove", ...LOBBY, re: 3, id: "b" }, 0, false);
  assertEquals(actions(store), "Keep the message");
});

Deno.test("what somebody writes another text for is not sent, and is there after a reload", () => {
  const store = joined();
  for (const id of ["a", "b"]) store.post({ type: "say", ...LOBBY, text: id, id }, 0, false);
  store.outgoing.edit("a", true);
  store.outgoing.transmitted();
  assertEquals(store.unsent.map(({ id }) => id), ["b"]);
  const again = new Store();
  again.restore(JSON.parse(JSON.stringify(store.save())));
  const [edited] = rowsOf(
    again.active ?? newPlace("room", "lobby", 0),
    again.waiting,
    "ann",
  ).filter((row) => row.kind === "said");
  // Nothing has gone wrong with it.
  assertEquals(edited?.kind === "said" && [edited.text, edited.failed, edited.editing], [
    "a",
    undefined,
    true,
  ]);
  // It comes where it was, with its new text.
  store.post({ type: "say", ...LOBBY, text: "a, better", id: "c" }, 0, false, "a");
  assertEquals(rows(store).slice(-2).map(({ text }) => text), ["a, better", "b"]);
  store.outgoing.edit("c", false);
  assertEquals(store.unsent.map(({ id }) => id), ["c", "b"]);
});

Deno.test("what is written about a message that was removed meanwhile is kept, and sent as something new", () => {
  const store = joined();
  store.post({ type: "say", ...LOBBY, re: 2, text: "yes", id: "a" }, 0);
  store.take(notThere("a"));
  store.post({ type: "revise", ...LOBBY, re: 1, text: "better", id: "b" }, 0);
  store.take(notThere("b"));
  assertEquals(store.waiting.map(({ post }) => post), [
    { type: "say", ...LOBBY, text: "yes", id: "a" },
    { type: "say", ...LOBBY, text: "better", id: "b" },
  ]);
  assertEquals(rows(store).slice(-2).map(({ text, failed }) => [text, failed]), [
    [
      "yes",
      "The message that this answers was removed, or is kept no longer. Sent again, this answers nothing.",
    ],
    [
      "better",
      "The message that you edited was removed, or is kept no longer. Sent again, this is a new one.",
    ],
  ]);
  // In a conversation it goes to whom it would have gone.
  const pending = new PendingPosts();
  const post = { type: "revise", chat: "c1", re: 1, text: "better", id: "a" } as const;
  pending.add({ place: "direct bob", post, at: 0 });
  assertEquals(pending.lose("a"), true);
  assertEquals(pending.all[0]?.post, { type: "direct", chat: "c1", text: "better", id: "a" });
  // Nobody has written anything where a removal is late.
  pending.add({ place: "room lobby", post: { type: "remove", ...LOBBY, re: 1, id: "b" }, at: 0 });
  assertEquals(pending.lose("b"), false);
});

Deno.test("of a message that is removed it is known, though it is not here", () => {
  const store = joined();
  store.take({ type: "removed", ...LOBBY, seq: 3, re: 90, from: "bob", at: AT });
  assertEquals(store.active?.removals, new Set([90]));
});

Deno.test("what is told is handed on once, and says whether it stands at the end", () => {
  const store = joined();
  store.note("one");
  assertEquals(store.told.take(), [{ text: "one", tone: "plain", place: "room lobby" }]);
  assertEquals(store.told.take(), []);
  // Somewhere in the past: it stands nowhere.
  const { timeline } = store.active ?? newPlace("room", "lobby", 0);
  const old = { room: "lobby", seq: 1, from: "ann", at: AT, text: "m1" };
  timeline.moveTo({ messages: [old], more: false, upTo: 1 }, () => true);
  store.note("two", "error");
  assertEquals(store.told.take(), [{ text: "two", tone: "error", place: undefined }]);
  for (let n = 0; n < 100; n++) store.note(`${n}`);
  assertEquals([store.told.take().length, store.told.take().length], [20, 0]);
});

Deno.test("what goes by itself is there for as long as a slow reader takes", () => {
  // 200 letters a minute are far below what people read.
  for (const letters of [0, 20, 100, 300]) {
    const ms = readingMs(letters, false);
    assert(ms >= Math.max(4_000, letters * 60) && ms <= 60_000, `${letters}: ${ms} ms`);
    assert(readingMs(letters, true) >= ms);
  }
});

Deno.test("what has waited for a connection reads nothing that was said before it", () => {
  const store = joined();
  const known = { id: "m1", name: "ann" };
  const rooms = [{ ...LOBBY, access: "open", seq: 2, last: 4, read: 2, unread: 2, mentions: 1 }];
  store.post({ type: "say", ...LOBBY, text: "waits", id: "a" }, 0, false);
  const come = { type: "ready", name: "ann", session: "s1", ...LOBBY, seq: 2, direct: 0 } as const;
  store.take({ ...come, account: known.id, rooms: rooms as EventOf<"ready">["rooms"] ?? [] });
  assertEquals(store.unsent.map((post) => "unseen" in post && post.unseen), [true]);
  store.take({ type: "message", ...LOBBY, seq: 3, from: "bob", at: AT, text: "ann: look" });
  store.take({ type: "message", ...LOBBY, seq: 4, from: "bob", at: AT, text: "more" });
  store.take({ type: "ack", id: "a", ...LOBBY, seq: 5, at: AT });
  assertEquals([store.active?.unread, store.active?.mentions], [2, 1]);
});
