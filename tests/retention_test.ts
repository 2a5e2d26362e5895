/** What `--keep` and `--keep-messages` let go of, and what they leave. */

import { assert, assertEquals } from "@std/assert";
import { chatLog, directLog, roomLog } from "../lib/chat/messages/log_key.ts";
import { seqOf as numberOf } from "../lib/chat/messages/entries.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { append, direct, hash, inChat, say, seqOf } from "./fixtures/facts.ts";
import { react } from "./fixtures/life_facts.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { until } from "./helpers.ts";

Deno.test("messages beyond what is to be kept go, and the rest stays as it was", async () => {
  await using dir = await makeDir();
  {
    await using history = await LocalLog.open({ dir: dir.path, durability: "normal" });
    for (let i = 1; i <= 1_200; i++) history.put(say("a", `word${i} same`));
    await append(history, say("b", "alone"));
    // In the index of words, so that it must be taken out of it again.
    assertEquals(
      (await history.index.search({ query: '"word1"', logs: [roomLog("a")], limit: 9 })).entries
        .length,
      1,
    );
  }
  await using history = await LocalLog.open({ dir: dir.path, keepMessages: 10 });
  await until("the room to shrink", () => history.index.size.messages === 11);
  const { entries, more } = await history.index.page(roomLog("a"), { after: 0, limit: 100 });
  assertEquals([entries.length, entries[0]?.message.seq, more], [10, 1_191, false]);
  assertEquals(history.index.last(roomLog("a")), 1_200);
  assertEquals(
    (await history.index.search({ query: '"word1"', logs: [roomLog("a")], limit: 9 })).entries,
    [],
  );
  const found = await history.index.search({ query: "same", logs: [roomLog("a")], limit: 100 });
  assertEquals(found.entries.length, 10);
  assertEquals(await seqOf(history, say("a", "next")), 1_201);
  assertEquals(
    (await history.index.search({ query: "next", logs: [roomLog("a")], limit: 9 })).entries.length,
    1,
  );
});

Deno.test("what is done about messages is bounded by how many a room keeps", async () => {
  await using dir = await makeDir();
  {
    await using history = await LocalLog.open({ dir: dir.path });
    const toggled = Array.from({ length: 401 }, (_, n) => {
      return react("a", 2, "x", { who: `account ${n}` });
    });
    const facts = [say("a", "one"), say("a", "two"), ...toggled, say("a", "three")];
    for (const fact of facts) history.put(fact);
    await history.settled();
    assertEquals(history.index.last(roomLog("a")), 404);
  }
  await using history = await LocalLog.open({ dir: dir.path, keepMessages: 3 });
  await until("the room to shrink", async () => {
    const [first] = await history.index.entries(roomLog("a"), { after: 0, limit: 1 });
    return first !== undefined && numberOf(first) === 105;
  });
  const { entries } = await history.index.page(roomLog("a"), { limit: 9 });
  assertEquals(entries.map(({ message: { text } }) => text), ["three"]);
});

Deno.test("direct messages are as many as there are, however few a room keeps", async () => {
  await using dir = await makeDir();
  const open = (): Promise<LocalLog> =>
    LocalLog.open({ dir: dir.path, keepMessages: 2, messagesPerRoom: 1 });
  {
    await using history = await open();
    history.put({ kind: "session-use", hashes: [hash("s")] });
    for (let i = 1; i <= 5; i++) {
      await append(history, direct("s", `t${i}`));
      await append(history, say("a", `t${i}`));
    }
    await until("the room to shrink", () => history.index.size.messages === 2);
  }
  await using history = await open();
  assert(await history.index.recall(hash("s")));
  const { entries } = await history.index.page(directLog(hash("s")), { after: 0, limit: 9 });
  assertEquals(entries.map(({ message }) => message.seq), [1, 2, 3, 4, 5]);
});

Deno.test("conversations are kept as rooms are, with what is found in them and whom it mentions", async () => {
  await using dir = await makeDir();
  const log = chatLog("c");
  {
    await using history = await LocalLog.open({ dir: dir.path, durability: "normal" });
    for (let i = 1; i <= 30; i++) history.put(inChat("c", `word${i} same`, { mentions: ["id1"] }));
    await history.settled();
    const found = await history.index.search({ query: "same", logs: [log], limit: 99 });
    assertEquals(found.entries.length, 30);
  }
  await using history = await LocalLog.open({ dir: dir.path, keepMessages: 10 });
  const unread = async (): Promise<number | undefined> =>
    (await history.index.unread(new Map([[log, 0]]))).get(log);
  await until("the conversation to shrink", async () => await unread() === 10);
  const found = await history.index.search({ query: "same", logs: [log], limit: 99 });
  assertEquals(found.entries.length, 10);
  assertEquals([...await history.index.mentions("id1", new Map([[log, 0]]))], [[log, 10]]);
  assertEquals(await seqOf(history, inChat("c", "next")), 31);
});

Deno.test("a direct message that is no longer kept is handed out to nobody, from memory neither", async () => {
  await using dir = await makeDir();
  await using history = await LocalLog.open({ dir: dir.path, keepMs: 1 });
  history.put({ kind: "session-use", hashes: [hash("s")] });
  await append(history, direct("s", "psst"));
  assertEquals(history.index.last(directLog(hash("s"))), 1);
  const kept = (): number => {
    const page = history.index.page(directLog(hash("s")), { after: 0, limit: 9 });
    return page instanceof Promise ? 0 : page.entries.length;
  };
  assertEquals(kept(), 1);
  await until("the message to go", () => kept() === 0);
  assertEquals(
    (await history.index.page(directLog(hash("s")), { after: 0, limit: 9 })).entries,
    [],
  );
  assertEquals(await seqOf(history, direct("s", "more")), 2);
});

Deno.test("what is said to be kept counts messages, and not what was done about them", async () => {
  await using dir = await makeDir();
  const sizeAfter = async (keepMessages?: number): Promise<number> => {
    await using history = await LocalLog.open({
      dir: dir.path,
      ...(keepMessages === undefined ? {} : { keepMessages }),
    });
    if (keepMessages !== undefined) {
      await until("the room to shrink", () => history.index.size.messages === keepMessages);
    }
    return history.index.size.messages;
  };
  {
    await using history = await LocalLog.open({ dir: dir.path });
    const facts = [
      ...[say("a", "one"), say("a", "two"), react("a", 1, "x"), react("a", 2, "x")],
      ...[say("a", "three"), react("a", 5, "x"), say("a", "four")],
    ];
    for (const fact of facts) history.put(fact);
    await history.settled();
    assertEquals(history.index.size.messages, 4);
  }
  assertEquals(await sizeAfter(), 4);
  assertEquals(await sizeAfter(2), 2);
  assertEquals(await sizeAfter(), 2);
});
