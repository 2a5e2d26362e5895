/** What an upgrade of the tables does to data of earlier versions, and the copy that it keeps. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { checkStore } from "../lib/store/check.ts";
import { copiesOf, removeOldCopies } from "../lib/store/copy_aside.ts";
import { openReader, openWriter } from "../lib/store/directory.ts";
import { StoreError } from "../lib/store/faults.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { append, hash, say, seqOf } from "./fixtures/facts.ts";
import { onSmallDisk } from "./fixtures/small_disk.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { until } from "./helpers.ts";

const AT = 1_700_000_000_000;
const VERSION_2 = await Deno.readTextFile(new URL("fixtures/version_2.sql", import.meta.url));

/** Data of version 2 with a room `dev`, and what `sql` adds; its ids begin at 10. */
async function makeOld(dir: string, sql: string): Promise<string> {
  const path = `${dir}/chatroom.db`;
  using db = new DatabaseSync(path);
  db.exec(VERSION_2);
  db.exec(`BEGIN; ${sql}; COMMIT`);
  await Deno.writeTextFile(`${dir}/boot`, "the-epoch 4\n");
  return path;
}

/** Messages of a log, each its action and its text. */
function messages(room: number, ...said: Array<readonly [action: number, text: string]>): string {
  return said.map(([action, text], n) =>
    "INSERT INTO message (id, room, seq, at, sender, action, text) " +
    `VALUES (${room * 10 + n}, ${room}, ${n + 1}, ${AT + n}, 1, ${action}, '${text}');`
  ).join("");
}

/** Upgrades what is in a directory, and returns what is told of it. */
async function upgradeAll(dir: string): Promise<string[]> {
  const told: string[] = [];
  (await openWriter(dir, (text) => told.push(text)))[Symbol.dispose]();
  return told;
}

/** The same, without what is said of direct messages, which all data here has. */
async function upgrade(dir: string): Promise<string[]> {
  return (await upgradeAll(dir)).filter((text) => !/direct messages? stays? with/.test(text));
}

function copiesIn(dir: string): string[] {
  return [...Deno.readDirSync(dir)].map(({ name }) => name)
    .filter((name) => name.includes("before")).sort();
}

async function textsOf(history: LocalLog, room: string): Promise<unknown[]> {
  const { entries } = await history.index.page(roomLog(room), { after: 0, limit: 99 });
  return entries.map(({ message }) => [message.seq, message.text]);
}

function inbox(dir: string): unknown[] {
  using db = new DatabaseSync(`${dir}/chatroom.db`);
  return db.prepare(
    "SELECT m.seq, m.text FROM message m JOIN room r ON r.id = m.room " +
      "WHERE r.kind = 1 AND r.key = '' ORDER BY m.seq",
  ).all().map(({ seq, text }) => [seq, text]);
}

function check(dir: string): ReturnType<typeof checkStore> {
  using db = openReader(dir, 1);
  return checkStore(db);
}

Deno.test("an upgrade keeps a copy of the database as it was, tells of it, and makes it once", async () => {
  await using dir = await makeDir();
  const path = await makeOld(dir.path, "");
  const [told = "", ...more] = await upgrade(dir.path);
  const copy = `${dir.path}/chatroom-before-v7.db`;
  const size = ((await Deno.stat(copy)).size / 1_048_576).toFixed(1);
  assertEquals(
    told,
    `${path} is upgraded from version 2 of its tables to 7; a copy of it as it was is kept as ` +
      `${copy} (${size} MiB) for 30 days; it may be deleted when all is well`,
  );
  assertEquals(more, []);
  assertEquals(((await Deno.stat(copy)).mode ?? 0) & 0o077, 0);
  {
    using db = new DatabaseSync(copy, { readOnly: true });
    assertEquals(db.prepare("PRAGMA user_version").get(), { user_version: 2 });
    assertEquals(db.prepare("SELECT count(*) AS n FROM message").get(), { n: 3 });
  }
  assertEquals(await upgrade(dir.path), []);
  // An upgrade that did not come to its end finds the copy that it had made.
  await Deno.copyFile(copy, path);
  const old = new Date(Date.now() - 40 * 86_400_000);
  await Deno.utime(copy, old, old);
  assertStringIncludes((await upgrade(dir.path))[0] ?? "", `kept as ${copy} (`);
  assertEquals(removeOldCopies(path, Date.now()), []);
  // Other data of that version gets a copy of its own.
  await Deno.remove(path);
  await makeOld(dir.path, "UPDATE meta SET value = '6' WHERE key = 'boot'");
  assertStringIncludes((await upgrade(dir.path))[0] ?? "", "chatroom-before-v7-2.db (");
  assertEquals(copiesIn(dir.path), ["chatroom-before-v7-2.db", "chatroom-before-v7.db"]);
});

