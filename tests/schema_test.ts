/** Opening data: of every version, of another program, damaged, and where it can't be kept. */

import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { directLog, roomLog } from "../lib/chat/messages/log_key.ts";
import { dataDir } from "../lib/cli/machine.ts";
import type { Invitation, Member } from "../lib/chat/people/records.ts";
import { StoreError } from "../lib/store/faults.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { SCHEMA_VERSION } from "../lib/store/migrations.ts";
import { openForReading, openForWriting } from "../lib/store/schema.ts";
import { append, hash, say, seqOf } from "./fixtures/facts.ts";
import { makeDir } from "./fixtures/stored_server.ts";

for (let version = 1; version <= SCHEMA_VERSION; version++) {
  Deno.test(`data of version ${version} is opened, read and gone on with`, async () => {
    await using dir = await makeDir();
    const sql = await Deno.readTextFile(
      new URL(`fixtures/version_${version}.sql`, import.meta.url),
    );
    const db = new DatabaseSync(`${dir.path}/chatroom.db`);
    db.exec(sql);
    db.close();
    await Deno.writeTextFile(`${dir.path}/boot`, "the-epoch 4\n");
    await using history = await LocalLog.open({ dir: dir.path });
    assertEquals([
      history.index.epoch,
      history.index.last(roomLog("dev")),
      history.index.topic(roomLog("dev")),
    ], [
      "the-epoch",
      2,
      "tea",
    ]);
    const { entries } = await history.index.page(roomLog("dev"), {
      after: 0,
      limit: 9,
      session: hash("secret"),
    });
    assertEquals(
      entries.map(({ message, id }) => [message.from, message.text, message.action, id]),
      [
        ["ann", "hello world", undefined, "i1"],
        ["bob", "waves", true, undefined],
      ],
    );
    assert(await history.index.recall(hash("secret")));
    assertEquals(history.index.last(directLog(hash("secret"))), 1);
    const again = say("dev", "hello world", { title: "Dev", session: "secret", id: "i1" });
    assertEquals(Object.keys(await append(history, again)), ["again"]);
    assertEquals(await seqOf(history, say("dev", "a new world", { title: "Dev" })), 3);
    const found = await history.index.search({ query: "world", logs: [roomLog("dev")], limit: 9 });
    assertEquals(found.entries.map(({ message }) => message.seq).sort(), [1, 3]);
  });
}

Deno.test("who has invited somebody is known by the account since version 5", async () => {
  await using dir = await makeDir();
  const db = new DatabaseSync(`${dir.path}/chatroom.db`);
  db.exec(await Deno.readTextFile(new URL("fixtures/version_4.sql", import.meta.url)));
  db.exec(`DELETE FROM account;
    INSERT INTO account VALUES ('ann', 'ann', 'member', '', 1, 'id1', 0, 0);
    INSERT INTO member VALUES ('dev', 'id1', 'ann', 1), ('dev', 'guest x', 'link', 2);
    INSERT INTO invitation VALUES ('link', 'a', 'dev', 'ann', 1, 0, 0, 0, 0),
      ('other', 'b', 'dev', 'gone', 2, 0, 0, 0, 1)`);
  db.close();
  await Deno.writeTextFile(`${dir.path}/boot`, "the-epoch 4\n");
  const link = { room: "dev", until: 0, uses: 0, used: 0 };
  const members: Member[] = [
    { room: "dev", account: "id1", by: "ann", inviter: "id1", at: 1 },
    { room: "dev", account: "guest x", by: "link", at: 2 },
  ];
  const invitations: Invitation[] = [
    { ...link, id: "link", hash: "a", by: "ann", inviter: "id1", at: 1 },
    { ...link, id: "other", hash: "b", by: "gone", at: 2, register: true },
  ];
  const gus: Member = { room: "dev", account: "guest y", by: "link", at: 3, name: "Gus" };
  const last: Invitation = { ...link, id: "last", hash: "c", by: "ann", inviter: "id1", at: 3 };
  {
    await using log = await LocalLog.open({ dir: dir.path });
    assertEquals(log.people.members, members);
    assertEquals(log.people.invitations, invitations);
    const changes = [
      { type: "member", member: gus },
      { type: "invitation", invitation: last },
    ] as const;
    log.put({ kind: "people", changes });
    await log.settled();
  }
  await using log = await LocalLog.open({ dir: dir.path });
  assertEquals(log.people.members, [...members, gus]);
  assertEquals(log.people.invitations, [...invitations, last]);
});

