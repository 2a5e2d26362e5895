/** What every log of facts promises of people: conversations, who said what, mentions, devices. */

import { assertEquals } from "@std/assert";
import type { Fact } from "../lib/chat/log/fact.ts";
import type { FactLog } from "../lib/chat/log/fact_log.ts";
import type { Page } from "../lib/chat/messages/history.ts";
import { chatLog, type LogKey, type ReadLog, roomLog } from "../lib/chat/messages/log_key.ts";
import {
  type Change,
  type Device,
  MAX_DEVICES,
  plainRoom,
  type RoomRecord,
} from "../lib/chat/people/records.ts";
import { type LogUnderTest, outcomesOf } from "./fact_log_contract.ts";
import { append, direct, hash, inChat, say, seqOf, topic } from "./fixtures/facts.ts";

const A = roomLog("a");
const B = roomLog("b");
const C = chatLog("c");

/** Puts changes, and waits until they are entries. */
async function change(log: FactLog, ...changes: Change[]): Promise<void> {
  log.put({ kind: "people", changes });
  await log.settled();
}

async function put(log: FactLog, ...facts: Fact[]): Promise<void> {
  for (const fact of facts) log.put(fact);
  await log.settled();
}

function device(secret: string, account: string, used: number, label = ""): Device {
  return { hash: hash(secret), account, label, door: "tcp", since: 1, used };
}

function textsIn({ entries, more }: Page): unknown[] {
  return [...entries.map(({ message, log }) => `${log}: ${message.text}`), ...more ? ["…"] : []];
}