Deno.test("a copy goes when it is 30 days old, which is told, and until then a check tells of it", async () => {
  await using dir = await makeDir();
  await makeOld(dir.path, "");
  await upgrade(dir.path);
  const copy = `${dir.path}/chatroom-before-v7.db`;
  const others = ["chatroom-before-v7.db.bak", "other-before-v7.db"];
  for (const name of others) await Deno.writeTextFile(`${dir.path}/${name}`, "");
  const told: string[] = [];
  const ageBy = async (days: number): Promise<void> => {
    const made = new Date(Date.now() - days * 86_400_000);
    for await (const { name } of Deno.readDir(dir.path)) {
      if (name.includes("before")) await Deno.utime(`${dir.path}/${name}`, made, made);
    }
    await using _ = await LocalLog.open({ dir: dir.path, onProblem: (text) => told.push(text) });
    if (days > 30) await until("the copy to go", () => told.length > 0);
    // Otherwise until what comes next has been done, too.
    else await new Promise((resolve) => setTimeout(resolve, 300));
  };
  await ageBy(29);
  assertEquals([told, copiesIn(dir.path).length], [[], 3]);
  assertEquals(copiesOf(`${dir.path}/chatroom.db`), [copy]);
  await ageBy(31);
  assertEquals(told, [`${copy}, a copy of before an upgrade, was removed: it was 30 days old`]);
  assertEquals(copiesIn(dir.path), others);
});

Deno.test("where there is no room for the copy nothing is upgraded, and it is said what to do", async (t) => {
  await onSmallDisk(t, async (disk) => {
    const path = await makeOld(disk.path, "UPDATE room SET topic = printf('%.*c', 300000, 'x')");
    disk.fill();
    const { size } = await Deno.stat(`${disk.path}/filling`);
    await Deno.truncate(`${disk.path}/filling`, size - 200_000);
    const error = await assertRejects(() => upgrade(disk.path), StoreError);
    assertStringIncludes(error.message, `${disk.path}/chatroom-before-v7.db`);
    assertStringIncludes(error.message, "there is no room for it");
    assertStringIncludes(error.message, "make as much room as the database takes, and start again");
    assertEquals(copiesIn(disk.path), []);
    using db = new DatabaseSync(path);
    assertEquals(db.prepare("PRAGMA user_version").get(), { user_version: 2 });
  });
});

Deno.test("a room @ that had direct messages in it keeps what /me says, and the rest nobody reads", async () => {
  await using dir = await makeDir();
  const said = [[0, "in @"], [1, "waves"], [0, "psst"], [1, "nods"], [0, "last"]] as const;
  await makeOld(
    dir.path,
    `INSERT INTO room VALUES (5, 0, '@', 'old', 'a topic', 1, 5); ${messages(5, ...said)}`,
  );
  assertEquals(check(dir.path).problems, [SHARED]);
  const told = await upgrade(dir.path);
  assertEquals(told[1], SEPARATED(2, 3));
  assertEquals(inbox(dir.path), [[1, "in @"], [2, "psst"], [3, "last"]]);
  const { problems, notes } = check(dir.path);
  assertEquals([problems, notes], [[], [SEPARATED(2, 3)]]);
  await using history = await LocalLog.open({ dir: dir.path });
  assertEquals(await textsOf(history, "@"), [[4, "waves"], [5, "nods"]]);
  assertEquals(history.index.topic(roomLog("@")), "a topic");
  assertEquals(await seqOf(history, say("@", "new")), 6);
  const found = await history.index.search({ query: "psst", logs: [roomLog("@")], limit: 9 });
  assertEquals(found.entries, []);
});

