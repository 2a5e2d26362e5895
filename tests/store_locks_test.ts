/**
 * The locks that a server has on its database: without them another process that closes the database
 * takes itself for the last one, and removes the log that the server writes.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { append, hash, say, seqOf } from "./fixtures/facts.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { tries } from "./fixtures/thorough.ts";

const PAGE_BYTES = 4_096;
const STORE = new URL("../lib/store", import.meta.url).pathname;

/** What this process holds of the database, and of what those who have it open share; not what passes. */
async function locks(dir: string): Promise<string[]> {
  // Deno lets only a program that may do everything read it itself.
  const { stdout } = await new Deno.Command("cat", { args: ["/proc/locks"] }).output();
  const held = new TextDecoder().decode(stdout);
  const found = new Set<string>();
  for (const name of ["chatroom.db", "chatroom.db-shm"]) {
    const { ino } = await Deno.stat(`${dir}/${name}`);
    for (const line of held.split("\n")) {
      const [, , , kind, pid, file = ""] = line.split(/\s+/);
      if (kind === "READ" && Number(pid) === Deno.pid && file.endsWith(`:${ino}`)) {
        found.add(`${name} ${kind}`);
      }
    }
  }
  return [...found];
}

/** Stores so many messages, and closes the store: what is read then comes from the disk. */
async function fill(dir: string, count: number): Promise<void> {
  await using history = await LocalLog.open({ dir, durability: "normal" });
  for (let i = 1; i < count; i++) {
    history.put(say("lobby", `${i} ${"x".repeat(500)}`));
  }
  await append(history, say("lobby", "the last"));
}

/** Writes over pages in the middle, as another process: this one must not close the file. */
async function damage(path: string): Promise<void> {
  const code = `const file = await Deno.open(${JSON.stringify(path)}, { write: true });
    await file.seek(${20 * PAGE_BYTES}, Deno.SeekMode.Start);
    await file.write(crypto.getRandomValues(new Uint8Array(${8 * PAGE_BYTES})));`;
  const { success } = await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
  assert(success);
}

/** Another process that writes into the database and closes it, with nothing left to be collected. */
async function openAndClose(path: string): Promise<void> {
  const code = `import { DatabaseSync } from "node:sqlite";
    const db = new DatabaseSync(${JSON.stringify(path)});
    db.exec("PRAGMA busy_timeout = 5000; INSERT OR REPLACE INTO meta VALUES ('test', '1')");
    db.close();`;
  const { success } = await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
  assert(success);
}

for (const durability of tries(["full"] as const, ["full", "normal"] as const)) {
  Deno.test({
    name: `the locks on the database outlive everything that is read (${durability})`,
    ignore: Deno.build.os !== "linux",
    async fn(): Promise<void> {
      await using dir = await makeDir();
      await fill(dir.path, 300);
      await using history = await LocalLog.open({ dir: dir.path, durability });
      await append(history, say("lobby", "now"));
      const held = await locks(dir.path);
      assertEquals(held, ["chatroom.db READ", "chatroom.db-shm READ"]);
      await history.index.page(roomLog("lobby"), { before: 100, limit: 50 });
      assertEquals(await locks(dir.path), held, "after a page");
      for (const words of ["last", "now"]) {
        await history.index.search({ logs: [roomLog("lobby")], query: words, limit: 10 });
      }
      await history.index.recall(hash("nobody"));
      await history.index.audit(10);
      assertEquals(await locks(dir.path), held, "after a search");
      await damage(`${dir.path}/chatroom.db`);
      await Promise.resolve(history.index.page(roomLog("lobby"), { after: 0, limit: 250 })).catch(
        () => {},
      );
      assertEquals(await locks(dir.path), held, "after a damaged page");
    },
  });

  Deno.test(`the store goes on beside other processes that ask and look (${durability})`, async () => {
    await using dir = await makeDir();
    await fill(dir.path, 5);
    await using server = await startStored(dir.path, {}, { durability });
    const { factLog: history } = server;
    await history.index.page(roomLog("lobby"), { before: 4, limit: 2 });
    await history.index.search({ logs: [roomLog("lobby")], query: "last", limit: 1 });
    for (
      const args of [
        ["user", "add", "ann", "--role", "owner"],
        ["ban", "lift", "phil"],
        ["ban", "list"],
        ["export"],
      ]
    ) {
      await chatroom([...args, "--data", dir.path], { input: "correct horse battery\n" });
      assertEquals(typeof await seqOf(history, say("lobby", args.join(" "))), "number");
      assertEquals(history.index.trouble, undefined, args.join(" "));
    }
    await openAndClose(`${dir.path}/chatroom.db`);
    assertEquals(typeof await seqOf(history, say("lobby", "at the end")), "number");
    assertEquals(history.index.trouble, undefined);
    // What was stored is in the files that are there.
    await Deno.stat(`${dir.path}/chatroom.db-wal`);
    const { stdout } = await chatroom(["export", "--data", dir.path]);
    assertStringIncludes(stdout, "at the end");
  });
}

/** Where the store opens a file itself, and why that costs a server that runs no lock. */
const OPENS: Readonly<Record<string, string>> = {
  "control_file.ts": "the file `control`, which SQLite does not know",
  "copy_aside.ts": "the copy, which nobody has open; the database itself is opened by SQLite",
  "copy_store.ts": "the copy, which nobody has open; the database itself is opened by SQLite",
  "directory.ts":
    "the file `lock`, which has another kind of lock; the database, before the process " +
    "opens it, and when none is open; a copy for salvage, made by one that has not opened it",
  "epoch.ts": "the file `boot`, which SQLite does not know",
  "link_key.ts": "the file `link-key`, which SQLite does not know",
  "private.ts": "files that are to be made, by the one who has just got the lock",
  "told_file.ts": "the file `irc-told`, which SQLite does not know",
  "watched_files.ts": "SQLite's log, which has no locks: they are on the database and its -shm",
};

Deno.test("the store opens no file itself where SQLite may have it open", async () => {
  const opening =
    /Deno\.(?:open|create|readFile|readTextFile|writeFile|writeTextFile|copyFile|truncate)(?:Sync)?\(|node:fs/;
  const found: string[] = [];
  for await (const { name } of Deno.readDir(STORE)) {
    if (!name.endsWith(".ts")) continue;
    if (opening.test(await Deno.readTextFile(`${STORE}/${name}`))) found.push(name);
  }
  assertEquals(found.sort(), Object.keys(OPENS), "to close a file costs a process its locks on it");
});

Deno.test("what is looked at before the database is opened is looked at by nobody else", async () => {
  const callers: string[] = [];
  for await (const { name } of Deno.readDir(STORE)) {
    if (!name.endsWith(".ts") || name === "directory.ts") continue;
    const source = await Deno.readTextFile(`${STORE}/${name}`);
    if (/\b(?:checkLength|cutShort)\(/.test(source)) callers.push(name);
  }
  assertEquals(callers.sort(), ["applied_store.ts", "local_log.ts"]);
});
