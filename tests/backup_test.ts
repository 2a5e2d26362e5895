/** The way to a backup that DATA.md shows. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { backup, DatabaseSync } from "node:sqlite";
import { docOf } from "./docs.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent, type Json } from "./helpers.ts";
import { chatroom } from "./program.ts";

Deno.test("a copy that SQLite makes of a database in use is whole, and a server goes on from it", async () => {
  // What `.backup` of the program sqlite3 does is this function of the library.
  assertStringIncludes(docOf("Make a backup"), '".backup chatroom-backup.db"');
  await using dir = await makeDir();
  await using copy = await makeDir();
  await using server = await startStored(dir.path);
  using ann = await joinEvent(server, "ann");
  const say = (id: string): Promise<Json> =>
    ann.ask({ type: "say", id, room: "lobby", text: `number ${id}` });
  for (const id of ["1", "2", "3"]) await say(id);
  {
    using db = new DatabaseSync(`${dir.path}/chatroom.db`);
    await backup(db, `${copy.path}/chatroom.db`);
  }
  await Deno.chmod(copy.path, 0o700);
  assertEquals((await say("4")).seq, 4);
  const checked = await chatroom(["check", "--data", copy.path]);
  assertStringIncludes(checked.stdout, "no problems; 3 messages");
  await using again = await startStored(copy.path);
  using bob = await joinEvent(again, "bob", { scrollback: 0 });
  const { messages } = await bob.ask({ type: "history", room: "lobby" });
  assertEquals(messages.map(({ text }: Json) => text), ["number 1", "number 2", "number 3"]);
});
