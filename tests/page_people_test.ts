/** The page and names, passwords and moderation: what it tells, shows at the door, and never keeps. */

import { assert, assertEquals } from "@std/assert";
import { describe } from "../lib/words/describe.js";
import { Store } from "../lib/web/page/store.js";
import { tellCommand } from "../lib/words/commands/table.js";
import type { Event } from "../lib/wire/events.ts";

const AT = "2026-11-23T12:00:00.000Z";
const WELCOME = {
  type: "welcome",
  protocol: 1,
  server: "s",
  epoch: "e",
  needs: [],
  limits: { payload: 65_536 },
} as const;

/** A store of somebody in the lobby with bob. */
function joined(): Store {
  const store = new Store();
  store.hello(WELCOME, { name: "ann" });
  store.take({ type: "ready", name: "ann", session: "s", room: "lobby", seq: 0, direct: 0 });
  store.take({ type: "members", room: "lobby", members: ["ann", "bob"], total: 2 });
  return store;
}

/** Takes an event as the page does, and tells people of it. */
function take(store: Store, event: Event): void {
  for (const effect of store.take(event)) {
    if (effect.kind === "told") tellCommand(effect.event)?.forEach((text) => store.note(text));
  }
}

function notes(store: Store): string[] {
  const items = store.active?.timeline.items ?? [];
  return items.map((item) => item.kind === "notice" ? item.text : item.kind);
}

Deno.test("what was done to whom is told in the sentences of the terminal", () => {
  const mod = { type: "mod", target: "bob", by: "ann" } as const;
  const ban = { kind: "ban", target: "bob", by: "ann", at: AT } as const;
  const line = { at: AT, by: "ann", action: "ban", target: "bob" } as const;
  const events: Event[] = [
    ...["register", "login", "passwd", "unregister"].flatMap((action): Event[] => [
      { type: "account", action, name: "ann", role: "member" },
      { type: "account", action, name: "ann", role: "owner" },
    ]),
    ...["op", "deop", "kick", "ban", "unban", "mute", "unmute", "else"].flatMap((
      action,
    ): Event[] => [
      { ...mod, action },
      { ...mod, action, room: "dev", until: AT, reason: "spam", address: "192.0.2.1" },
    ]),
    { type: "bans", bans: [], more: false },
    {
      type: "bans",
      bans: [ban, { ...ban, kind: "mute", room: "dev", until: AT, reason: "spam" }],
      more: true,
    },
    { type: "audit", entries: [], more: false },
    { type: "audit", entries: [line, { ...line, room: "dev", detail: "until then" }], more: false },
  ];
  for (const event of events) {
    const store = joined();
    take(store, event);
    assertEquals(notes(store), describe(event));
  }
  const store = joined();
  take(store, { type: "pong" });
  take(store, { type: "rooms", rooms: [{ room: "dev", members: 1 }] });
  assertEquals(notes(store), []);
});

Deno.test("the password of a name goes with that name alone, and is not saved", () => {
  const wish = { name: "ann", login: { name: "Ann", password: "correct horse" } };
  const store = joined();
  assertEquals(store.hello(WELCOME, wish).login, "correct horse");
  assert(!JSON.stringify(store.save()).includes("correct"));
  take(store, { type: "renamed", id: "1", from: "ann", to: "eve" });
  const { name, login } = store.hello(WELCOME, wish);
  assertEquals([name, login], ["eve", undefined]);
});

Deno.test("who shows a name's password goes by it, and who has to give one up is told", () => {
  const store = joined();
  take(store, { type: "account", id: "1", action: "login", name: "eve", role: "operator" });
  assertEquals(store.me, "eve");
  assertEquals(notes(store), ["You are eve now.", "You are eve, operator."]);
  take(store, { type: "renamed", from: "eve", to: "eve-2" });
  assertEquals([store.me, notes(store).at(-1)], ["eve-2", "You are eve-2 now."]);
});

Deno.test("who is sent away did not just leave, and the last room does not take its reason along", () => {
  const store = joined();
  take(store, { type: "left", room: "lobby", name: "bob", reason: "kicked" });
  assertEquals(notes(store), ["bob was sent away."]);
  assertEquals(store.active?.members, ["ann"]);
  take(store, { type: "left", room: "lobby", name: "ann", reason: "banned" });
  take(store, { type: "notice", text: "You are banned from lobby by eve." });
  assertEquals([store.active, store.told.stray], [undefined, "You are banned from lobby by eve."]);
  take(store, { type: "joined", id: "2", room: "dev", name: "ann", seq: 0 });
  assertEquals(store.told.stray, "");
});
