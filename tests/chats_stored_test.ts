/** Conversations on disk: what waits is there after a restart, for clients of today and of the first version. */

import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { directLog } from "../lib/chat/messages/log_key.ts";
import { databasePath } from "../lib/store/directory.ts";
import { hash } from "./fixtures/facts.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { eventFrame, joinEvent, type Json, type RawPeer, until } from "./helpers.ts";

const PEOPLE = { features: ["people"] };
const PASSWORD = "a long password";

/** Somebody reserves a name, and leaves. */
async function reserve(
  server: Awaited<ReturnType<typeof startStored>>,
  name: string,
): Promise<void> {
  {
    using peer = await joinEvent(server, name, PEOPLE);
    assertEquals((await peer.ask({ type: "register", password: PASSWORD })).type, "account");
  }
  await until("the connection has ended", () => server.connections === 0);
}

/** The next few direct messages, with the fields that are asked for. */
async function next(peer: RawPeer, count: number, ...fields: string[]): Promise<unknown[][]> {
  const told: unknown[][] = [];
  for (let i = 0; i < count; i++) {
    const direct = await peer.takeType("direct");
    told.push(fields.map((field) => direct[field]));
  }
  return told;
}

Deno.test("what waits for an account is there after a restart, and the answer for the guest", async () => {
  await using dir = await makeDir();
  let chat = "";
  let ann: Json = {};
  {
    await using server = await startStored(dir.path);
    await reserve(server, "bob");
    using guest = await joinEvent(server, "ann", PEOPLE);
    const ack = await guest.ask({
      type: "direct",
      to: "bob",
      text: "until tomorrow",
      action: true,
    });
    assertEquals([ack.type, ack.away, ack.seq], ["ack", true, 1]);
    chat = ack.chat;
    ann = { session: guest.ready.session, epoch: guest.welcome.epoch };
  }
  {
    await using server = await startStored(dir.path);
    using bob = await joinEvent(server, "bob", { ...PEOPLE, login: PASSWORD });
    const [found] = bob.ready.chats;
    assertEquals([found.chat, found.with, found.last, found.gone], [chat, "ann", 1, undefined]);
    const page = await bob.ask({ type: "history", chat });
    assertEquals(page.messages.map((each: Json) => [each.text, each.action, each.chat]), [
      ["until tomorrow", true, chat],
    ]);
    const answer = await bob.ask({ type: "direct", chat, text: "good morning" });
    assertEquals([answer.type, answer.seq, answer.away], ["ack", 2, true]);
    const searched = await bob.ask({ type: "search", query: "morning" });
    assertEquals(searched.messages.map((each: Json) => [each.chat, each.own, each.with]), [
      [chat, true, "ann"],
    ]);
  }
  await using server = await startStored(dir.path);
  const { session, epoch } = ann;
  const resume = { epoch, seq: { lobby: 0 }, chats: { [chat]: 1 } };
  using again = await joinEvent(server, "ann", { ...PEOPLE, session, resume });
  const [[text, seq, by] = []] = await next(again, 1, "text", "seq", "by");
  assertEquals([text, seq, typeof by], ["good morning", 2, "string"]);
});

Deno.test("an old client of an account gets what came while it was away, in order, over a restart", async () => {
  await using dir = await makeDir();
  let session = "";
  let epoch = "";
  {
    await using server = await startStored(dir.path);
    await reserve(server, "bob");
    using ann = await joinEvent(server, "ann");
    using cat = await joinEvent(server, "cat", PEOPLE);
    {
      using old = await joinEvent(server, "bob", { login: PASSWORD });
      session = old.ready.session;
      epoch = old.welcome.epoch;
      assertEquals(old.ready.direct, 0);
      await ann.ask({ type: "direct", to: "bob", text: "one" });
      assertEquals(await next(old, 1, "text", "n", "chat"), [["one", 1, undefined]]);
    }
    await until("bob has left", () => server.connections === 2);
    await cat.ask({ type: "direct", to: "bob", text: "two" });
    await ann.ask({ type: "direct", to: "bob", text: "three" });
  }
  await using server = await startStored(dir.path);
  const resume = { epoch, seq: { lobby: 0 }, direct: 1 };
  using old = await joinEvent(server, "bob", { login: PASSWORD, session, resume });
  assertEquals(old.ready.direct, 3);
  const fields = ["text", "n", "from", "chat"] as const;
  assertEquals(await next(old, 2, ...fields), [
    ["two", 2, "cat", undefined],
    ["three", 3, "ann", undefined],
  ]);
  using dan = await joinEvent(server, "dan");
  await dan.ask({ type: "direct", to: "bob", text: "four" });
  assertEquals(await next(old, 1, ...fields), [["four", 4, "dan", undefined]]);
});

