/** What the logs keep of files: in memory and on disk, and what only a disk can do. */

import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { FileOwner } from "../lib/chat/files/file_store.ts";
import type { DirectFact, SayFact } from "../lib/chat/log/fact.ts";
import { chatLog, roomLog } from "../lib/chat/messages/log_key.ts";
import { checkStore } from "../lib/store/check.ts";
import { databasePath, openReader, openWriter } from "../lib/store/directory.ts";
import { exportMessages } from "./fixtures/data.ts";
import { bringersOf, eachBlob } from "../lib/store/files.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { removeRooms } from "../lib/store/rooms.ts";
import { outcomesOf } from "./fact_log_contract.ts";
import { testFileLog } from "./file_log_contract.ts";
import { append, bringing, fileOf, hash, inChat, say, seqOf } from "./fixtures/facts.ts";
import { stillLog } from "./fixtures/still.ts";
import { makeDir, openNew } from "./fixtures/stored_server.ts";
import { joinEvent, type Json, startServer, until } from "./helpers.ts";

testFileLog("MemoryLog", () => {
  const log = stillLog();
  return Promise.resolve({ log, index: log, [Symbol.asyncDispose]: () => Promise.resolve() });
});

for (const durability of ["full", "normal"] as const) {
  testFileLog(`LocalLog (${durability})`, async () => {
    const log = await openNew({ durability });
    return { log, index: log.index, [Symbol.asyncDispose]: () => log[Symbol.asyncDispose]() };
  });
}

const PLAN = fileOf("f1", "plan.txt", "the plan");
const TEA = fileOf("f2", "tea.txt", "tea");
const GUEST = "address 192.0.2.7";

function sayFile(room: string, file = PLAN, owner: FileOwner = GUEST): SayFact {
  const { text, ...rest } = bringing(file, owner);
  return say(room, text, rest);
}

Deno.test("in memory a file goes with its message, when that has to give way", async () => {
  const log = stillLog({ messagesPerRoom: 2 });
  const letGo: string[] = [];
  log.onLetGo = (sha256s) => void letGo.push(...sha256s);
  await append(log, sayFile("a"));
  await append(log, say("a", "one"));
  assertEquals([letGo, (await log.fileUsage(GUEST)).all], [[], 8]);
  await append(log, say("a", "two"));
  assertEquals([letGo, (await log.fileUsage(GUEST)).all], [[PLAN.sha256], 0]);
  assertEquals(log.file("f1"), undefined);
});

Deno.test("in memory the copy of a direct message in an inbox keeps no file, and lets go of none", async () => {
  const log = stillLog({ messagesPerRoom: 2 });
  const letGo: string[] = [];
  log.onLetGo = (sha256s) => void letGo.push(...sha256s);
  const inbox = "direct bob's" as const;
  const said = (key: string, text: string): DirectFact => inChat(key, text, { inbox });
  const { text, ...rest } = bringing(PLAN);
  await append(log, { ...said("c", text), ...rest });
  for (const text of ["one", "two", "three"]) await append(log, said(text, text));
  assertEquals([letGo, await log.file("f1") !== undefined], [[], true]);
  for (const text of ["one", "two"]) await append(log, said("c", text));
  assertEquals([letGo, log.file("f1")], [[PLAN.sha256], undefined]);
});

Deno.test("history tells of messages with files alone where that is asked for, and page by page", async () => {
  const factLog = stillLog();
  await using server = startServer({ factLog });
  using ann = await joinEvent(server, "ann");
  for (let n = 1; n <= 6; n++) {
    const file = fileOf(`f${n}`, `${n}.txt`, `${n}`);
    await append(factLog, n % 2 === 0 ? sayFile("lobby", file) : say("lobby", `${n}`));
  }
  const ask = async (more: Json): Promise<unknown> => {
    const { messages, more: isMore } = await ann.ask({ type: "history", room: "lobby", ...more });
    return [messages.map(({ seq, file }: Json) => [seq, file?.name]), isMore];
  };
  assertEquals(await ask({ files: true, limit: 2 }), [[[4, "4.txt"], [6, "6.txt"]], true]);
  assertEquals(await ask({ files: true, before: 4 }), [[[2, "2.txt"]], false]);
  assertEquals(await ask({ files: false, limit: 2 }), [[[5, undefined], [6, "6.txt"]], true]);
});

