/** The log on disk: the contract, and what it does besides. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { directLog, roomLog } from "../lib/chat/messages/log_key.ts";
import type { WriterOptions } from "../lib/store/calls.ts";
import { StoreError } from "../lib/store/faults.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { NOTHING_HIDDEN } from "../lib/store/packing.ts";
import { openForReading } from "../lib/store/schema.ts";
import { Writing } from "../lib/store/writing.ts";
import { append, direct, hash, say, seqOf } from "./fixtures/facts.ts";
import { makeDir, openNew } from "./fixtures/stored_server.ts";
import { tries } from "./fixtures/thorough.ts";
import { until } from "./helpers.ts";
import { testKeptLog } from "./history_contract.ts";

testKeptLog("LocalLog", openNew);
if (tries(false, true)) {
  testKeptLog(
    "LocalLog, written by its own thread",
    (remembered) => openNew({ ...remembered, durability: "full" }),
  );
  testKeptLog("LocalLog, from the disk", () => openNew({ messagesPerRoom: 1, maxBytes: 1 }));
}
// What is in memory never suffices here.
testKeptLog(
  "LocalLog, from the disk, written by its own thread",
  () => openNew({ messagesPerRoom: 1, maxBytes: 1, durability: "full" }),
);

Deno.test("LocalLog is there again when it is opened again", async () => {
  await using dir = await makeDir();
  let epoch: string;
  {
    await using history = await LocalLog.open({ dir: dir.path });
    epoch = history.index.epoch;
    await append(history, say("a", "x", { session: "s", id: "1" }));
    await append(history, say("a", "y"));
    await append(history, direct("s", "psst"));
    history.put({ kind: "session-use", hashes: [hash("t")] });
    await history.settled();
  }
  await using history = await LocalLog.open({ dir: dir.path });
  assertEquals([history.index.epoch, history.index.last(roomLog("a")), history.index.size], [
    epoch,
    2,
    {
      messages: 2,
      rooms: 1,
    },
  ]);
  assertEquals(await seqOf(history, say("a", "x", { session: "s", id: "1" })), 1);
  assertEquals(await seqOf(history, say("a", "z")), 3);
  assertEquals([
    await history.index.recall(hash("s")) !== undefined,
    await history.index.recall(hash("t")) !== undefined,
  ], [
    true,
    true,
  ]);
  assertEquals(await history.index.recall(hash("never")), undefined);
  assertEquals(history.index.last(directLog(hash("s"))), 1);
  assertEquals(await seqOf(history, direct("s", "more")), 2);
});

Deno.test("LocalLog keeps no session's secret", async () => {
  await using dir = await makeDir();
  const secret = "5ec7e7-of-ann";
  {
    await using history = await LocalLog.open({ dir: dir.path });
    await append(history, say("a", "x", { session: secret, id: "1" }));
    await append(history, direct(secret, "psst", { title: "ann" }));
  }
  for await (const { name } of Deno.readDir(dir.path)) {
    const bytes = await Deno.readFile(`${dir.path}/${name}`);
    const text = new TextDecoder("latin1").decode(bytes);
    assert(!text.includes(secret), name);
  }
});

Deno.test("a session that was forgotten is not known again", async () => {
  await using dir = await makeDir();
  {
    await using history = await LocalLog.open({ dir: dir.path });
    await append(history, say("a", "x", { session: "s", id: "1" }));
    history.put({ kind: "session-forget", hashes: [hash("s")] });
    await history.settled();
    assertEquals(await history.index.recall(hash("s")), undefined);
  }
  await using history = await LocalLog.open({ dir: dir.path });
  assertEquals(await history.index.recall(hash("s")), undefined);
});

Deno.test("a new epoch begins when the database was put back, and old sessions end", async () => {
  await using dir = await makeDir();
  const file = `${dir.path}/chatroom.db`;
  const open = async (use: (history: LocalLog) => Promise<unknown>): Promise<string> => {
    await using history = await LocalLog.open({ dir: dir.path });
    await use(history);
    return history.index.epoch;
  };
  const first = await open((history) => append(history, say("a", "x", { session: "s", id: "1" })));
  await Deno.copyFile(file, `${file}.backup`);
  const second = await open((history) => append(history, say("a", "y")));
  assertEquals(second, first);
  await Deno.rename(`${file}.backup`, file);
  const third = await open(async (history) => {
    assertEquals(history.index.last(roomLog("a")), 1);
    assertEquals(await history.index.recall(hash("s")), undefined);
  });
  assert(third !== first);
  assertEquals(await open(() => Promise.resolve()), third);
  await Deno.remove(`${dir.path}/boot`);
  assert(await open(() => Promise.resolve()) !== third);
});

Deno.test("of more matches than are ranked the newest come first, page by page to the last", async () => {
  await using history = await openNew({ durability: "normal" });
  for (let i = 1; i <= 1_100; i++) history.put(say("a", `same ${i}`));
  await append(history, say("b", "same"));
  const seqs = async (skip: number): Promise<unknown[]> => {
    const { entries, more } = await history.index.search({
      query: "same",
      logs: [roomLog("a")],
      skip,
      limit: 10,
    });
    return [entries.length, entries[0]?.message.seq, entries.at(-1)?.message.seq, more];
  };
  assertEquals(await seqs(0), [10, 1_100, 1_091, true]);
  assertEquals(await seqs(990), [10, 110, 101, true]);
  assertEquals(await seqs(991), [10, 109, 100, true]);
  assertEquals(await seqs(1_095), [5, 5, 1, false]);
  assertEquals(await seqs(1_100), [0, undefined, undefined, false]);
});

Deno.test("after it was closed all is in the one file, whoever has read from it", async () => {
  await using dir = await makeDir();
  {
    await using history = await LocalLog.open({ dir: dir.path, messagesPerRoom: 1 });
    for (let i = 1; i <= 5; i++) await append(history, say("a", `word${i}`));
    assertEquals(
      (await history.index.page(roomLog("a"), { after: 0, limit: 9 })).entries.length,
      5,
    );
    assertEquals(
      (await history.index.search({ query: "word3", logs: [roomLog("a")], limit: 9 })).entries
        .length,
      1,
    );
    await append(history, say("a", "the last"));
  }
  await Deno.copyFile(`${dir.path}/chatroom.db`, `${dir.path}/copy.db`);
  using copy = openForReading(`${dir.path}/copy.db`);
  assertEquals(copy.prepare("SELECT count(*) AS n FROM message").get(), { n: 6 });
});

Deno.test("what is committed but not told yet is in no page, since it will come as news", async () => {
  await using dir = await makeDir();
  await using history = await LocalLog.open({ dir: dir.path, messagesPerRoom: 1 });
  for (const text of ["one", "two", "three"]) await append(history, say("a", text));
  using db = new DatabaseSync(`${dir.path}/chatroom.db`, { timeout: 5_000 });
  db.exec(
    "INSERT INTO message (room, seq, at, sender, text) SELECT room, 4, at, sender, 'four' " +
      "FROM message WHERE seq = 3",
  );
  const { entries } = await history.index.page(roomLog("a"), { after: 0, limit: 9 });
  assertEquals(entries.map(({ message }) => message.text), ["one", "two", "three"]);
});

Deno.test("a log that commits alone do not shorten is written into the database beside them", async () => {
  await using dir = await makeDir();
  await using history = await LocalLog.open({ dir: dir.path, durability: "normal" });
  const large = "x".repeat(60_000);
  const size = (): number => Deno.statSync(`${dir.path}/chatroom.db`).size;
  const before = size();
  for (let i = 0; i < 40; i++) await append(history, say("a", large));
  await until("the log to be written into the database", () => size() > before + 20 * large.length);
});

Deno.test("Faults: disk full: what does not fit is refused, and it works again when there is room", async () => {
  await using dir = await makeDir();
  const problems: string[] = [];
  {
    await using history = await LocalLog.open({
      dir: dir.path,
      durability: "normal",
      maxPages: 60,
      onProblem: (text) => problems.push(text),
    });
    assertEquals(await seqOf(history, say("a", "first")), 1);
    const large = "x".repeat(60_000);
    let stored = 1;
    let refused = 0;
    while (refused < 3) {
      const receipt = await append(history, say("a", large));
      if ("seq" in receipt) stored++;
      else {
        assert("refused" in receipt);
        assertEquals(receipt.refused.code, "not-stored");
        assert(receipt.refused.message.includes("full"), receipt.refused.message);
        refused++;
      }
      assert(stored < 60);
    }
    assertEquals(history.index.last(roomLog("a")), stored);
    // Readers go on.
    const { entries } = await history.index.page(roomLog("a"), { after: 0, limit: 5 });
    assertEquals(entries[0]?.message.text, "first");
    assertEquals(problems.filter((text) => text.startsWith("Messages can't be stored")).length, 1);
    // What still fits is stored, without a hole in the numbers.
    assertEquals(await seqOf(history, say("a", "small")), stored + 1);
    assert(problems.includes("Messages can be stored again"));
  }
  await using history = await LocalLog.open({ dir: dir.path });
  const { entries } = await history.index.page(roomLog("a"), { after: 0, limit: 100 });
  assertEquals(entries.map(({ message }) => message.seq), entries.map((_, i) => i + 1));
});

Deno.test("one draft's fault costs the others of its batch nothing", async () => {
  await using history = await openNew();
  await append(history, say("a", "x", { session: "s", id: "1" }));
  const drafts = [
    say("a", "one"),
    say("a", "other", { session: "s", id: "1" }),
    say("a", "two", { session: "s", id: "2" }),
    say("a", "two", { session: "s", id: "2" }),
    say("a", "three"),
  ];
  const outcomes = await Promise.all(drafts.map((each) => seqOf(history, each)));
  assertEquals(outcomes, [2, "id-reused", 3, 3, 4]);
});

Deno.test("who appends faster than the disk takes it is told to wait", async () => {
  await using history = await openNew();
  let waits: void | Promise<void> = undefined;
  let count = 0;
  while (waits === undefined) {
    waits = history.put(say("a", "x".repeat(50_000)));
    assert(++count < 1_000);
  }
  assert(count > 10);
  await waits;
});

Deno.test("that the thread that writes has ended is told once, and everything is refused then", async () => {
  const real = globalThis.Worker;
  let thread = {} as Pick<Worker, "onmessage" | "onerror">;
  class Fake {
    constructor() {
      thread = this as unknown as typeof thread;
    }
    postMessage(): void {}
    terminate(): void {}
  }
  globalThis.Worker = Fake as unknown as typeof Worker;
  const problems: string[] = [];
  try {
    const writing = new Writing((text) => problems.push(text));
    await writing.start("full");
    const opening = writing.open({} as WriterOptions);
    const open = { type: "opened", epoch: "e", rooms: [], people: {} };
    thread.onmessage?.call(thread as Worker, new MessageEvent("message", { data: open }));
    await opening;
    for (const message of ["out of memory", "and again"]) {
      thread.onerror?.call(thread as Worker, new ErrorEvent("error", { message }));
    }
    assertEquals(problems, [
      "Messages are refused until the server is started again: what stores them has ended " +
      "(out of memory)",
    ]);
    const stored = Promise.withResolvers<unknown>();
    writing.onParcel = (_, receipts) => stored.resolve(receipts);
    writing.put(say("a", "x"), undefined, 1, NOTHING_HIDDEN);
    assertEquals(await stored.promise, undefined);
    await writing.close();
    assertEquals(problems.length, 1);
  } finally {
    globalThis.Worker = real;
  }
});

Deno.test("one process at a time has a directory, and reading remains possible", async () => {
  await using dir = await makeDir();
  {
    await using _history = await LocalLog.open({ dir: dir.path });
    const error = await assertRejects(() => LocalLog.open({ dir: dir.path }), StoreError);
    assert(error.message.includes(dir.path) && error.message.includes("--data"), error.message);
    const db = openForReading(`${dir.path}/chatroom.db`);
    assertEquals(db.prepare("SELECT count(*) AS n FROM message").get()?.["n"], 0);
    db.close();
  }
  await using again = await LocalLog.open({ dir: dir.path });
  assertEquals(again.index.last(roomLog("a")), 0);
});
