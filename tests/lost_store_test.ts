/** A store that is removed, replaced, cut or damaged under a running server, or before its start. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { StoreError } from "../lib/store/faults.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { append, say, seqOf } from "./fixtures/facts.ts";
import { react, remove, revise } from "./fixtures/life_facts.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { startServe } from "./fixtures/serve_process.ts";
import { makeDir, openNew, startStored } from "./fixtures/stored_server.ts";
import { slowTest, tries } from "./fixtures/thorough.ts";
import { joinEvent, type Json, until } from "./helpers.ts";

const DATABASE = "chatroom.db";
const PAGE_BYTES = 4_096;

/** Makes a store of so many messages of 500 characters, closed. */
async function fill(dir: string, count: number): Promise<void> {
  await using history = await LocalLog.open({ dir, durability: "normal" });
  for (let i = 1; i < count; i++) {
    history.put(say("lobby", `${i} ${"x".repeat(500)}`));
  }
  await append(history, say("lobby", "the last"));
}

/** Writes over the pages of a table or an index, but for the first one of it. */
async function damage(dir: string, every: number): Promise<void> {
  const first = afterTables(dir);
  using file = await Deno.open(`${dir}/${DATABASE}`, { read: true, write: true });
  const { size } = await file.stat();
  const garbage = new Uint8Array(PAGE_BYTES).fill(0xa5);
  for (let page = first; page < size / PAGE_BYTES; page += every) {
    await file.seek(page * PAGE_BYTES, Deno.SeekMode.Start);
    await file.write(garbage);
  }
}

/** The first page behind those with which tables and indexes begin: without one of these nothing can be read. */
function afterTables(dir: string): number {
  const db = new DatabaseSync(`${dir}/${DATABASE}`, { readOnly: true });
  try {
    return Number(db.prepare("SELECT max(rootpage) AS page FROM sqlite_schema").get()?.["page"]);
  } finally {
    db.close();
  }
}