Deno.test("direct messages to classic clients that a room @ was said into lose what is surely the room's", async () => {
  await using dir = await makeDir();
  await makeOld(
    dir.path,
    `INSERT INTO room VALUES (5, 1, '@', '@', '', 1, 3);
      ${messages(5, [0, "psst"], [1, "waves"], [0, "which?"])}`,
  );
  assertEquals(check(dir.path).problems, [SHARED]);
  assertEquals((await upgrade(dir.path))[1], SEPARATED(1, 2));
  assertEquals(inbox(dir.path), [[1, "psst"], [2, "which?"]]);
  assertEquals(check(dir.path).problems, []);
  await using history = await LocalLog.open({ dir: dir.path });
  assertEquals(await textsOf(history, "@"), [[3, "waves"]]);
});

Deno.test("direct messages to classic clients alone, or a room @ of /me alone, stay as they were", async () => {
  await using dir = await makeDir();
  await makeOld(
    dir.path,
    `INSERT INTO room VALUES (5, 1, '@', 'old', '', 1, 1); ${messages(5, [0, "psst"])}`,
  );
  const { problems, notes } = check(dir.path);
  assertEquals([problems, notes], [[], [
    "its tables are of version 2; a server of this version upgrades them to 7 when it starts, and " +
    "keeps a copy",
  ]]);
  assertEquals((await upgrade(dir.path)).length, 1);
  assertEquals(check(dir.path).notes, []);
  assertEquals(inbox(dir.path), [[1, "psst"]]);
  await using other = await makeDir();
  await makeOld(
    other.path,
    `INSERT INTO room VALUES (5, 0, '@', '@', '', 1, 1); ${messages(5, [1, "waves"])}`,
  );
  assertEquals((await upgrade(other.path)).length, 1);
  await using history = await LocalLog.open({ dir: other.path });
  assertEquals(await textsOf(history, "@"), [[1, "waves"]]);
});

const SEPARATED = (actions: number, others: number): string =>
  "The room @ and the direct messages to classic clients were one log: " +
  `${actions} of its messages (/me) are the room's, and ${others}, which may be private, ` +
  "are kept among the direct messages, where nobody can read them";

const SHARED =
  "the room @ and the direct messages to classic clients are one log, so that either may " +
  "be taken for the other; an upgrade takes them apart";

Deno.test("a check reads data of version 1", async () => {
  await using dir = await makeDir();
  {
    using db = new DatabaseSync(`${dir.path}/chatroom.db`);
    db.exec(await Deno.readTextFile(new URL("fixtures/version_1.sql", import.meta.url)));
  }
  const { schema, problems, messages } = check(dir.path);
  assertEquals([schema, problems, messages], [1, [], 2]);
});

Deno.test("rooms of which nothing is kept go, and one that comes back goes on after their numbers", async () => {
  await using dir = await makeDir();
  await makeOld(
    dir.path,
    `INSERT INTO room VALUES (5, 0, 'pruned', 'Pruned', '', 43, 42), (6, 0, 'never', 'never', '', 1, 0),
      (7, 0, 'topical', 'topical', 'tea', 1, 0), (8, 0, 'lobby', 'lobby', '', 1, 0)`,
  );
  assertEquals((await upgrade(dir.path)).slice(1), [
    "2 rooms of which nothing was kept are removed",
  ]);
  {
    await using history = await LocalLog.open({ dir: dir.path });
    assertEquals(["pruned", "never", "new"].map((room) => history.index.last(roomLog(room))), [
      42,
      42,
      42,
    ]);
    assertEquals(["topical", "lobby", "dev"].map((room) => history.index.last(roomLog(room))), [
      0,
      0,
      2,
    ]);
    assertEquals(await seqOf(history, say("pruned", "back")), 43);
    assertEquals(await seqOf(history, say("pruned", "again")), 44);
    assertEquals(await seqOf(history, say("lobby", "hi")), 1);
    await append(history, say("other", "x"));
  }
  assertEquals(check(dir.path).problems, []);
  await using history = await LocalLog.open({ dir: dir.path });
  assertEquals(await textsOf(history, "pruned"), [[43, "back"], [44, "again"]]);
  assertEquals(history.index.last(roomLog("fresh")), 42);
});