Deno.test("the direct messages of a store of the first version are counted on by their session", async () => {
  await using dir = await makeDir();
  {
    using db = new DatabaseSync(databasePath(dir.path));
    db.exec(await Deno.readTextFile(new URL("fixtures/version_3.sql", import.meta.url)));
    // However old the fixture is, its session has just been used.
    db.prepare("UPDATE session SET used = ?").run(Date.now());
  }
  await Deno.writeTextFile(`${dir.path}/boot`, "the-epoch 4\n");
  await using server = await startStored(dir.path);
  const { epoch } = server.factLog.index;
  const resume = { epoch, seq: { lobby: 0 }, direct: 0 };
  using old = await joinEvent(server, "old", { session: "secret", resume });
  assertEquals(old.ready.session, "secret");
  const kept = server.factLog.index.last(directLog(hash("secret")));
  assert(kept > 0, "the fixture has no direct messages");
  assertEquals((await next(old, kept, "n")).flat(), Array.from({ length: kept }, (_, i) => i + 1));
  using zoe = await joinEvent(server, "zoe", PEOPLE);
  assertEquals((await zoe.ask({ type: "direct", to: "old", text: "new" })).type, "ack");
  assertEquals(await next(old, 1, "n", "text"), [[kept + 1, "new"]]);
});

Deno.test("after a restart conversations stand by their news, and who has gone for good is gone", async () => {
  await using dir = await makeDir();
  let guests = "";
  let secret = "";
  {
    await using server = await startStored(dir.path);
    await reserve(server, "cat");
    using ann = await joinEvent(server, "ann", PEOPLE);
    using bob = await joinEvent(server, "bob", PEOPLE);
    const first = await bob.ask({ type: "direct", to: "cat", text: "first" });
    await ann.ask({ type: "direct", to: "cat", text: "second" });
    guests = (await bob.ask({ type: "direct", to: "ann", text: "between guests" })).chat;
    // The newest is in the one that was begun first.
    await bob.ask({ type: "direct", chat: first.chat, text: "third" });
    secret = bob.ready.session;
  }
  {
    using db = new DatabaseSync(databasePath(dir.path));
    // As upkeep does in its time with sessions that are forgotten.
    db.exec("UPDATE message SET session = NULL, request = NULL");
    db.prepare("DELETE FROM session WHERE hash = unhex(?)").run(hash(secret));
  }
  await using server = await startStored(dir.path);
  using cat = await joinEvent(server, "cat", { ...PEOPLE, login: PASSWORD });
  assertEquals(cat.ready.chats.map((each: Json) => [each.with, each.last, each.gone]), [
    ["bob", 2, true],
    ["ann", 1, undefined],
  ]);
  const [bob, ann] = cat.ready.chats;
  assertEquals((await cat.ask({ type: "direct", chat: bob.chat, text: "?" })).code, "chat-gone");
  assertEquals((await cat.ask({ type: "direct", chat: ann.chat, text: "hi" })).away, true);
  assertEquals((await cat.ask({ type: "history", chat: guests })).code, "no-such-chat");
});

Deno.test("a flood in one piece is cut where it would be cut message by message", async () => {
  await using dir = await makeDir();
  await using server = await startStored(dir.path, { limits: { newChatsPerHour: 10 } });
  await reserve(server, "bob");
  using ann = await joinEvent(server, "ann", PEOPLE);
  const flood = Array.from(
    { length: 30 },
    (_, n) => eventFrame({ type: "direct", id: `${n}`, to: "bob", text: `spam ${n}` }),
  );
  const people = Array.from(
    { length: 15 },
    (_, n) => eventFrame({ type: "direct", id: `new ${n}`, to: `guest${n}`, text: "hi" }),
  );
  const guests = [];
  for (let n = 0; n < 15; n++) guests.push(await joinEvent(server, `guest${n}`));
  await ann.send(...flood, ...people);
  const codes = new Map<string, number>();
  for (let answers = 0; answers < flood.length + people.length;) {
    const { id, type, code = type } = await ann.takeEvent();
    if (id === undefined) continue;
    answers++;
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  // The first of the ten conversations is that with bob.
  assertEquals(Object.fromEntries(codes), {
    ...{ ack: 20 + 9, "too-many-unanswered": 10, "try-later": 15 - 9 },
  });
  for (const guest of guests) guest[Symbol.dispose]();
});
