/** What can be done about a message on the page, and how rows and emoji are put into words. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { emojisFor } from "../lib/web/page/life/common_emoji.js";
import { actionsOn } from "../lib/web/page/life/row_actions.js";
import { rowWords, whoReactedText } from "../lib/web/page/life/row_words.js";
import { newPlace } from "../lib/web/page/place.js";
import { dayAndTime } from "../lib/web/page/row_view.js";
import { completeEmoji } from "../lib/words/emoji.js";
import { about, AT, joined, rows, said } from "./fixtures/page_life.ts";

Deno.test("what can be done about a message is what its writer, and who keeps order, may do", () => {
  const place = newPlace("room", "lobby", 0);
  const guest = { id: "", role: "", name: "ann" };
  const member = { id: "a0", role: "member", name: "ann" };
  const row = {
    ...{ seq: 1, own: false, text: "m", href: "#lobby/1" },
    ...{ id: undefined, failed: undefined, sent: true },
  };
  const names = (...[row, where, account, touches = false]: Parameters<typeof actionsOn>): string =>
    actionsOn(row, where, account, touches).map(({ name }) => name).join(" ");
  assertEquals(names(row, place, guest, false), "reply react copy link");
  assertEquals(
    names({ ...row, own: true }, place, guest, false),
    "reply react edit copy link remove",
  );
  assertEquals(names(row, place, member, true), "reply react copy select link unread");
  const host = { ...place, hosted: true };
  assertEquals(names(row, host, member, false), "reply react copy link pin unread remove");
  const pinned = { ...row, pinned: true as const, reactions: [{ key: "👍", count: 1 }] };
  const operator = { ...member, role: "operator" };
  assertEquals(
    names(pinned, place, operator, false),
    "reply react copy link who unpin unread remove",
  );
  // Nobody keeps order in a conversation, and with somebody who is gone nothing is said.
  const talk = { ...newPlace("direct", "bob", 0), chat: "c1", gone: true };
  assertEquals(
    names({ ...row, href: undefined, own: true }, talk, operator, false),
    "copy unread remove",
  );
  const removed = { by: "bob", at: AT };
  assertEquals(names({ ...row, removed }, host, member, false), "");
});

Deno.test("a row is told in words, and who reacted in a sentence", () => {
  const [row] = rows(joined(
    said(1, { re: 9, text: "at *noon*" }),
    { type: "reacted", ...about, seq: 2, re: 1, key: "👍" },
    { type: "pinned", ...about, seq: 3, re: 1 },
  ));
  assert(row !== undefined);
  assertEquals(
    rowWords(row, () => "12:00"),
    "bob, 12:00: at *noon*; answers a message that is gone; pinned; reactions: 👍 1",
  );
  const done = { ...row, action: true, text: "waves", re: undefined, pinned: undefined };
  assertEquals(rowWords({ ...done, reactions: [] }, () => "12:00"), "bob, 12:00: bob waves");
  assertEquals(whoReactedText(["ann"], 1, "👍"), "ann: 👍");
  assertEquals(whoReactedText(["ann", "bob", "cid"], 3, "👍"), "ann, bob and cid: 👍");
  assertEquals(whoReactedText(["ann", "bob"], 40, "👍"), "ann, bob and 38 more: 👍");
});

Deno.test("when something was is spoken with its day, where that is not today", () => {
  const now = new Date();
  const before = new Date(now).setDate(now.getDate() - 1);
  assertMatch(dayAndTime(now.getTime()), /^\d\d:\d\d$/);
  assertMatch(dayAndTime(before), /^Yesterday, \d\d:\d\d$/);
  assertMatch(dayAndTime(0), /1970, \d\d:\d\d$|1969, \d\d:\d\d$/);
});

Deno.test("an emoji is found by a word, and any other by itself", () => {
  assertEquals(emojisFor("birth", 9).map(({ emoji }) => emoji), ["🥳", "🎂"]);
  assertEquals(emojisFor(":rocket:", 9).map(({ emoji }) => emoji), ["🚀"]);
  assertEquals(emojisFor("🦖", 9).map(({ emoji }) => emoji), ["🦖"]);
  // A heart is one reaction, with the sign that makes it a picture or without.
  assertEquals(emojisFor("❤", 9), [{ emoji: "❤️", name: "heart" }]);
  assertEquals(emojisFor("", 7).length, 7);
  assertEquals(emojisFor("nothing of the kind", 7), []);
  // Of all that there are, where their names are known.
  assertEquals(emojisFor("coffin", 9), []);
  assertEquals(emojisFor("coffin", 9, completeEmoji), [{ emoji: "⚰️", name: "coffin" }]);
  assertEquals(emojisFor("rocket", 9, completeEmoji).map(({ emoji }) => emoji), ["🚀"]);
  assertEquals(emojisFor("see no", 9, completeEmoji), [{ emoji: "🙈", name: "see no evil" }]);
});
