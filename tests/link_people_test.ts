/** A link to a server that knows people with several devices, and to one that does not. */

import { assertEquals } from "@std/assert";
import { ScriptedServer } from "./fixtures/scripted_server.ts";
import { Told } from "./fixtures/told.ts";
import { until } from "./helpers.ts";

const AT = "2026-01-02T03:04:05.000Z";
const PEOPLE = { features: ["people"] };
const COUNTS = { last: 7, read: 7, unread: 0, mentions: 0 };

Deno.test("a link names the feature and its device, and takes up the session that was kept", async () => {
  using server = new ScriptedServer();
  const earlier = { secret: "kept", beside: true };
  await using ann = new Told(server, { label: "terminal on ada", earlier });
  using peer = await server.letIn(PEOPLE);
  const { features, label, session, beside, room, resume } = peer.hello;
  assertEquals([features, label, session, beside], [["people"], "terminal on ada", "kept", true]);
  assertEquals([room, resume], [undefined, undefined]);
  await ann.ready();
  peer.conn.close();
  using again = await server.letIn(PEOPLE);
  assertEquals([again.hello.session, again.hello.beside], ["secret", undefined]);
});

Deno.test("a server of the first version is asked for nothing that it does not know", async () => {
  using server = new ScriptedServer();
  const earlier = { secret: "kept", beside: false };
  await using ann = new Told(server, { label: "terminal on ada", earlier });
  using peer = await server.letIn();
  await ann.ready();
  assertEquals(peer.hello, { type: "hello", name: "ann" });
});

Deno.test("what an account has listed is resumed, and each message of a conversation comes once", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server);
  const chat = { chat: "c1", with: "bob", at: AT, seq: 3, last: 3, read: 3, unread: 0 };
  const rooms = ["lobby", "dev"].map((room) => ({ room, access: "open", seq: 7, ...COUNTS }));
  const listed = { account: "a1", rooms, chats: [chat] };
  using peer = await server.letIn(PEOPLE, listed);
  const direct = { type: "direct", chat: "c1", with: "bob", from: "bob", to: "ann", at: AT };
  await peer.tell({ ...direct, seq: 4, n: 1, text: "four" });
  await peer.tell({ ...direct, seq: 4, n: 1, text: "four again" });
  await peer.tell({ ...direct, from: "ann", to: "bob", seq: 5, own: true, text: "five" });
  await peer.tell({ type: "message", room: "dev", seq: 8, from: "bob", at: AT, text: "eight" });
  await peer.tell({
    type: "joined",
    room: "ops",
    name: "ann",
    own: true,
    seq: 2,
    last: 2,
    read: 2,
  });
  await peer.tell({ type: "left", room: "lobby", name: "ann", own: true });
  await ann.see("the last of them", ({ type }) => type === "left");
  const directs = ann.events.flatMap((event) => event.type === "direct" ? [event.text] : []);
  assertEquals(directs, ["four", "five"]);
  peer.conn.close();
  using again = await server.letIn(PEOPLE, listed);
  const { seq, chats, direct: n } = again.hello.resume;
  assertEquals([seq, chats, n], [{ dev: 8, ops: 2 }, { c1: 5 }, 1]);
});

Deno.test("what follows a ready that has earlier messages is told, also of a room that is listed", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server);
  const rooms = [{ room: "lobby", access: "open", seq: 7, ...COUNTS }];
  using peer = await server.letIn(PEOPLE, { account: "a1", rooms, seq: 5, last: 7 });
  for (const seq of [6, 7]) {
    await peer.tell({ type: "message", room: "lobby", seq, from: "bob", at: AT, text: `${seq}` });
  }
  await ann.see("the last", (event) => event.type === "message" && event.seq === 7);
  assertEquals(ann.texts, ["6", "7"]);
});

Deno.test("a device that is signed out says so and does not come back by itself", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server);
  using peer = await server.letIn(PEOPLE, { account: "a1", rooms: [], chats: [], room: "" });
  await ann.ready();
  const text = "You have signed out here on another device.";
  await peer.tell({ type: "bye", reason: "signed-out", text });
  peer.conn.close();
  const { cause, code } = await ann.ending();
  assertEquals([cause, code], ["dismissed", "signed-out"]);
  await until("the end", () => ann.statuses.at(-1) === "ended");
});
