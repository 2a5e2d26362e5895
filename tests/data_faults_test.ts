/** What the subcommands for data say of faults: one line and exit code 1, never a stack trace. */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { Page, PageRange } from "../lib/chat/messages/history.ts";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { databasePath } from "../lib/store/directory.ts";
import { Reader } from "../lib/store/read.ts";
import { openForReading } from "../lib/store/schema.ts";
import { Data, jsonLine } from "./fixtures/data.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { onSmallDisk } from "./fixtures/small_disk.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { command, type Result } from "./program.ts";

/** A run that failed, for this reason. */
function assertFailed({ code, stderr }: Pick<Result, "code" | "stderr">, said: string): void {
  assertEquals([code, stderr.split("\n").length], [1, 2], stderr);
  assertStringIncludes(stderr, said);
}

Deno.test("a check whose reader has gone says nothing, and tells by its exit code", async () => {
  using data = new Data();
  await data.say({}, {});
  for (const expected of [0, 1]) {
    await using child = command(["check", "--data", data.directory]).spawn();
    await child.stdout.cancel();
    await child.stdin.close();
    const stderr = await new Response(child.stderr).text();
    assertEquals([(await child.status).code, stderr], [expected, ""]);
    data.tamper("DELETE FROM message WHERE seq = 1");
  }
});

Deno.test("an import of a directory says that it is one, and stores nothing", async () => {
  using data = new Data();
  await data.say({ text: "before" });
  const result = await chatroom(["import", "--data", data.directory, data.directory]);
  assertFailed(result, `Can't read ${data.directory}: Is a directory; nothing was stored`);
  const { stdout } = await chatroom(["export", "--data", data.directory, "--format", "text"]);
  assertEquals(stdout, "2026-11-23 09:12Z [lobby] ann: before\n");
});

Deno.test("an import that fills the disk is told as that, and stores nothing", async (t) => {
  await onSmallDisk(t, async (disk) => {
    const of = ["--data", disk.path];
    await chatroom(["import", ...of], { input: jsonLine({ text: "before" }) });
    const line = `${jsonLine({ room: "dev", text: "x".repeat(1_000) })}\n`;
    // More than what is kept in memory of a transaction, so that it fails before its end.
    for (const count of [1_000, 30_000]) {
      const result = await chatroom(["import", ...of], { input: line.repeat(count) });
      assertFailed(
        result,
        `${databasePath(disk.path)} can't be used: there is no room on the disk`,
      );
      assertStringIncludes(result.stderr, "make room, and try again; nothing was stored");
      const check = await chatroom(["check", ...of]);
      assertStringIncludes(
        check.stdout,
        "no problems; 1 message (1 not yet searchable) in 1 room ",
      );
    }
  });
});

for (
  const [what, sql, args, said] of [
    [
      "an account",
      "INSERT INTO account VALUES ('ann', 'ann', 'owner', '', -9e15, 'id1', 0, 0)",
      ["user", "list"],
      "The account ann has -9000000000000000 for a time, which is none: the database is damaged",
    ],
  ] as const
) {
  Deno.test(`of ${what} with a time that is none it is said which, and what to do`, async () => {
    using data = new Data();
    await data.say({}, {});
    data.tamper(sql);
    assertFailed(await chatroom([...args, "--data", data.directory]), said);
  });
}

for (const at of ["at + 1", "9e15", "9000000000000000000"]) {
  Deno.test(`an export goes past a message whose time was changed to ${at}, and fails in the end`, async () => {
    using data = new Data();
    await data.say({ text: "one" }, { text: "two" }, { text: "three" });
    data.tamper(`UPDATE message SET at = ${at} WHERE seq = 2`);
    const result = await chatroom(["export", "--data", data.directory]);
    assertFailed(result, "1 message is damaged, and withheld; chatroom check tells which");
    const messages = result.stdout.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(messages.map(({ from, withheld }) => [from, withheld]), [
      ["ann", undefined],
      ["server", "damaged"],
      ["ann", undefined],
    ]);
  });
}

for (
  const [what, make, said] of [
    [
      "a file for a data directory",
      (dir: string) => Deno.writeTextFileSync(dir, ""),
      "DIR is not a directory; name the directory",
    ],
    [
      "a directory for a database",
      (dir: string) => Deno.mkdirSync(`${dir}/chatroom.db`, { recursive: true }),
      "DIR/chatroom.db is a directory, so it can't be the database; move it away",
    ],
  ] as const
) {
  Deno.test(`${what} is told with its path, and what to do`, async () => {
    await using dir = await makeDir();
    const data = `${dir.path}/data`;
    make(data);
    for (const args of [["export"], ["check"], ["user", "list"], ["import"], ["serve"]]) {
      assertFailed(await chatroom([...args, "--data", data]), said.replace("DIR", data));
    }
  });
}

Deno.test("damaged pages are told in a line that says what to do", async () => {
  using data = new Data();
  await data.say({}, {});
  data.tamper("PRAGMA wal_checkpoint(TRUNCATE)");
  const path = databasePath(data.directory);
  const bytes = await Deno.readFile(path);
  await Deno.writeFile(path, bytes.fill(0x41, 4_096));
  const of = ["--data", data.directory];
  const file = { input: jsonLine({ text: "more" }) };
  for (const args of [["export"], ["export", "--audit"], ["user", "list"], ["import"]]) {
    assertFailed(
      await chatroom([...args, ...of], file),
      `${path} can't be read as a database (database disk image is malformed); restore it`,
    );
  }
});

Deno.test("a page that ends at a damaged one is not taken for the last", async () => {
  using data = new Data();
  await data.say(...Array.from({ length: 200 }, () => ({ room: "dev", text: "x".repeat(500) })));
  data.tamper("PRAGMA wal_checkpoint(TRUNCATE)");
  const path = databasePath(data.directory);
  const page = (range: PageRange): Page => {
    using db = openForReading(path);
    return new Reader(db).page(roomLog("dev"), range);
  };
  assertEquals(page({ after: 150, limit: 100 }).entries.length, 50);
  const leaf = ((): number => {
    using db = openForReading(path);
    const sql = "SELECT pageno FROM dbstat WHERE name = 'message' AND pagetype = 'leaf' " +
      "ORDER BY path DESC LIMIT 1 OFFSET 2";
    return Number(db.prepare(sql).get()?.["pageno"]);
  })();
  const bytes = await Deno.readFile(path);
  await Deno.writeFile(path, bytes.fill(0x41, (leaf - 1) * 4_096, leaf * 4_096));
  for (const range of [{ after: 150, limit: 100 }, { limit: 100 }]) {
    assertThrows(() => page(range), Error, "damaged");
  }
});

Deno.test("what is stored while a page is read does not make it look damaged", async () => {
  using data = new Data();
  await data.say({ room: "dev" }, { room: "dev" });
  using db = openForReading(databasePath(data.directory));
  const reader = new Reader(db);
  const prepare = db.prepare.bind(db);
  let stored = 0;
  db.prepare = (sql) => {
    // The page has been read by the time that its messages are counted.
    if (!sql.startsWith("SELECT count(*)")) return prepare(sql);
    data.tamper(
      `INSERT INTO message (room, seq, at, sender, text) SELECT room, ${
        3 + stored++
      }, at, sender, text
        FROM message WHERE seq = 1`,
    );
    return prepare(sql);
  };
  assertEquals(reader.page(roomLog("dev"), { after: 0, limit: 100 }).entries.length, 2);
  assertEquals(stored, 1);
});