Deno.test("rooms whose names begin with # are named", async () => {
  await using dir = await makeDir();
  await makeOld(
    dir.path,
    `INSERT INTO room VALUES (5, 0, '#ops', '#Ops', '', 1, 1); ${messages(5, [0, "alert"])}`,
  );
  assertEquals((await upgrade(dir.path)).slice(1), [
    "The names of some rooms begin with #: #Ops; the room #dev is reached as ##dev",
  ]);
  await using history = await LocalLog.open({ dir: dir.path });
  assertEquals(await textsOf(history, "#ops"), [[1, "alert"]]);
});

Deno.test("a store of many messages has checksums and names' keys after an upgrade, and all are found", async () => {
  await using dir = await makeDir();
  const said = Array.from({ length: 6_000 }, (_, n) => [0, `word${n}`] as const);
  await makeOld(
    dir.path,
    `INSERT INTO room VALUES (5, 0, 'big', 'Big', '', 1, 6000); ${messages(5, ...said)}
      UPDATE name SET name = 'ANN' WHERE id = 1`,
  );
  await upgrade(dir.path);
  using db = new DatabaseSync(`${dir.path}/chatroom.db`);
  assertEquals(db.prepare("SELECT count(*) AS n FROM message WHERE sum = 0").get(), { n: 0 });
  assertEquals(db.prepare("SELECT key FROM name WHERE id = 1").get(), { key: "ann" });
  await using history = await LocalLog.open({ dir: dir.path });
  const found = await history.index.search({
    query: "word5999 from:Ann",
    logs: [roomLog("big")],
    limit: 9,
  });
  assertEquals(found.entries.map(({ message }) => message.seq), [6_000]);
  assert(await history.index.recall(hash("secret")));
});

/** Data of an earlier version as its server left it. */
async function makeFixture(dir: string, version: number): Promise<void> {
  using db = new DatabaseSync(`${dir}/chatroom.db`);
  db.exec(await Deno.readTextFile(new URL(`fixtures/version_${version}.sql`, import.meta.url)));
  await Deno.writeTextFile(`${dir}/boot`, "the-epoch 4\n");
}

for (const version of [1, 2, 3]) {
  Deno.test(`data of version ${version} has all that is new, and nothing of it is taken for somebody's`, async () => {
    await using dir = await makeDir();
    await makeFixture(dir.path, version);
    const told = await upgradeAll(dir.path);
    assertEquals(
      told.at(-1),
      "1 direct message stays with the session that it was sent to, and can be read on no other device",
    );
    assertEquals(check(dir.path).problems, []);
    await using log = await LocalLog.open({ dir: dir.path });
    const { accounts, ...others } = log.people;
    assertEquals(accounts.length, version === 1 ? 0 : 1);
    for (const { id } of accounts) assertMatch(id, /^[0-9a-hjkmnp-tv-z]{16}$/);
    const { hosts: _, sanctions: __, ...lists } = others;
    assertEquals(Object.values(lists).flat(), []);
    const { entries } = await log.index.page(roomLog("dev"), { after: 0, limit: 9 });
    assertEquals(entries.map(({ message }) => message.by), [undefined, undefined]);
    assertEquals(log.index.topicSet(roomLog("dev")), undefined);
    const found = await log.index.search({ query: "hello", logs: [roomLog("dev")], limit: 9 });
    assertEquals(found.entries.map(({ message }) => message.seq), [1]);
    assertEquals(await log.index.recall(hash("secret")), { label: "", since: 0 });
    assertEquals(await seqOf(log, say("dev", "new", { title: "Dev", author: "id1" })), 3);
  });
}

Deno.test("every account of before gets an id of its own", async () => {
  await using dir = await makeDir();
  await makeOld(
    dir.path,
    "INSERT INTO account VALUES ('bob', 'bob', 'member', 'p', 1), ('eve', 'eve', 'member', 'p', 2)",
  );
  await upgradeAll(dir.path);
  await using log = await LocalLog.open({ dir: dir.path });
  assertEquals(new Set(log.people.accounts.map(({ id }) => id)).size, 3);
});