/** Runs the contract on logs that `make` opens. */
export function testPeopleLog(name: string, make: () => Promise<LogUnderTest>): void {
  const test = (what: string, run: (under: LogUnderTest) => Promise<void> | void): void =>
    Deno.test(`${name}: ${what}`, async () => {
      await using under = await make();
      await run(under);
    });

  test("a conversation is numbered by itself, and says whom each message is for", async ({ log, index }) => {
    assertEquals(await seqOf(log, say("c", "in a room")), 1);
    assertEquals(await seqOf(log, inChat("c", "hello")), 1);
    assertEquals(
      await seqOf(log, inChat("c", "hi", { from: "bob", title: "ann", action: true })),
      2,
    );
    assertEquals([index.last(C), index.last(chatLog("d")), index.last(roomLog("c"))], [2, 0, 1]);
    const { entries } = await index.page(C, { after: 0, limit: 9 });
    const said = entries.map((
      { message: { from, room, text, action } },
    ) => [from, room, text, action]);
    assertEquals(said, [["ann", "bob", "hello", undefined], ["bob", "ann", "hi", true]]);
    assertEquals(index.has(roomLog("d")), false);
  });

  test("what is sent again in a conversation is stored once, and is not taken for a room's", async ({ log }) => {
    const once = { session: "s", id: "1" };
    assertEquals(
      await outcomesOf(log, [
        inChat("c", "x", once),
        inChat("c", "x", once),
        inChat("c", "y", once),
        say("c", "x", once),
        inChat("d", "x", { ...once, title: "eve" }),
        // The other of the two is called otherwise by now.
        inChat("c", "x", { ...once, title: "eve" }),
      ]),
      [1, "again 1", "id-reused", "id-reused", "id-reused", "again 1"],
    );
  });

  test("the account of who said it comes with a message, and nothing with a guest's", async ({ log, index }) => {
    await append(log, say("a", "by ann", { author: "id1" }));
    await append(log, say("a", "by a guest"));
    await append(log, say("a", "by bob", { author: "id2", action: true }));
    await append(log, direct("s", "psst", { author: "id1" }));
    await append(log, inChat("c", "hello", { author: "id2" }));
    const by = async (log: LogKey): Promise<unknown[]> => {
      const { entries } = await index.page(log, { after: 0, limit: 9 });
      return entries.map(({ message }) => message.by);
    };
    assertEquals(await by(A), ["id1", undefined, "id2"]);
    assertEquals(await by(`direct ${hash("s")}`), ["id1"]);
    assertEquals(await by(C), ["id2"]);
    const found = await index.search({ query: "by", logs: [A], limit: 9 });
    assertEquals(found.entries.map(({ message }) => message.by), ["id2", undefined, "id1"]);
  });

  test("a search finds what was said where it may look, and says where that was", async ({ log, index }) => {
    await put(log, say("a", "green tea"), say("b", "black tea"), inChat("c", "mint tea"));
    await put(log, inChat("d", "iced tea"), direct("s", "cold tea"), say("a", "tea time"));
    const search = async (...logs: ReadLog[]): Promise<unknown[]> =>
      textsIn(await index.search({ query: "tea", logs, limit: 9 }));
    assertEquals(await search(A), ["room a: tea time", "room a: green tea"]);
    assertEquals(await search(C, B), ["chat c: mint tea", "room b: black tea"]);
    assertEquals(await search(), []);
    const first = await index.search({ query: "tea", logs: [A, C], limit: 2 });
    assertEquals(textsIn(first), ["room a: tea time", "chat c: mint tea", "…"]);
    const next = { query: "tea", logs: [A, C], limit: 2, cursor: { log: C, seq: 1 } };
    assertEquals(textsIn(await index.search(next)), ["room a: green tea"]);
    const within = { query: "tea in:a", logs: [A, B, C], limit: 9 };
    assertEquals(textsIn(await index.search(within)), ["room a: tea time", "room a: green tea"]);
  });

  test("mentions are counted in each log after a seq", async ({ log, index }) => {
    const mentions = ["id1", "id2"];
    await put(
      log,
      say("a", "1", { mentions }),
      say("a", "2"),
      say("a", "3", { mentions: ["id1"] }),
    );
    await put(log, inChat("c", "4", { mentions: ["id1"] }), say("b", "5", { mentions: ["id2"] }));
    const counts = async (account: string, seq: number): Promise<unknown> =>
      Object.fromEntries(await index.mentions(account, new Map([[A, seq], [B, 0], [C, 0]])));
    assertEquals(await counts("id1", 0), { [A]: 2, [B]: 0, [C]: 1 });
    assertEquals(await counts("id1", 1), { [A]: 1, [B]: 0, [C]: 1 });
    assertEquals(await counts("id2", 3), { [A]: 0, [B]: 1, [C]: 0 });
    assertEquals(await counts("nobody", 0), { [A]: 0, [B]: 0, [C]: 0 });
  });

  test("a message that is sent again mentions nobody twice", async ({ log, index }) => {
    const fact = say("a", "x", { session: "s", id: "1", mentions: ["id1", "id1"] });
    assertEquals(await outcomesOf(log, [fact, fact]), [1, "again 1"]);
    assertEquals([...await index.mentions("id1", new Map([[A, 0]]))], [[A, 1]]);
  });

  test("what mentions an account is a page of all its logs, the newest first", async ({ log, index }) => {
    const mentions = ["id1"];
    for (const fact of [say("a", "1", { mentions }), inChat("c", "2", { mentions })]) {
      await append(log, fact);
    }
    await put(log, say("a", "not"), say("b", "3", { mentions: ["id2", "id1"] }));
    const unread = (...logs: ReadLog[]): Map<ReadLog, number> =>
      new Map(logs.map((log) => [log, 0]));
    const page = async (...logs: ReadLog[]): Promise<unknown[]> =>
      textsIn(await index.mentioned({ account: "id1", after: unread(...logs), limit: 9 }));
    assertEquals(await page(A, B, C), ["room b: 3", "chat c: 2", "room a: 1"]);
    assertEquals(await page(A), ["room a: 1"]);
    assertEquals(await page(), []);
    const after = unread(A, B, C);
    const none = await index.mentioned({ account: "id1", after, limit: 9, before: 1 });
    assertEquals(textsIn(none), []);
    after.set(A, 1).set(C, 1);
    const behind = await index.mentioned({ account: "id1", after, limit: 9 });
    assertEquals(textsIn(behind), ["room b: 3"], "what is read is none");
  });

  test("mentions go with what was said", async ({ log, index }) => {
    const mentions = ["id1"];
    await put(log, say("a", "1", { mentions }), say("a", "2", { mentions }), say("a", "3"));
    await put(log, { kind: "retain", cuts: [{ log: A, first: 2 }] });
    assertEquals([...await index.mentions("id1", new Map([[A, 0]]))], [[A, 1]]);
    const page = await index.mentioned({ account: "id1", after: new Map([[A, 0]]), limit: 9 });
    assertEquals(textsIn(page), ["room a: 2"]);
  });

  test("unread are as many as there are numbers between, of what is kept", async ({ log, index }) => {
    for (const text of ["1", "2", "3", "4"]) await append(log, say("a", text));
    const unreadAfter = async (seq: number): Promise<number | undefined> =>
      (await index.unread(new Map([[A, seq], [B, seq]]))).get(A);
    assertEquals(await Promise.all([0, 1, 4, 9].map(unreadAfter)), [4, 3, 0, 0]);
    await put(log, { kind: "retain", cuts: [{ log: A, first: 3 }] });
    assertEquals(await Promise.all([0, 1, 3, 9].map(unreadAfter)), [2, 2, 1, 0]);
    assertEquals((await index.unread(new Map([[B, 0]]))).get(B), 0);
  });

  test("what an account says itself is not unread for it, unless there is nothing else", async ({ log, index }) => {
    const own = { author: "id1" };
    const unreadAfter = async (seq: number, account?: string): Promise<number | undefined> =>
      (await index.unread(new Map([[A, seq]]), account)).get(A);
    for (const more of [{}, own, {}, own, own]) await put(log, say("a", "x", more));
    assertEquals(
      await Promise.all([0, 1, 2, 3, 5].map((seq) => unreadAfter(seq, "id1"))),
      [2, 1, 1, 2, 0],
    );
    assertEquals(await Promise.all([0, 3].map((seq) => unreadAfter(seq, "id2"))), [5, 2]);
  });

  test("who has set a topic, and when, is known as long as there is one", async ({ log, index }) => {
    assertEquals(index.topicSet(A), undefined);
    await put(log, topic("a", "tea"));
    assertEquals([index.topic(A), index.topicSet(A)?.by], ["tea", "ann"]);
    assertEquals((index.topicSet(A)?.at ?? 0) > 0, true);
  });

  test("a room of which something is settled has been there, until it goes", async ({ log, index }) => {
    const room: RoomRecord = { ...plainRoom("a", "A"), access: "invite" };
    await change(log, { type: "room", room });
    assertEquals([index.has(A), index.last(A)], [true, 0]);
    await put(log, say("a", "secret plan"), topic("a", "tea"));
    assertEquals(index.last(A), 1);
    await change(log, { type: "unroom", key: "a" });
    assertEquals([index.has(A), index.topic(A)], [false, ""]);
    assertEquals((await index.page(A, { after: 0, limit: 9 })).entries, []);
    const found = await index.search({ query: "plan", logs: [A], limit: 9 });
    assertEquals(found.entries, []);
    assertEquals(await seqOf(log, say("a", "anew")), 2);
    const { entries } = await index.page(A, { after: 0, limit: 9 });
    assertEquals(entries.map(({ message }) => message.text), ["anew"]);
  });

  test("what is said in a parcel after its room has gone is in a new one", async ({ log, index }) => {
    await put(
      log,
      say("a", "before"),
      { kind: "people", changes: [{ type: "unroom", key: "a" }] },
      say("a", "after"),
    );
    const { entries } = await index.page(A, { after: 0, limit: 9 });
    assertEquals(entries.map(({ message: { seq, text } }) => [seq, text]), [[2, "after"]]);
  });

  test("a device is known with its account, and signed out when it is to be", async ({ log, index }) => {
    await put(log, { kind: "session-use", hashes: ["s1", "s2", "guest"].map(hash) });
    await put(log, {
      kind: "list",
      changes: [
        { type: "device", device: device("s1", "id1", 10, "phone") },
        { type: "device", device: device("s2", "id1", 20) },
        { type: "device", device: device("s3", "id2", 30) },
      ],
    });
    assertEquals(await index.recall(hash("s1")), { account: "id1", label: "phone", since: 1 });
    const of = async (account: string): Promise<unknown[]> =>
      (await index.devices(account)).map(({ hash }) => hash).sort();
    assertEquals(await of("id1"), ["s1", "s2"].map(hash).sort());
    await change(log, { type: "sign-out", account: "id1", device: hash("s3") });
    assertEquals(await of("id2"), [hash("s3")]);
    await change(log, { type: "sign-out", account: "id1", except: hash("s1") });
    assertEquals([await of("id1"), await index.recall(hash("s2"))], [[hash("s1")], undefined]);
    await change(log, { type: "sign-out", account: "id1", device: hash("s1") });
    assertEquals([await of("id1"), await index.recall(hash("s1"))], [[], undefined]);
    assertEquals((await index.recall(hash("s3")))?.account, "id2");
  });

  test("of the devices of an account the one that was unused for longest goes", async ({ log, index }) => {
    const now = Date.now();
    for (let n = 0; n <= MAX_DEVICES; n++) {
      const added = device(`s${n}`, "id1", now + n * 60_000);
      log.put({ kind: "list", changes: [{ type: "device", device: added }] });
    }
    await log.settled();
    const devices = await index.devices("id1");
    assertEquals(devices.length, MAX_DEVICES);
    assertEquals(await index.recall(hash("s0")), undefined);
    assertEquals((await index.recall(hash("s1")))?.account, "id1");
  });

  test("an account that is given back has no devices", async ({ log, index }) => {
    const changes = [{ type: "device", device: device("s1", "id1", 10) }] as const;
    await put(log, { kind: "list", changes });
    await change(log, { type: "remove", key: "ann", id: "id1" });
    assertEquals(await index.devices("id1"), []);
    assertEquals((await index.recall(hash("s1")))?.account, undefined);
  });
}