/** Cuts the log of the database, again where upkeep was in the middle of filling it up. */
async function cutLog(dir: string, bytes: number): Promise<void> {
  for (let round = 0; round < 5; round++) {
    await Deno.truncate(`${dir}/${DATABASE}-wal`, bytes);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

for (const durability of tries(["full"] as const, ["full", "normal"] as const)) {
  for (
    const [what, work, why] of [
      ["removed", (dir) => Deno.remove(dir, { recursive: true }), "was removed"],
      ["replaced by a copy", async (dir) => {
        await Deno.copyFile(`${dir}/${DATABASE}`, `${dir}/copy`);
        await Deno.rename(`${dir}/copy`, `${dir}/${DATABASE}`);
      }, `${DATABASE} was replaced by another file`],
      ["cut", (dir) => Deno.truncate(`${dir}/${DATABASE}`, 20_000), "was cut from"],
      ["left without its log", (dir) => Deno.remove(`${dir}/${DATABASE}-wal`), "-wal was removed"],
      ["left with an empty log", (dir) => cutLog(dir, 0), "-wal was cut"],
      [
        "left with the beginning of its log",
        (dir) => cutLog(dir, 9_000),
        "-wal was cut",
      ],
    ] as Array<[string, (dir: string) => Promise<void>, string]>
  ) {
    Deno.test(`a store that is ${what} under the server takes nothing and says so (${durability})`, async () => {
      await using parent = await makeDir();
      const dir = `${parent.path}/data`;
      await fill(dir, 50);
      const problems: string[] = [];
      const onProblem = (text: string): void => void problems.push(text);
      const history = await LocalLog.open({ dir, durability, onProblem });
      await append(history, say("lobby", "before"));
      await work(dir);
      // Whether anybody says something or not.
      await until("it is noticed", () => history.index.trouble !== undefined);
      assertStringIncludes(history.index.trouble ?? "", why);
      const receipt = await append(history, say("lobby", "lost"));
      assert("refused" in receipt);
      assertEquals(receipt.refused.code, "not-stored");
      assertStringIncludes(receipt.refused.message, why);
      assertStringIncludes(receipt.refused.message, "start it again");
      const refused = problems.filter((text) => text.startsWith("Messages are refused: "));
      assertEquals(refused.length, 1, problems.join("\n"));
      assertEquals(await history.close(), 0);
    });
  }
}

/** Waits until the words of every stored message are in the index, with which the store has done its work. */
async function untilIndexed(path: string): Promise<void> {
  using db = new DatabaseSync(path, { readOnly: true });
  const indexed = db.prepare(
    "SELECT 1 FROM meta WHERE key = 'indexed' AND CAST(value AS INTEGER) >= (SELECT max(id) FROM message)",
  );
  await until("the words are in the index", () => indexed.get() !== undefined);
}

for (
  const [what, work] of [
    ["removed", (log) => Deno.remove(log)],
    ["cut", (log) => Deno.truncate(log)],
  ] as Array<[string, (log: string) => Promise<void>]>
) {
  Deno.test(`nothing is stored any more from the moment that the log of the database is ${what}`, async () => {
    for (const durability of ["full", "normal"] as const) {
      await using dir = await makeDir();
      const history = await LocalLog.open({ dir: dir.path, durability });
      // While somebody reads, the log is not written into the database, after which its end would be no loss.
      using reader = new DatabaseSync(`${dir.path}/${DATABASE}`, { readOnly: true });
      reader.exec("BEGIN; SELECT count(*) FROM message");
      await append(history, say("lobby", "before"));
      // A commit that had begun before the log is cut would fill it up again, as that of the index of words.
      await untilIndexed(`${dir.path}/${DATABASE}`);
      await work(`${dir.path}/${DATABASE}-wal`);
      assertEquals(await seqOf(history, say("lobby", "lost")), "not-stored");
      assertStringIncludes(history.index.trouble ?? "", `-wal was ${what}`);
      await history.close();
    }
  });
}

Deno.test("a log that another program has written into the database and emptied is no loss", async () => {
  await using dir = await makeDir();
  const history = await LocalLog.open({ dir: dir.path, durability: "full" });
  await append(history, say("lobby", "before"));
  const other = new DatabaseSync(`${dir.path}/${DATABASE}`);
  // The store may just be reading, or write what it writes by itself.
  await until(
    "the log is empty",
    () =>
      other.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get()?.["busy"] === 0 &&
      Deno.statSync(`${dir.path}/${DATABASE}-wal`).size === 0,
  );
  other.close();
  assertEquals(await seqOf(history, say("lobby", "after")), 2);
  assertEquals(history.index.trouble, undefined);
  await history.close();
});

Deno.test("a store that was moved away and back takes messages again", async () => {
  await using dir = await makeDir();
  const history = await LocalLog.open({ dir: `${dir.path}/data`, durability: "full" });
  await append(history, say("lobby", "before"));
  await Deno.rename(`${dir.path}/data`, `${dir.path}/away`);
  await until("it is noticed", () => history.index.trouble !== undefined);
  await Deno.rename(`${dir.path}/away`, `${dir.path}/data`);
  await until("it is as it was", () => history.index.trouble === undefined);
  assertEquals(await seqOf(history, say("lobby", "after")), 2);
  await history.close();
});

slowTest("a server whose store was removed is not ready, and its log says why", async () => {
  await using parent = await makeDir();
  const dir = `${parent.path}/data`;
  const served = await startServe("--data", dir, "--web", "0");
  const ready = (): Promise<number> =>
    fetch(`${served.page}readyz`).then(async (response) => {
      await response.body?.cancel();
      return response.status;
    });
  assertEquals(await ready(), 200);
  await Deno.remove(dir, { recursive: true });
  while (await ready() === 200);
  const { stderr } = await served.end();
  assertStringIncludes(stderr, `Messages are refused: ${dir}/${DATABASE} was removed`);
});

Deno.test("a store that has lost its end is not started on", async () => {
  await using dir = await makeDir();
  await fill(dir.path, 1_000);
  await Deno.truncate(`${dir.path}/${DATABASE}`, 300_000);
  const why = "has lost its end: it has 300000 of";
  await assertRejects(() => LocalLog.open({ dir: dir.path }), StoreError, why);
  const { code, stderr } = await chatroom(["serve", "--port", "0", "--data", dir.path]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "chatroom export --salvage prints what can still be read of it");
  const salvaged = await chatroom(["export", "--salvage", "--data", dir.path]);
  const count = salvaged.stdout.split("\n").length - 1;
  assertEquals([salvaged.code, count > 100 && count < 1_000], [1, true], `${count} messages`);
  assertStringIncludes(salvaged.stderr, "of the messages up to number 1000 in all can't be read: ");
});

Deno.test("who enters a room with damaged pages gets what can be read, and a stub for the rest", async () => {
  await using dir = await makeDir();
  await fill(dir.path, 2_000);
  await damage(dir.path, 7);
  const problems: string[] = [];
  await using server = await startStored(dir.path, {}, {
    onProblem: (text) => problems.push(text),
  });
  const epoch = server.factLog.index.epoch;
  using ann = await joinEvent(server, "ann", { room: "x", resume: { epoch, seq: { lobby: 0 } } });
  const seen: Json[] = [];
  while (seen.length < 2_000) seen.push(await ann.takeType("message"));
  assertEquals(seen.map(({ seq }) => seq), Array.from({ length: 2_000 }, (_, i) => i + 1));
  const stubs = seen.filter(({ withheld }) => withheld === "damaged");
  assert(stubs.length > 50 && stubs.length < 1_500, `${stubs.length} stubs`);
  for (const { seq, text, withheld } of seen) {
    if (withheld === undefined && seq < 2_000) assert(text.startsWith(`${seq} x`), text);
  }
  assertEquals((await ann.ask({ type: "history", room: "lobby", before: 300 })).type, "page");
  assertEquals(problems.filter((text) => text.includes("The database is damaged")).length, 1);
  assertStringIncludes(server.factLog.index.trouble ?? "", "can't be read");
});

Deno.test("a page of which a part is damaged tells what has become of the other messages", async () => {
  await using dir = await makeDir();
  {
    await using log = await LocalLog.open({ dir: dir.path, durability: "normal" });
    const mine = { author: "id1" };
    for (let n = 1; n <= 60; n++) log.put(say("lobby", `number${n} ${"x".repeat(3_000)}`, mine));
    for (const key of "abcdefghij") log.put(react("lobby", 60, key, { who: `account ${key}` }));
    log.put(revise("lobby", 58, "short now"));
    log.put(remove("lobby", 59));
    await log.settled();
    await log.index.search({ query: "short", logs: [roomLog("lobby")], limit: 1 });
  }
  const path = `${dir.path}/${DATABASE}`;
  const bytes = await Deno.readFile(path);
  const at = new TextDecoder("latin1").decode(bytes).indexOf("number40 x");
  const page = Math.floor(at / PAGE_BYTES) * PAGE_BYTES;
  bytes.fill(0xa5, page, page + PAGE_BYTES);
  await Deno.writeFile(path, bytes);
  await using log = await LocalLog.open({ dir: dir.path, durability: "normal" });
  const { entries, more, upTo } = await log.index.page(roomLog("lobby"), { limit: 30 });
  const messages = entries.map(({ message }) => message);
  assertEquals([messages.length, messages[0]?.seq, more, upTo], [30, 31, true, 72]);
  const [stub, edited, removed, given] = [40, 58, 59, 60].map((seq) => messages[seq - 31]);
  assertEquals([stub?.withheld, edited?.text, given?.reactions?.length], [
    "damaged",
    "short now",
    10,
  ]);
  assertEquals([edited?.edited !== undefined, removed?.removed?.by], [true, "ann"]);
});

Deno.test("what cannot be read is left out of a salvage, and told", async () => {
  await using dir = await makeDir();
  await fill(dir.path, 2_000);
  const whole = await chatroom(["export", "--salvage", "--data", dir.path]);
  assertEquals([whole.code, whole.stderr, whole.stdout.split("\n").length], [0, "", 2_001]);
  await damage(dir.path, 40);
  const { code, stdout, stderr } = await chatroom(["export", "--salvage", "--data", dir.path]);
  const seqs = stdout.trimEnd().split("\n").map((line) => JSON.parse(line).seq);
  assertEquals(code, 1);
  assertEquals(seqs, [...new Set(seqs)].sort((a, b) => a - b));
  const told = Number(/^(\d+) of the messages up to number 2000 in all/m.exec(stderr)?.[1]);
  assertEquals(seqs.length + told, 2_000, stderr);
});

Deno.test("a log whose end was damaged is told by the check and at the start", async () => {
  await using dir = await makeDir();
  await using left = await makeDir();
  {
    await using history = await openNew({ dir: dir.path });
    for (let i = 0; i < 30; i++) await append(history, say("lobby", `${i}`));
    for (const name of [DATABASE, `${DATABASE}-wal`, "boot"]) {
      await Deno.copyFile(`${dir.path}/${name}`, `${left.path}/${name}`);
    }
  }
  assertEquals((await chatroom(["check", "--data", left.path])).code, 0);
  {
    using log = await Deno.open(`${left.path}/${DATABASE}-wal`, { read: true, write: true });
    await log.seek((await log.stat()).size - 20_000, Deno.SeekMode.Start);
    await log.write(new Uint8Array(100).fill(0xa5));
  }
  const { code, stdout } = await chatroom(["check", "--data", left.path]);
  assertEquals(code, 1);
  assertStringIncludes(
    stdout,
    "Problem: messages are missing that had been stored: the last one had",
  );
  const problems: string[] = [];
  await using history = await LocalLog.open({
    dir: left.path,
    onProblem: (text) => problems.push(text),
  });
  assert(history.index.last(roomLog("lobby")) < 30);
  assertStringIncludes(problems.join(), "messages are missing that had been stored");
});
