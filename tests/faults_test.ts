/** What is said of a database that can't be used, and what can be done with it on a full disk. */

import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { checkStore } from "../lib/store/check.ts";
import { databasePath, openReader, openWriter } from "../lib/store/directory.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { describeFault, StoreError } from "../lib/store/faults.ts";
import { importMessages } from "../lib/store/import.ts";
import { openForWriting } from "../lib/store/schema.ts";
import { exportMessages, jsonLine, lines } from "./fixtures/data.ts";
import { onSmallDisk } from "./fixtures/small_disk.ts";
import { makeDir } from "./fixtures/stored_server.ts";

for (
  const [text, errcode, said] of [
    ["disk I/O error", 4_874, "no room on the disk"],
    ["database or disk is full", 13, "no room on the disk"],
    ["database or disk is full", undefined, "no room on the disk"],
    ["disk I/O error", 266, "the disk is full or has a fault; make room"],
    ["disk I/O error", undefined, "the disk is full or has a fault; make room"],
    ["unable to open database file", 14, "let this user write it and its directory"],
    ["unable to open database file: /x.db", undefined, "let this user write it and its directory"],
    ["attempt to write a readonly database", 1_544, "let this user write it and its directory"],
    ["database is locked", undefined, "is in use by another program"],
    ["database disk image is malformed", 11, "restore it, or move it away"],
    ["database disk image is malformed", 267, "restore it, or move it away"],
    ["file is not a database", 26, "restore it, or move it away"],
    ["no such table: message", undefined, "restore it, or move it away"],
  ] as const
) {
  Deno.test(`of "${text}" (${errcode ?? "no code"}) it is told what is so: ${said}`, () => {
    const error = Object.assign(new Error(text), { code: "ERR_SQLITE_ERROR", errcode });
    const told = describeFault(error, "/data/chatroom.db") ?? "";
    assertStringIncludes(told, said);
    assertStringIncludes(told, `(${text})`);
    assertEquals(told.startsWith("/data/chatroom.db "), true, told);
    assertEquals(told.includes("restore"), said.includes("restore"));
  });
}

Deno.test("a mistake of ours is no fault of the disk", () => {
  assertEquals(describeFault(new TypeError("x is not a function"), "/x"), undefined);
});

Deno.test("what finds no room in a database is told as that", async () => {
  await using dir = await makeDir();
  const path = `${dir.path}/chatroom.db`;
  openForWriting({ path, durability: "full" }).close();
  using db = openForWriting({ path, durability: "full", maxPages: 1 });
  const text = "x".repeat(100_000);
  const insert = db.prepare("INSERT INTO meta VALUES ('x', ?)");
  const error = assertThrows(() => insert.run(text), Error);
  assertStringIncludes(describeFault(error, path) ?? "", "no room on the disk");
});

for (const table of ["room", "account"]) {
  Deno.test(
    `nothing goes on with a database whose table ${table} can't be read when it is opened`,
    { sanitizeOps: true, sanitizeResources: true },
    async () => {
      await using dir = await makeDir();
      await (await LocalLog.open({ dir: dir.path })).close();
      const path = databasePath(dir.path);
      const at = withRoom(path, table);
      using file = await Deno.open(path, { write: true });
      await file.seek(at, Deno.SeekMode.Start);
      await file.write(new Uint8Array(512).fill(0xff));
      // It is written by this thread, whose timers and files are counted.
      const opening = LocalLog.open({ dir: dir.path, durability: "normal" });
      await assertRejects(() => opening, StoreError, "can't be read as a database");
    },
  );
}

/** Stores a room, and returns where in the file the table begins. */
function withRoom(path: string, table: string): number {
  using db = new DatabaseSync(path);
  db.exec("INSERT INTO room (kind, key, name) VALUES (0, 'dev', 'dev')");
  const root = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(table);
  const size = db.prepare("PRAGMA page_size").get();
  return (Number(root?.["rootpage"]) - 1) * Number(size?.["page_size"]);
}

Deno.test("what is on a full disk can be read and checked, and is not called damaged", async (t) => {
  await onSmallDisk(t, async (disk) => {
    {
      using opened = await openWriter(disk.path);
      await importMessages(opened.db, lines([jsonLine({ text: "said" })]));
    }
    const before = await Deno.readFile(databasePath(disk.path));
    disk.fill();
    {
      using db = openReader(disk.path);
      assertEquals([...exportMessages(db)].map(({ text }) => text), ["said"]);
      assertEquals(checkStore(db).problems, []);
      // Whoever would write meanwhile must not do it behind its back.
      using other = new DatabaseSync(databasePath(disk.path));
      assertThrows(() => other.prepare("DELETE FROM message").run(), Error, "locked");
    }
    assertEquals(await Deno.readFile(databasePath(disk.path)), before);
    for (const durability of ["full", "normal"] as const) {
      await assertRejects(
        () => LocalLog.open({ dir: disk.path, durability }),
        StoreError,
        `${disk.path}/chatroom.db can't be used: there is no room on the disk`,
      );
    }
    await assertRejects(() => openWriter(disk.path), StoreError, "make room, and try again");
    disk.clear();
    await using history = await LocalLog.open({ dir: disk.path });
    assertEquals(history.index.size, { messages: 1, rooms: 1 });
  });
});