Deno.test("files are there again after a restart, and no address is readable on the disk", async () => {
  await using dir = await makeDir();
  {
    await using log = await LocalLog.open({ dir: dir.path });
    await append(log, sayFile("a"));
    await append(log, sayFile("a", TEA, "account ann's"));
  }
  await using log = await LocalLog.open({ dir: dir.path });
  const { index } = log;
  const { entries } = await index.page(roomLog("a"), { after: 0, limit: 9 });
  assertEquals(entries.map(({ message }) => message.file), [PLAN, TEA]);
  assertEquals(Object.values(await index.fileUsage(GUEST)), [8, 8, 11]);
  assertEquals((await index.fileUsage("account ann's")).own, 3);
  const { owner } = await index.file("f1") ?? {};
  assert(/^address [0-9a-f]{16}$/.test(owner ?? ""), owner);
  const bytes = new TextDecoder("latin1").decode(await Deno.readFile(databasePath(dir.path)));
  assert(!bytes.includes("192.0.2.7"));
});

Deno.test("what retention lets go of is told, and gone from the tables", async () => {
  await using log = await openNew({ keepMessages: 1 });
  const letGo: string[] = [];
  log.index.onLetGo = (sha256s) => void letGo.push(...sha256s);
  await append(log, sayFile("a"));
  await append(log, sayFile("a", TEA));
  await until("the first is let go of", () => letGo.length > 0);
  assertEquals(letGo, [PLAN.sha256]);
  assertEquals([await log.index.file("f1"), (await log.index.file("f2"))?.seq], [undefined, 2]);
});

Deno.test("what a command has removed while no server ran is let go of by the next one", async () => {
  await using dir = await makeDir();
  {
    await using log = await LocalLog.open({ dir: dir.path });
    await append(log, sayFile("a"));
    await append(log, sayFile("b", { ...PLAN, id: "f3" }));
    await append(log, sayFile("a", TEA));
  }
  {
    using opened = await openWriter(dir.path);
    removeRooms(opened.db, [roomLog("a")]);
    assertEquals([...eachBlob(opened.db)], [{ sha256: PLAN.sha256, size: 8 }]);
    assertEquals(checkStore(opened.db).problems, []);
  }
  await using log = await LocalLog.open({ dir: dir.path });
  const letGo: string[] = [];
  log.index.onLetGo = (sha256s) => void letGo.push(...sha256s);
  await until("the blob is let go of", () => letGo.length > 0);
  assertEquals(letGo, [TEA.sha256]);
});

Deno.test("a parcel that the disk does not take leaves nothing of its files", async () => {
  await using log = await openNew({ maxPages: 100 });
  const large = say("a", "x".repeat(1_000_000));
  assertEquals(await outcomesOf(log, [sayFile("a"), large]), ["not-stored", "not-stored"]);
  assertEquals(Object.values(await log.index.fileUsage(GUEST)), [0, 0, 0]);
  assertEquals(await log.index.keptBlobs([PLAN.sha256]), new Set());
  assertEquals(await seqOf(log, sayFile("a")), 1);
});

Deno.test("many files of one parcel are counted and found, each where it was brought", async () => {
  await using log = await openNew();
  const files = Array.from({ length: 200 }, (_, n) => fileOf(`f${n}`, `${n}.txt`, `${n % 50}`));
  const facts = files.flatMap((file, n) => [sayFile(`room${n % 3}`, file), say("a", `${n}`)]);
  const outcomes = await outcomesOf(log, facts);
  assert(outcomes.every((outcome) => typeof outcome === "number"));
  for (const [n, file] of files.entries()) {
    const found = await log.index.file(file.id);
    assertEquals([found?.log, found?.seq], [roomLog(`room${n % 3}`), Math.floor(n / 3) + 1]);
  }
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  assertEquals((await log.index.fileUsage(GUEST)).all, bytes);
});

Deno.test("data of version 5 has its files, and those who go on with it", async () => {
  await using dir = await makeDir();
  {
    using db = new DatabaseSync(databasePath(dir.path));
    db.exec(await Deno.readTextFile(new URL("fixtures/version_5.sql", import.meta.url)));
  }
  await Deno.writeTextFile(`${dir.path}/boot`, "the-epoch 4\n");
  {
    using db = openReader(dir.path, 5);
    assertEquals(checkStore(db).problems, []);
  }
  await using log = await LocalLog.open({ dir: dir.path });
  const { entries } = await log.index.page(chatLog("c1"), { limit: 9, files: true });
  const file = fileOf("file1", "plan.txt", "tea");
  assertEquals(entries.map(({ message }) => [message.text, message.file, message.withheld]), [
    ["sent plan.txt (3 bytes)", file, undefined],
  ]);
  assertEquals(await seqOf(log, sayFile("dev")), 3);
  assertEquals((await log.index.fileUsage(GUEST)).all, 11);
});