Deno.test("the newest fixture has the tables that a new database gets", async () => {
  await using dir = await makeDir();
  const sql = await Deno.readTextFile(
    new URL(`fixtures/version_${SCHEMA_VERSION}.sql`, import.meta.url),
  );
  const tables = (db: DatabaseSync): unknown =>
    db.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").all();
  using fixture = new DatabaseSync(":memory:");
  fixture.exec(sql);
  using made = openForWriting({ path: `${dir.path}/new.db`, durability: "full" });
  assertEquals(tables(made), tables(fixture));
});

Deno.test("who reads and writes the log into the database changes nothing else", async () => {
  await using dir = await makeDir();
  const path = `${dir.path}/new.db`;
  using writer = openForWriting({ path, durability: "normal", autocheckpoint: 0 });
  writer.exec("INSERT INTO meta VALUES ('x', 'y')");
  using reader = openForReading(path, true);
  assertThrows(() => reader.exec("DELETE FROM meta"), Error, "readonly");
  assertEquals(reader.prepare("PRAGMA wal_checkpoint(PASSIVE)").get()?.["busy"], 0);
  using other = new DatabaseSync(path, { readOnly: true });
  assertEquals(other.prepare("SELECT value FROM meta WHERE key = 'x'").get()?.["value"], "y");
});

const BAD: ReadonlyArray<readonly [what: string, make: (path: string) => void, part: string]> = [
  ["a newer version", (path) => {
    using db = openForWriting({ path, durability: "full" });
    db.exec("PRAGMA user_version = 99");
  }, "was written by a newer chatroom (version 99"],
  [
    "a text",
    (path) => Deno.writeTextFileSync(path, "not a database at all, but a text\n"),
    "is not a database",
  ],
  ["another program's database", (path) => {
    using db = new DatabaseSync(path);
    db.exec("CREATE TABLE bookmarks (url TEXT)");
  }, "is a database of another program"],
  ["a damaged database", (path) => {
    openForWriting({ path, durability: "full" }).close();
    const bytes = Deno.readFileSync(path);
    Deno.writeFileSync(path, bytes.fill(0xff, 16, 4_096));
  }, "is not a database: it is damaged"],
];

for (const [what, make, part] of BAD) {
  Deno.test(`${what} is refused in one line, and left as it is`, async () => {
    await using dir = await makeDir();
    const path = `${dir.path}/chatroom.db`;
    make(path);
    const before = await Deno.readFile(path);
    const error = await assertRejects(() => LocalLog.open({ dir: dir.path }), StoreError);
    assertStringIncludes(error.message, part);
    assertStringIncludes(error.message, path);
    assert(!error.message.includes("\n"));
    assertEquals(await Deno.readFile(path), before);
  });
}

Deno.test("a directory that can't be made is told with what to do", async () => {
  await using dir = await makeDir();
  await Deno.writeTextFile(`${dir.path}/file`, "");
  const error = await assertRejects(
    () => LocalLog.open({ dir: `${dir.path}/file/data` }),
    StoreError,
  );
  assertStringIncludes(error.message, `${dir.path}/file/data can't be used (Not a directory); `);
  assertStringIncludes(error.message, "--data");
});

Deno.test("a directory that can't be written is told with what to do", async (t) => {
  await using dir = await makeDir();
  await Deno.chmod(dir.path, 0o500);
  const locked = await Deno.writeTextFile(`${dir.path}/x`, "").then(() => false, () => true);
  await t.step({
    name: locked ? "as anybody" : "skipped: this user may write everywhere",
    ignore: !locked,
    async fn(): Promise<void> {
      const error = await assertRejects(() => LocalLog.open({ dir: dir.path }), StoreError);
      assertStringIncludes(error.message, "--data");
    },
  });
  await Deno.chmod(dir.path, 0o700);
});

Deno.test("data is kept where the platform keeps it", { permissions: "none" }, () => {
  const at = (os: typeof Deno.build.os, env: Record<string, string>): string | undefined =>
    dataDir({ os, env: (name) => env[name] });
  assertEquals(at("linux", { HOME: "/home/ann" }), "/home/ann/.local/share/chatroom");
  assertEquals(at("linux", { HOME: "/home/ann", XDG_DATA_HOME: "/data" }), "/data/chatroom");
  assertEquals(at("linux", { HOME: "/h", XDG_DATA_HOME: "rel" }), "/h/.local/share/chatroom");
  assertEquals(
    at("darwin", { HOME: "/Users/ann" }),
    "/Users/ann/Library/Application Support/chatroom",
  );
  assertEquals(at("windows", { LOCALAPPDATA: "C:\\Ann" }), "C:\\Ann\\chatroom");
  assertEquals(at("linux", {}), undefined);
});