Deno.test("data of version 4 is upgraded without a message being written anew, and takes files", async () => {
  await using dir = await makeDir();
  const rows = (): unknown => {
    using db = new DatabaseSync(databasePath(dir.path), { readOnly: true });
    return db.prepare("SELECT rowid, * FROM message ORDER BY id").all();
  };
  {
    using db = new DatabaseSync(databasePath(dir.path));
    db.exec(await Deno.readTextFile(new URL("fixtures/version_4.sql", import.meta.url)));
    db.exec("INSERT INTO member VALUES ('dev', '0123456789abcdef', 'Bob', 1)");
  }
  await Deno.writeTextFile(`${dir.path}/boot`, "the-epoch 4\n");
  const before = rows();
  const told: string[] = [];
  (await openWriter(dir.path, (text) => told.push(text)))[Symbol.dispose]();
  assertEquals(rows(), before);
  assertEquals(told.length, 1);
  assert(told[0]?.includes("from version 4 of its tables to 7; a copy of it"), told[0]);
  await using log = await LocalLog.open({ dir: dir.path });
  assertEquals(log.people.members, [
    { room: "dev", account: "0123456789abcdef", by: "Bob", at: 1 },
  ]);
  assertEquals(await seqOf(log, sayFile("dev")), 3);
  assertEquals((await log.index.file("f1"))?.seq, 3);
  await log.close();
  using db = openReader(dir.path);
  assertEquals(checkStore(db).problems, []);
  assertEquals([...exportMessages(db)].map(({ file }) => file), [undefined, undefined, PLAN]);
});

Deno.test("a member of record is kept with the name of a guest", async () => {
  await using dir = await makeDir();
  const guest = { room: "den", account: `guest ${hash("s")}`, by: "ann", at: 1, name: "Visitor" };
  {
    await using log = await LocalLog.open({ dir: dir.path });
    log.put({ kind: "people", changes: [{ type: "member", member: guest }] });
    await log.settled();
  }
  await using log = await LocalLog.open({ dir: dir.path });
  assertEquals(log.people.members, [guest]);
});

for (
  const [what, sql, problem] of [
    [
      "a file whose message is another",
      "UPDATE file SET seq = 2 WHERE id = 'f2'",
      'file f2 ("tea.txt") was brought by message 2 of the log 1, which is not there or brings another',
    ],
    [
      "a blob that no message brings",
      "INSERT INTO blob VALUES ('abc', 9, NULL, NULL)",
      "no message brings the blob abc",
    ],
    [
      "a file without a blob",
      `INSERT INTO blob SELECT 'x', 8, NULL, NULL; UPDATE file SET blob = 'x' WHERE id = 'f1';
        DELETE FROM blob WHERE sha = 'x'`,
      "a row of file refers to a blob that is not there",
    ],
    [
      "a quota that is not what there is",
      "UPDATE file_usage SET bytes = 7 WHERE owner = 'all'",
      'file_usage says 7 bytes for "all", and there are 11',
    ],
    [
      "a quota of somebody without files",
      "INSERT INTO file_usage VALUES ('account x', 7)",
      'file_usage says 7 bytes for "account x", who has no files',
    ],
    [
      "a file whose name tells a terminal what to do",
      "UPDATE file SET name = 'a' || char(27) || 'b' WHERE id = 'f1'",
      'the name "a\\u001bb" in file has a control character',
    ],
  ] as const
) {
  Deno.test(`a check finds ${what}`, async () => {
    await using dir = await makeDir();
    {
      await using log = await LocalLog.open({ dir: dir.path });
      await append(log, sayFile("a"));
      await append(log, say("a", "between"));
      await append(log, sayFile("a", TEA, "account ann's"));
    }
    {
      using db = openReader(dir.path);
      assertEquals(checkStore(db).problems, []);
    }
    {
      using db = new DatabaseSync(databasePath(dir.path));
      db.exec("PRAGMA foreign_keys = OFF");
      db.exec(sql);
    }
    using db = openReader(dir.path);
    const { problems } = checkStore(db, { quick: true });
    assert(problems.includes(problem), problems.join("\n"));
  });
}

Deno.test("which messages have brought a blob is told, and of a conversation not whose it is", async () => {
  await using dir = await makeDir();
  await using log = await LocalLog.open({ dir: dir.path });
  await append(log, sayFile("a"));
  const { text, ...rest } = bringing({ ...PLAN, id: "f9" });
  await append(log, inChat("k1", text, rest));
  using db = openReader(dir.path, 1);
  const [inRoom, between, ...others] = bringersOf(db, PLAN.sha256, 3);
  assertEquals([inRoom?.name, inRoom?.room, others], ["plan.txt", "a", []]);
  assertEquals(Object.keys(between ?? {}), ["name", "from", "at"]);
  assertEquals([between?.name, between?.from], ["plan.txt", "ann"]);
  assertEquals(bringersOf(db, PLAN.sha256, 1).length, 1);
  assertEquals(bringersOf(db, TEA.sha256, 1), []);
});
